"""The employment page: figures and sentences; empty, tiny and full, in both languages, with links of no sense."""

from datetime import date
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data_access import cached
from data_access.scope import Scope
from tests.pages.conftest import OpenApp, words
from tests.support.households import COUNTY, VILLAGE, Changes, Rows, factory, household, merged, village

PAGE = "households/employment"


def tiles(app: AppTest) -> dict[str, str]:
    return {tile.label: tile.value for tile in app.metric}


def lifted_out(household_id: str = "H1", **job: Any) -> Rows:
    members: list[Changes] = [{"wants_work": True}, {"wants_work": True, "no_work_reason": "caring"}]
    return household(household_id, household_type="lifted_out", members=members, jobs=[job])


def site(households: int) -> Rows:
    return {"resettlement_site": [{"site_id": "S1", "village_code": VILLAGE, "households": households}]}


def test_an_empty_database_says_of_every_part_that_there_is_nothing(open_app: OpenApp) -> None:
    app = open_app(merged(village()), page=PAGE)
    assert tiles(app)["脱贫劳动力转移就业"] == "0人"
    assert tiles(app)["占去年比"] == "—"
    assert tiles(app)["至少1人就业率"] == "—"
    said = words(app)
    for sentence in (
        "没有转移就业的脱贫劳动力",
        "没有有劳动力且有就业意愿的",
        "没有返乡未再就业的人",
        "没有足够的工资数据",
        "没有在营的社区工厂",
        "没有100户以上的安置点",
        "没有公益性岗位人员",
        "本年没有设目标",
    ):
        assert sentence in said


def test_one_household_is_counted_in_every_part(open_app: OpenApp) -> None:
    here: Changes = {"channel": "community_factory", "place": "township", "workplace_id": "F1", "monthly_wage": 2100}
    app = open_app(merged(village(), lifted_out(**here), factory(jobs=30), site(100)), page=PAGE)
    assert tiles(app)["脱贫劳动力转移就业"] == "1人"
    assert tiles(app)["至少1人就业率"] == "100.0%"
    said = words(app)
    assert "社区工厂1人" in said
    assert "镇内最多，占**100.0%**" in said
    assert "有意愿未就业**1人**，占有意愿2人的50.0%，其中零就业户0人；照料家人最多（1人）" in said
    assert "平均在业**9.0个月**" in said
    assert "**2000–2499元**最多" in said
    assert "在营**1家**，提供岗位30个，在业**1人**，岗位利用率3.3%；其中脱贫劳动力**1人**" in said
    assert "所在村有在营社区工厂的1个，覆盖率**100.0%**" in said


def test_a_large_site_without_a_factory_is_named(open_app: OpenApp) -> None:
    app = open_app(merged(village(), household(), site(120)), page=PAGE)
    assert f"村{VILLAGE}（120户）" in words(app)


def test_what_was_not_collected_is_said_and_never_zero(open_app: OpenApp) -> None:
    job: Changes = {"industry": None, "monthly_wage": None, "place": None}
    said = words(open_app(merged(village(), lifted_out(**job), lifted_out("H2")), page=PAGE))
    assert "另有1人未采集务工区域" in said
    assert "已采集月收入1人，未采集1人" in said


def test_a_reason_that_was_not_collected_is_a_bar_of_its_own(open_app: OpenApp) -> None:
    home = household(household_type="lifted_out", members=[{"wants_work": True}])
    assert "其中零就业户1人；未采集最多（1人）" in words(open_app(merged(village(), home), page=PAGE))


def test_the_target_of_the_year_is_shown_as_a_placeholder(open_app: OpenApp) -> None:
    target = {"metric": "migrant_workers", "region_code": COUNTY, "year": 2022, "target": 4}
    said = words(open_app(merged(village(), lifted_out(), {"target": [target]}), page=PAGE))
    assert "目标4人（演示值）完成25.0%" in said


def test_the_full_sample_shows_the_facts_and_its_parts_add_up(open_app: OpenApp, sample_url: str) -> None:
    app = open_app(sample_url, page=PAGE)
    table = cached.metric_table(scope=Scope.district())
    by_job = cached.breakdown(metric="off_farm_workers", by=("channel", "place"), scope=Scope.district())
    counts = by_job.at(place=COUNTY, month="2022-09")
    total = table.count("off_farm_workers", place=COUNTY, month="2022-09")
    assert counts.groupby("place").sum().sum() == counts.groupby("channel").sum().sum() == total > 0
    assert tiles(app)["脱贫劳动力转移就业"] == f"{total}人"
    assert f"共**{total}人**" in words(app)
    assert f"已采集月收入{total}人，未采集0人" in words(app)


def test_every_figure_of_work_carries_that_its_definition_is_to_be_confirmed(
    open_app: OpenApp, sample_url: str
) -> None:
    said = words(open_app(sample_url, page=PAGE))
    assert said.count("口径待确认") >= 5
    assert "若计入公益性岗位为" in said


def test_a_place_narrows_every_part(open_app: OpenApp, sample_url: str) -> None:
    app = open_app(sample_url, page=PAGE, place="610902111")
    table = cached.metric_table(scope=Scope.district())
    total = table.count("off_farm_workers", place="610902111", month="2022-09")
    assert tiles(app)["脱贫劳动力转移就业"] == f"{total}人"
    assert f"已采集月收入{total}人" in words(app)
    assert "不排名" in words(app)


def test_a_village_has_no_places_to_compare(open_app: OpenApp) -> None:
    app = open_app(merged(village(), lifted_out()), page=PAGE, place=VILLAGE)
    assert "已到村（社区）一级" in words(app)


def test_english_says_the_same_in_english(open_app: OpenApp, sample_url: str) -> None:
    app = open_app(sample_url, page=PAGE, lang="en")
    assert "Off-farm workers" in tiles(app)
    assert "definition to be confirmed" in words(app)
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in "".join(tiles(app)))


@pytest.mark.parametrize("link", [{"month": "1999-01"}, {"place": "' OR 1=1 --"}, {"lang": "xx"}])
def test_a_link_that_makes_no_sense_shows_the_whole_district_now(
    open_app: OpenApp, sample_url: str, link: dict[str, str]
) -> None:
    app = open_app(sample_url, page=PAGE, **link)
    assert app.selectbox(key="bar_month").value == "2022-09"
    assert app.selectbox(key="bar_township").value == ""


def test_the_first_month_has_nothing_to_compare_with(open_app: OpenApp) -> None:
    said = words(open_app(merged(village(), lifted_out(started_on=date(2020, 1, 1))), page=PAGE, month="2021-05"))
    assert "2021年5月是第一个月" in said
