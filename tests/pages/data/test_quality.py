"""Data quality: every part on an empty, a tiny and the sample database; its figures are those of the lists."""

from datetime import date
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data_access import ahead, door
from data_access.lists import lists
from data_access.scope import Scope
from tests.pages.conftest import OpenApp, label, says, tiles
from tests.support.asking import statements_sent
from tests.support.households import household, merged, village

pytestmark = pytest.mark.facts("households")

PARTS = ("completeness", "collection", "audit", "trend", "outliers", "effect")
VILLAGE = "610902100201"
ON = date(2022, 9, 30)
SECOND_MONTH = "2021-06"
"""Has two month ends to recount, where later ones have six."""


def opened(open_app: OpenApp, database: object, *, part: str, **link: str) -> AppTest:
    return open_app(database, page="data/quality", part=part, **link)


def test_every_part_draws_on_an_empty_database_and_says_what_to_change(open_app: OpenApp) -> None:
    """On the sample, in both languages, a browser opens them all: tests/e2e/test_pages.py."""
    for part in PARTS:
        app = opened(open_app, merged(village()), part=part, month=SECOND_MONTH)
        assert not app.error
        assert says(app, "quality.nobody") or part not in ("completeness", "collection")


@pytest.mark.facts()
def test_the_first_part_is_asked_before_its_first_reader_comes(open_app: OpenApp) -> None:
    rows = merged(village(), household("H1"))
    open_app(rows, page="households/search")
    ahead.ask_longest()
    with statements_sent(door.store().database) as asked:
        opened(open_app, rows, part="completeness")
    assert [statement for statement in asked if "household_indicator" in statement or "member" in statement] == []


@pytest.mark.facts()
def test_gaps_of_a_village_are_shown_by_grid_in_the_first_part_whatever_the_link_says(open_app: OpenApp) -> None:
    whole = [{"id_no": "610902197501010017", "education": "primary"}]
    rows = merged(
        village(),
        household("H1", indicators={"toilet": None}, members=whole, grid_code=f"{VILLAGE}01"),
        household("H2", indicators=None, members=1, grid_code=f"{VILLAGE}02"),
    )
    app = opened(open_app, rows, part="' OR 1=1 --", place=VILLAGE)
    shown = tiles(app)
    assert (
        shown[label("uncollected_households")],
        shown[label("incomplete_persons")],
        shown[label("missing_values")],
        shown[label("incomplete_households")],
    ) == (
        "1户",
        "1人",
        "63个",
        "2户",
    )
    grids = app.dataframe[-1].value
    assert grids["uncollected_households"].tolist() == [0, 1]
    assert grids["person_completeness"].tolist() == [100, 0]


@pytest.mark.every_rule
def test_findings_are_shown_by_rule_and_by_who_corrects_them(open_app: OpenApp) -> None:
    rows = merged(village(), household("H1", indicators={"family_size": 3, "wage_income": 5}), household("H2"))
    app = opened(open_app, rows, part="audit")
    assert tiles(app) == {"疑点数据": "2条", "疑点数据（错误）": "1条", "有疑点的农户": "1户"}
    assert says(app, "quality.audit_reading", households=1, findings=2)
    assert says(app, "quality.not_run", rule="证件号码校验位错误"), "why check digits of sample data are not judged"
    rules = app.dataframe[0].value
    assert rules["findings"].tolist()[:3] == [1, 1, 0]
    assert "by_audit_rule=family_size_conflict" in "".join(rules["open"][:2])


def test_a_finding_that_came_this_month_bends_the_trend(open_app: OpenApp) -> None:
    spells: list[dict[str, Any]] = [{"valid_to": date(2021, 6, 5)}, {"valid_from": date(2021, 6, 5), "family_size": 3}]
    rows = merged(village(), household("H1", indicators=spells))
    app = opened(open_app, rows, part="trend", month=SECOND_MONTH)
    assert app.dataframe[0].value["error"].tolist() == [0, 1]
    assert says(app, "quality.trend_reading", first=0, last=1, change="+1")


def test_the_parts_add_up_to_their_lists_on_the_sample(open_app: OpenApp, sample_url: str) -> None:
    for part, metrics in {
        "completeness": ["incomplete_households"],
        "audit": ["audit_findings", "audit_errors", "audit_households"],
        "outliers": ["outliers"],
        "effect": ["doubtful_households", "lamps_in_doubt"],
    }.items():
        townships = opened(open_app, sample_url, part=part).dataframe[-1].value
        for metric in metrics:
            size = door.read(lists.count_list, scope=Scope.district(), request=lists.ListRequest(metric=metric, on=ON))
            assert townships[metric].sum() == size.amount > 0


@pytest.mark.facts()
def test_the_effect_says_between_what_the_red_count_lies(open_app: OpenApp) -> None:
    thirsty = household("H1", household_type="lifted_out", indicators={"water_problem": True})
    app = opened(open_app, merged(village(), thirsty, household("H2")), part="effect")
    assert tiles(app) == {"指标存疑农户": "1户", "预警等级可能改变": "1户"}
    assert says(app, "quality.effect_reading", red=1, low=0, high=1)
