"""A load from file to database: every row in exactly one of three, history kept, nothing half, taken back."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from sqlalchemy import make_url

from data_access.clock import moment_now
from data_access.database import versions
from data_access.database.engine import HouseholdDatabase
from data_access.load.errors import LoadError
from data_access.load.loading import undo
from data_access.load.report import Report
from data_access.load.target import open_target
from tests.data_access.load.conftest import AS_OF, LoadedInto, WriteCsv, embedded, on_a_server
from tests.support.databases import ON_BOTH
from tests.support.households import VILLAGE, Rows, household, load, merged, village

pytestmark = pytest.mark.opens_a_database

MakeTarget = Callable[[Rows], LoadedInto]

BASE = merged(village(), load(cut_off=date(2022, 8, 31)))
REAL = {**BASE, "data_load": [{**BASE["data_load"][0], "is_sample": False}]}
HEADING = [
    "户编号",
    "人编号",
    "乡镇",
    "行政村",
    "户类型",
    "姓名",
    "与户主关系",
    "健康状况",
    "劳动技能",
    "工资性收入",
    "耕地面积",
]
PLACE = ["镇610902100", f"村{VILLAGE}"]


def person(number: str, **changes: str) -> list[str]:
    """One row of the person sheet; `number`: of household and person, H1-1."""
    relation = "户主" if number.endswith("-1") else "配偶"
    plain = [number.split("-")[0], number, *PLACE, "一般农户", "张三", relation, "健康", "普通劳动力", "30000", "2.5"]
    return [changes.get(name, value) for name, value in zip(HEADING, plain, strict=True)]


def outcome(report: Report) -> tuple[int, int, int]:
    assert report.rows == report.loaded + report.unchanged + report.rejected
    return report.loaded, report.unchanged, report.rejected


def broken(report: Report) -> set[tuple[int, str]]:
    """Row of the sheet and rule of every problem."""
    return {(int(row), str(rule)) for row, rule in zip(report.problems["row"], report.problems["rule"], strict=True)}


@ON_BOTH
def test_a_person_sheet_becomes_households_persons_and_indicators_and_nothing_new_the_second_time(
    make_target: MakeTarget, write_csv: WriteCsv
) -> None:
    target = make_target(BASE)
    path = write_csv([HEADING, person("H1-1"), person("H1-2", 与户主关系="配偶", 健康状况="患有大病", 劳动技能="")])
    report = target.load(path)
    assert outcome(report) == (2, 0, 0)
    assert report.published
    [home] = target.rows("household")
    assert (home["household_id"], home["village_code"], home["registered_on"]) == ("H1", VILLAGE, AS_OF)
    assert [(row["relation"], row["health"], row["joined_on"]) for row in target.rows("member")] == [
        ("head", "healthy", AS_OF),
        ("spouse", "major", AS_OF),
    ]
    [indicators] = target.rows("household_indicator")
    assert (indicators["valid_from"], indicators["valid_to"], indicators["source"]) == (AS_OF, None, "collection")
    assert (indicators["wage_income"], indicators["farmland_mu"]) == (30_000, 2.5)
    # Counted from the persons; not where the value of one of them is missing.
    assert (indicators["family_size"], indicators["major_illness_n"], indicators["labor_n"]) == (2, 1, None)
    assert (indicators["income_period_end"], indicators["income_persons"]) == (date(2022, 9, 30), 2)
    [record] = target.rows("income_record")
    assert (record["period_start"], record["period_end"], record["wage_income"]) == (
        date(2021, 10, 1),
        date(2022, 9, 30),
        30_000,
    )
    before, loads = target.state(), target.rows("data_load")
    again = target.load(path)
    assert (outcome(again), again.published) == ((0, 2, 0), False)
    assert (target.state(), target.rows("data_load")) == (before, loads)


@ON_BOTH
def test_a_changed_indicator_ends_its_interval_and_the_load_is_recorded_and_taken_back_once(
    make_target: MakeTarget, write_csv: WriteCsv
) -> None:
    target = make_target(REAL)
    first = target.load(write_csv([HEADING, person("H1-1")]), as_of=date(2021, 9, 30))
    before = target.state()
    loads = [row for row in target.rows("data_load") if row["source"] == "rows.csv"]
    assert {row["table_name"] for row in loads} == {"household", "member", "household_indicator", "income_record"}
    # The cut-off moves forward only.
    assert {(row["cut_off"], row["is_sample"], row["sha256"]) for row in loads} == {
        (date(2022, 8, 31), False, first.sha256)
    }
    assert outcome(target.load(write_csv([HEADING, person("H1-1", 工资性收入="40000"), person("H2-1")]))) == (2, 0, 0)
    old, new, _ = target.rows("household_indicator")
    assert (old["valid_from"], old["valid_to"], old["wage_income"]) == (date(2021, 9, 30), AS_OF, 30_000)
    assert (new["valid_from"], new["valid_to"], new["wage_income"], new["farmland_mu"]) == (AS_OF, None, 40_000, 2.5)
    # The income of the year before is what the last interval held.
    assert (new["last_net_income"], new["last_income_persons"]) == (None, 1)
    newest = target.rows("data_load")[-1]
    assert newest["cut_off"] == AS_OF

    assert undo(url=make_url(target.url)) == "rows.csv"
    assert target.state() == before
    last = target.rows("data_load")[-1]
    assert (last["load_id"], last["source"], last["cut_off"]) == (
        newest["load_id"] + 1,
        "undo: rows.csv",
        date(2022, 8, 31),
    )
    with pytest.raises(LoadError, match="nothing_to_undo"):
        undo(url=make_url(target.url))


def test_the_day_again_corrects_what_differs_and_a_blank_cell_a_look_or_an_older_sheet_changes_nothing(
    make_target: MakeTarget, write_csv: WriteCsv
) -> None:
    target = make_target(BASE)
    path = write_csv([HEADING, person("H1-1")])
    target.load(path)
    before = target.state()
    blank = person("H1-1", 工资性收入="", 耕地面积="/", 健康状况="", 姓名="")
    assert outcome(target.load(write_csv([HEADING, blank], name="blank.csv"))) == (0, 1, 0)
    older = target.load(path, as_of=date(2022, 9, 29))
    assert (outcome(older), broken(older)) == ((0, 0, 1), {(2, "older_than_known")})
    corrected = write_csv([HEADING, person("H1-1", 工资性收入="40000")])
    look = target.load(corrected, dry_run=True)
    assert (outcome(look), look.published) == ((1, 0, 0), False)
    assert target.state() == before
    target.load(corrected)
    [only] = target.rows("household_indicator")
    assert (only["valid_from"], only["wage_income"]) == (AS_OF, 40_000)


WRONG: list[tuple[list[list[str]], list[str | None]]] = [
    ([person("H1-1"), person("H1-1")], ["household_incomplete", "row_twice"]),
    ([person("H2-1"), person("H2-2", 耕地面积="3")], ["rows_disagree", "rows_disagree"]),
    ([person("H3-1"), person("H3-2", 耕地面积="")], [None, None]),
    ([person("H4-1", 行政村="没有村")], ["unknown_place"]),
    ([person("H5-1", 行政村="")], ["needed_for_new"]),
    ([person("H6-1", 户编号="")], ["needed"]),
    ([person("H7-1", 人编号="")], ["needed"]),
    ([person("H8-1", 户编号="0")], ["no_number"]),
    ([[*person("H9-1"), "多出来"]], ["too_many_cells"]),
    ([person("H10-1", 工资性收入="六万")], ["not_a_number"]),
    ([person("H11-1"), person("H11-2", 劳动技能="神力")], ["household_incomplete", "unknown_word"]),
    ([person("H12-1")], [None]),
]
"""Rows of a household, and the rule that each breaks."""


def test_wrong_rows_are_said_and_stop_a_load_or_stay_out_with_their_household(
    make_target: MakeTarget, write_csv: WriteCsv
) -> None:
    target = make_target(BASE)
    before = target.state()
    rules = [rule for _, rules in WRONG for rule in rules]
    path = write_csv([HEADING, *(row for rows, _ in WRONG for row in rows)])
    report = target.load(path)
    assert broken(report) == {(at, rule) for at, rule in enumerate(rules, start=2) if rule is not None}
    assert (outcome(report), report.published) == ((3, 0, len(rules) - 3), False)
    assert target.state() == before
    assert target.load(path, partial=True).published
    assert [row["household_id"] for row in target.rows("household")] == ["H12", "H3"]


def test_places_are_known_as_townships_write_them(make_target: MakeTarget, write_csv: WriteCsv) -> None:
    rows = merged(village(), village(f"{VILLAGE[:9]}202"), village("610902101201", township="610902101"), load())
    names = {"610902": "汉滨区", VILLAGE[:9]: "关庙镇", VILLAGE: "皂树村"}
    for region in rows["region"]:
        region["name_zh"] = names.get(region["code"], "和平村" if region["level"] == "village" else "石梯镇")
    target = make_target(rows)
    known = [
        *[("关庙", "皂树"), ("关庙镇", "皂树村村民委员会"), ("", "皂树村"), ("关庙镇人民政府", "皂 树 村")],
        *[("陕西省安康市汉滨区关庙镇", "皂树村"), ("关庙镇", "关庙镇皂树村"), ("", "汉滨区关庙镇皂树村三组")],
        *[("关庙镇", "皂树村第3村民小组"), ("", "汉滨区/关庙镇/皂树村"), ("关庙镇", "皂树村（脱贫村）")],
        *[("关庙镇", VILLAGE), (VILLAGE[:9], "皂树村"), ("石梯镇", "和平村")],
    ]
    unknown = [("大竹园镇", "皂树村"), ("旬阳市关庙镇", "皂树村"), ("关庙镇", "大竹园镇皂树村"), ("关庙镇", "皂树三")]
    of_two = [("", "和平村")]
    sheet = [person(f"H{at}-1", 乡镇=a, 行政村=b) for at, (a, b) in enumerate(known + unknown + of_two)]
    report = target.load(write_csv([HEADING, *sheet]), partial=True)
    assert outcome(report) == (len(known), 0, len(unknown) + 1)
    assert [rule for _, rule in sorted(broken(report))] == ["unknown_place"] * len(unknown) + ["ambiguous_place"]


def some_of(number: str, **changes: str) -> list[str]:
    """A row of a sheet with less in it: nothing of the household but its number and income."""
    return person(number, **{"乡镇": "", "行政村": "", "户类型": "", "耕地面积": "", **changes})


def test_persons_under_a_household_that_is_named_once_are_of_it_and_none_is_lost(
    make_target: MakeTarget, write_csv: WriteCsv
) -> None:
    target = make_target(BASE)
    nobody_s = {"乡镇": "", "行政村": ""}
    below = [["", *row[1:]] for row in (person("H1-2", **nobody_s), person("H1-3", **nobody_s, 姓名="张小"))]
    another = ["", *person("H9-1", **nobody_s)[1:]]
    rows = [HEADING, person("H1-1"), *below, person("H2-1"), another]
    report = target.load(write_csv(rows), partial=True)
    assert outcome(report) == (4, 0, 1), "a head without a number begins a household that nobody knows"
    assert broken(report) == {(3, "household_above"), (4, "household_above"), (6, "needed")}
    sizes = {row["household_id"]: row["family_size"] for row in target.rows("household_indicator")}
    assert sizes == {"H1": 3, "H2": 1}


def test_a_family_is_counted_as_it_is_after_the_load(make_target: MakeTarget, write_csv: WriteCsv) -> None:
    target = make_target(BASE)
    four = [person("H1-1"), *(person(f"H1-{at}", 姓名=f"张{at}") for at in (2, 3, 4))]
    target.load(write_csv([HEADING, *four]), as_of=date(2022, 3, 31))
    rows = [some_of("H1-2", 与户主关系="", 健康状况="患有大病", 工资性收入="40000", 劳动技能="丧失劳动力")]
    assert outcome(target.load(write_csv([HEADING, *rows]))) == (1, 0, 0)
    held = target.rows("household_indicator")[-1]
    assert (held["family_size"], held["income_persons"], held["wage_income"]) == (4, 4, 40_000)
    assert (held["major_illness_n"], held["labor_n"]) == (1, 3)
    [*_, record] = target.rows("income_record")
    assert (record["persons"], record["wage_income"]) == (4, 40_000)
    # A fifth person of whom nothing is known but the number: the family grows, what depends on the person is kept.
    target.load(write_csv([HEADING, some_of("H1-5", 与户主关系="", 劳动技能="", 健康状况="", 工资性收入="")]))
    held = target.rows("household_indicator")[-1]
    assert (held["family_size"], held["major_illness_n"], held["labor_n"]) == (5, 1, 3)


def test_who_has_left_a_family_or_is_still_to_come_is_not_counted(make_target: MakeTarget, write_csv: WriteCsv) -> None:
    gone, coming = date(2022, 9, 30), date(2022, 10, 1)
    members: list[dict[str, Any]] = [
        {"member_id": "H1-1"},
        {"member_id": "H1-2", "left_on": gone},
        {"member_id": "H1-3", "left_on": coming},
        {"member_id": "H1-4", "joined_on": coming},
        {"member_id": "H1-5", "left_on": gone},
    ]
    indicators = {"family_size": 4, "valid_from": date(2022, 1, 1)}
    target = make_target(merged(BASE, household("H1", members=members, indicators=[indicators])))
    report = target.load(write_csv([HEADING, some_of("H1-1"), some_of("H1-2", 与户主关系="")]))
    assert target.rows("household_indicator")[-1]["family_size"] == 2
    assert {(2, "family_smaller"), (3, "person_has_left")} <= broken(report)


def test_one_person_twice_is_named(make_target: MakeTarget, write_csv: WriteCsv) -> None:
    held = {"id_no": "61090219900307124x", "relation": "head", "name": "李四"}
    home = household("H8", members=[{"member_id": "H8-1", **held}])
    moved = household("H7", members=[{"member_id": "H7-1", **held, "id_no": "610902199003071231"}])
    target = make_target(merged(BASE, home, moved))
    heading = [*HEADING, "证件号码"]

    def one(number: str, id_no: str, **changes: str) -> list[str]:
        return [*person(number, **changes), id_no]

    rows = [
        one("H1-1", "61090219900307124X", 姓名="李四"),  # is in H8
        one("H2-1", ""),
        one("H2-2", "610902196703224715", 与户主关系="配偶"),
        one("H3-1", "610902196703224715"),  # in two households of the file
        one("H4-1", ""),
        one("H4-2", "", 姓名="王五", 与户主关系="户主"),  # two heads
        one("H7-1", "610902199003071231", 姓名="李四"),  # leaves H7 …
        one("H5-1", "610902199003071231", 姓名="李四"),  # … for H5, in one file
        one("H8-2", "", 姓名="王五", 与户主关系="户主"),  # another head than the one held
    ]
    report = target.load(write_csv([heading, *rows]), partial=True)
    named = {"person_elsewhere", "person_twice", "two_heads", "another_head"}
    assert {one for one in broken(report) if one[1] in named} == {
        (2, "person_elsewhere"),
        (5, "person_twice"),
        (7, "two_heads"),
        (9, "person_twice"),
        (10, "another_head"),
    }
    assert outcome(report) == (9, 0, 0)


UNCHECKED = [[*HEADING, "证件号码"], [*person("H1-1", 健康状况="长寿"), "610902199003071230"]]


def test_wrong_check_digits_reject_a_row_but_in_the_sample_are_noted_and_all_problems_are_in_their_list(
    tmp_path: Path, write_csv: WriteCsv
) -> None:
    problems = tmp_path / "problems.xlsx"
    for rows, said in ((REAL, "rejected"), (BASE, "noted")):
        target = embedded(tmp_path / said, rows)
        report = target.load(write_csv(UNCHECKED), problems=problems, language="en")
        assert (outcome(report), broken(report)) == ((0, 0, 1), {(2, "unknown_word"), (2, "id_check_digit")})
        [_, *found] = CalamineWorkbook.from_path(problems).get_sheet_by_index(0).to_python()
        assert sorted(row[1:5] for row in found) == [
            ["2", "健康状况", "长寿", "rejected"],
            ["2", "证件号码", "610902199003071230", said],
        ]
        assert any("Write one of: healthy" in str(row[5]) for row in found)


CASE = ["监测对象类别", "识别监测时间", "致贫返贫风险1", "风险是否已消除", "消除监测时间", "消除方式"]
OPEN = ["边缘易致贫户", "202203", "因病", "否", "", ""]
DONE = ["边缘易致贫户", "202203", "因病", "是", "202209", "帮扶消除"]


def with_case(values: Sequence[str]) -> list[list[str]]:
    return [[*HEADING, *CASE], [*person("H1-1"), *values], [*person("H1-2"), *values]]


def test_a_case_is_opened_and_then_eliminated(make_target: MakeTarget, write_csv: WriteCsv) -> None:
    target = make_target(BASE)
    assert outcome(target.load(write_csv(with_case(OPEN)))) == (2, 0, 0)
    [case] = target.rows("monitoring_case")
    assert (case["category"], case["cause_1"], case["outcome"], case["persons"]) == ("marginal", "illness", "open", 2)
    assert case["identified_on"] == case["discovered_on"] == date(2022, 3, 1)
    assert outcome(target.load(write_csv(with_case(DONE)))) == (2, 0, 0)
    [case] = target.rows("monitoring_case")
    assert (case["outcome"], case["eliminated_on"], case["elimination_way"]) == ("eliminated", date(2022, 9, 1), "help")
    assert broken(target.load(write_csv(with_case(OPEN)))) == {
        (2, "case_already_eliminated"),
        (3, "case_already_eliminated"),
    }


def test_cases_that_contradict_are_rejected_and_a_known_day_outlives_a_sheet_that_knows_the_month(
    make_target: MakeTarget, write_csv: WriteCsv
) -> None:
    case = {"identified_on": date(2022, 3, 17)}
    homes = (household(f"H{at}", cases=[case], members=[{"member_id": f"H{at}-1"}]) for at in (1, 2, 3, 4))
    target = make_target(merged(BASE, *homes))
    sheet = [
        [*person("H1-1"), "边缘易致贫户", "", "因病", "否", "", ""],
        [*person("H2-1"), "边缘易致贫户", "202204", "因病", "否", "", ""],
        [*person("H3-1"), "边缘易致贫户", "202203", "因病", "是", "", ""],
        [*person("H4-1"), *OPEN],
    ]
    report = target.load(write_csv([[*HEADING, *CASE], *sheet]), partial=True)
    assert broken(report) >= {(2, "case_without_day"), (3, "another_case"), (4, "needed")}
    lacking = report.problems[report.problems["rule"] == "case_without_day"]
    assert list(lacking["value"]) == ["边缘易致贫户"], "as the file says it, not its code"
    assert outcome(report) == (1, 0, 3)
    assert [row["identified_on"] for row in target.rows("monitoring_case")] == [date(2022, 3, 17)] * 4


JOBS = ["户编号", "人编号", "开始时间", "结束时间", "务工区域", "就业渠道", "月收入"]
HOME = merged(BASE, household("H1", members=[{"member_id": "H1-1"}]))


def test_a_new_job_ends_the_one_before_and_one_of_nobody_is_rejected(
    make_target: MakeTarget, write_csv: WriteCsv
) -> None:
    target = make_target(HOME)
    first = ["H1", "H1-1", "2022-03-01", "", "省外", "外出务工", "4000"]
    second = ["H1", "H1-1", "2022-08-01", "", "乡镇内", "公益性岗位", "600"]
    nobody_s = ["H1", "H9", "2022-03-01", "", "省外", "", ""]
    report = target.load(write_csv([JOBS, first, nobody_s]), "jobs", partial=True)
    assert (outcome(report), broken(report)) == ((1, 0, 1), {(3, "unknown_reference")})
    assert outcome(target.load(write_csv([JOBS, second]), "jobs")) == (1, 0, 0)
    old, new = target.rows("employment")
    assert (old["started_on"], old["ended_on"]) == (date(2022, 3, 1), date(2022, 8, 1))
    assert (new["place"], new["channel"], new["ended_on"]) == ("township", "public_post", None)
    undo(url=make_url(target.url))
    [old] = target.rows("employment")
    assert old["ended_on"] is None


PUSH = ["证件号码", "姓名", "所在村（社区）", "个人自付", "结算日期"]
ID, ID_2 = "610902199003071230", "610902199003071249"


@ON_BOTH
def test_a_push_finds_its_household_by_the_number_of_a_person_and_waits_among_the_unmatched_until_it_comes(
    make_target: MakeTarget, write_csv: WriteCsv
) -> None:
    homes = (
        household("H1", members=[{"member_id": "P1", "id_no": ID}]),
        household("H2", members=[{"member_id": "P2"}]),
    )
    departments = {"department": [{"code": "medical_insurance", "name_zh": "医保局", "name_en": "Insurance"}]}
    target = make_target(merged(BASE, *homes, departments))
    rows = [
        PUSH,
        [f"{ID}43", "张三", f"村{VILLAGE}", "15000", "2022-09-10"],  # that of a disability card
        [ID_2, "李四", f"村{VILLAGE}", "9000", "2022-09-11"],
    ]
    path = write_csv(rows, name="push.csv")
    report = target.load(path, "push_medical_insurance")
    assert (outcome(report), broken(report)) == ((2, 0, 0), {(3, "not_matched")})
    [clue] = target.rows("clue")
    assert (clue["household_id"], clue["kind"], clue["amount"], clue["way"]) == (
        "H1",
        "medical_cost",
        15_000,
        "department",
    )
    assert (clue["received_on"], clue["due_on"]) == (date(2022, 9, 10), date(2022, 9, 25))
    [other] = target.rows("clue_unmatched")
    assert (other["department"], other["village_code"]) == ("medical_insurance", VILLAGE)
    assert outcome(target.load(path, "push_medical_insurance")) == (0, 2, 0)

    target.load(write_csv([["household_id", "member_id", "证件号码"], ["H2", "P2", ID_2]]), "table_member")
    assert outcome(target.load(path, "push_medical_insurance")) == (1, 1, 0)
    assert ([row["household_id"] for row in target.rows("clue")], target.rows("clue_unmatched")) == (["H1", "H2"], [])
    undo(url=make_url(target.url))
    assert (target.rows("clue"), target.rows("clue_unmatched")) == ([clue], [other])


def test_calls_projects_and_tables_of_the_contract_are_loaded(make_target: MakeTarget, write_csv: WriteCsv) -> None:
    target = make_target(HOME)
    calls = [["户编号", "拨打日期", "接通情况", "满意度", "饮水有无问题"], ["H1", "2022-09-20", "接通", "满意", "有"]]
    assert outcome(target.load(write_csv(calls), "calls")) == (1, 0, 0)
    assert target.rows("phone_check")[0]["water_problem"] is True
    projects = [
        ["项目编号", "项目名称", "实施地点", "预算（元）", "进度（%）"],
        ["X1", "路", f"村{VILLAGE}", "100000", "101"],
    ]
    assert broken(target.load(write_csv(projects), "projects")) == {(2, "out_of_range")}
    projects[1][-1] = "100"
    assert outcome(target.load(write_csv(projects), "projects")) == (1, 0, 0)
    assert target.rows("project")[0]["village_code"] == VILLAGE
    visits = [
        ["household_id", "visited_on", "方式", "result"],
        ["H1", "2022-09-02", "入户走访", "stable"],
        ["H9", "2022-09-02", "", ""],
    ]
    assert broken(target.load(write_csv(visits), "table_visit")) == {(3, "unknown_reference")}


def test_rejected_rows_come_back_corrected(make_target: MakeTarget, write_csv: WriteCsv, tmp_path: Path) -> None:
    target = make_target(BASE)
    rows = [HEADING, person("H1-1"), person("H2-1", 健康状况="长寿"), person("H3-1", 耕地面积="-1")]
    rejects = tmp_path / "rejects.xlsx"
    assert outcome(target.load(write_csv(rows), partial=True, rejects=rejects)) == (1, 0, 2)
    again = target.load(rejects, partial=True)
    assert broken(again) == {(2, "unknown_word"), (3, "out_of_range")}
    assert outcome(again) == (0, 0, 2)
    assert set(again.problems["column"]) == {"健康状况", "耕地面积"}


KILLED = """
import os, signal, sys
from datetime import date
from pathlib import Path
from sqlalchemy import make_url
from data_access.database import versions
from data_access.load import loading, target
from data_access.load.kinds import load_kinds
def kill(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
def load(url, moment):
    if moment == "publish":
        versions.publish = target.ServerTarget.publish = kill
    loading.load_file(Path(sys.argv[1]), url=make_url(url), kind=load_kinds()["persons"],
                      as_of=date(2022, 9, 30), progress=lambda step: step.key == moment and kill())
killed = 0
for url in sys.argv[2:]:
    for moment in ("reading", "merging", "publish"):
        child = os.fork()
        if not child:
            load(url, moment)
            os._exit(0)
        killed += os.waitpid(child, 0)[1] == signal.SIGKILL
sys.exit(killed)
"""
"""Loads in processes that are killed while they read, while they merge, and when all is done but to publish."""


def test_killed_loads_lose_nothing_and_show_nothing_half_on_both_databases(
    tmp_path: Path, postgres_url: str, write_csv: WriteCsv
) -> None:
    rows = merged(BASE, household("H1", members=[{"member_id": "H1-1"}]))
    targets = (embedded(tmp_path, rows), on_a_server(postgres_url, rows))
    before = [(target.state(), target.rows("data_load")) for target in targets]
    path = write_csv([HEADING, person("H1-1"), person("H2-1")])
    command = [sys.executable, "-c", KILLED, str(path), *(target.url for target in targets)]
    assert subprocess.run(command, cwd=Path(__file__).parents[3], check=False).returncode == 6
    assert [(target.state(), target.rows("data_load")) for target in targets] == before
    assert [outcome(target.load(path)) for target in targets] == [(2, 0, 0)] * 2


def test_what_is_refused_changes_nothing_and_readers_see_the_old_version_until_a_load_is_whole(
    tmp_path: Path, write_csv: WriteCsv, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, today = embedded(tmp_path, BASE), moment_now().date()
    path = write_csv([["HBH", *HEADING[1:]], person("H1-1")])
    by_hand = {"HBH": "household.household_id"}
    before = target.state()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(LoadError, match="columns_missing") as missing:
        target.load(path)
    assert all(missing.value.text(language) for language in ("zh", "en"))
    with pytest.raises(LoadError, match="day_to_come"):
        target.load(path, mapped=by_hand, as_of=today + timedelta(days=1))
    with open_target(make_url(target.url)), pytest.raises(LoadError, match="under_way"):
        target.load(path, mapped=by_hand)
    with monkeypatch.context() as disk, pytest.raises(LoadError, match="refused"):
        disk.setattr("data_access.load.target.shutil.copyfile", full)
        target.load(path, mapped=by_hand)
    assert target.state() == before
    assert not list(tmp_path.glob("*.loading*"))
    database = HouseholdDatabase(make_url(target.url))
    with database.connect() as (_, held):
        assert outcome(target.load(path, mapped=by_hand, as_of=today)) == (1, 0, 0)
    assert database.version().load_id > held.load_id
    database.dispose()


def test_an_empty_database_is_made_when_asked_for(tmp_path: Path, write_csv: WriteCsv) -> None:
    target = LoadedInto(f"duckdb:///{tmp_path / 'new'}")
    rows = [["区划代码", "level", "中文名称", "parent_code"], ["610902", "县区", "汉滨区", ""]]
    with pytest.raises(LoadError, match="no_database"):
        target.load(write_csv(rows), "table_region")
    assert outcome(target.load(write_csv(rows), "table_region", create=True)) == (1, 0, 0)
    assert target.rows("data_load")[0]["is_sample"] is False


def test_a_database_file_itself_is_not_changed_under_its_readers(tmp_path: Path, write_csv: WriteCsv) -> None:
    embedded(tmp_path, BASE)
    file = versions.all_files(tmp_path / "household")[-1]
    with pytest.raises(LoadError, match="needs_versions"):
        LoadedInto(f"duckdb:///{file}").load(write_csv([HEADING, person("H1-1")]))


CELLS = st.sampled_from(
    ["", "H1", "H2", "H1-1", "镇610902100", f"村{VILLAGE}", "一般农户", "户主", "健康", "30000", "-1", "x", "=1"]
)
NUMBERS = st.sampled_from(["H1-1", "H1-2", "H2-1", "H3-1"])
SHEETS = st.lists(
    st.one_of(
        NUMBERS.map(person),
        st.tuples(NUMBERS, st.sampled_from(HEADING), CELLS).map(lambda drawn: person(drawn[0], **{drawn[1]: drawn[2]})),
        st.lists(CELLS, max_size=12),
    ),
    min_size=12,
    max_size=24,
)


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sheet=SHEETS)
def test_every_row_ends_in_one_of_three_and_nothing_is_loaded_twice(
    tmp_path_factory: pytest.TempPathFactory, write_csv: WriteCsv, sheet: list[list[str]]
) -> None:
    target = replace(embedded(tmp_path_factory.mktemp("drawn"), BASE), compares=True)
    path = write_csv([HEADING, *sheet])
    filled = sum(any(row) for row in sheet)
    first = target.load(path, partial=True)
    assert first.rows == filled
    loaded, unchanged, rejected = outcome(first)
    before = target.state()
    assert outcome(target.load(path, partial=True)) == (0, loaded + unchanged, rejected)
    assert target.state() == before
