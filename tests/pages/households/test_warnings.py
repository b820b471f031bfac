"""The warnings page: lamps, rules, shortfalls, changes, the list and what people conclude; empty, tiny and full."""

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data_access import door
from data_access.lists import lists
from data_access.scope import Scope
from data_access.warnings.dispositions import read_dispositions
from tests.pages.conftest import OpenApp, label, says, tiles, wording
from tests.support.households import household, merged, village
from tests.support.situations import Situations

pytestmark = pytest.mark.facts("households", "unchecked", "cases", "duty", "measures")

PARTS = ("places", "rules", "shortfalls", "changes", "households")
PAGE = "households/warnings"
RED = {"water_problem": True}
ELIMINATED = {"identified_on": date(2021, 6, 1), "eliminated_on": date(2022, 6, 1)}
SITUATIONS = Situations(
    one_red=merged(household("H1", indicators=RED), household("H2")),
    two_red=merged(household("H1", indicators=RED), household("H2", indicators=RED)),
    eliminated=merged(household("H1", indicators=RED, cases=[ELIMINATED]), household("H2", cases=[ELIMINATED])),
    missing=merged(household("H1", indicators=RED), household("H2", indicators=None), household("H3")),
    changed=household(indicators=[{"valid_to": date(2022, 9, 5)}, {"valid_from": date(2022, 9, 5), **RED}]),
)


def opened(open_app: OpenApp, situation: str, *, part: str, **link: str) -> AppTest:
    return open_app(SITUATIONS.rows, page=PAGE, place=SITUATIONS[situation], part=part, **link)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_part_draws_on_an_empty_and_on_the_full_database(
    open_app: OpenApp, sample_url: str, part: str, language: str
) -> None:
    for database in (merged(village()), sample_url):
        app = open_app(database, page=PAGE, part=part, lang=language)
        assert len(app.metric) == 6
        assert not app.error


def test_one_red_household_is_named_in_every_part(open_app: OpenApp) -> None:
    app = opened(open_app, "one_red", part="rules")
    assert tiles(app)["◆ 红色预警"] == wording("unit.户", number=1)
    assert tiles(app)[label("red_not_included")] == wording("unit.户", number=1)
    assert tiles(app)[label("red_unchecked")] == wording("unit.户", number=1)
    assert says(app, "warnings.rules_reading", rule="饮水安全存在问题", households=1, alone=1)
    app.query_params["part"] = "shortfalls"
    assert says(app.run(), "warnings.shortfalls_reading", total=1)
    app.query_params["part"] = "households"
    app.run()
    assert app.dataframe[0].value["lamp"].tolist() == ["◆ 红色预警"]


def test_an_eliminated_household_whose_water_is_unsafe_is_in_doubt(open_app: OpenApp) -> None:
    app = opened(open_app, "eliminated", part="households")
    assert tiles(app)[label("doubtful_eliminations")] == wording("unit.户", number=1)
    app.query_params["lamps"] = "doubtful_eliminations"
    app.run()
    assert app.dataframe[0].value["conditions"].tolist() == ["三保障和饮水安全持续巩固"]


def test_missing_data_opens_a_range_for_the_red(open_app: OpenApp) -> None:
    assert says(opened(open_app, "missing", part="places"), "warnings.range", undetermined=1, low=1, high=2)


def test_a_lamp_that_changed_is_put_down_to_the_data(open_app: OpenApp) -> None:
    app = opened(open_app, "changed", part="changes")
    assert says(app, "warnings.changes_reading", total=1, data=1, rule=0, worse=1)


def test_the_matrix_adds_up_to_the_shortfalls_of_the_list(open_app: OpenApp, sample_url: str) -> None:
    app = open_app(sample_url, page=PAGE, part="shortfalls")
    matrix = app.dataframe[0].value
    size = door.read(
        lists.count_list, scope=Scope.district(), request=lists.ListRequest(metric="shortfalls", on=date(2022, 9, 30))
    )
    assert matrix[["income", "education", "medical", "housing", "water"]].sum().sum() == size.amount > 0
    assert matrix["food_clothing"].isna().all(), "what nobody collected is not zero"


def test_a_conclusion_is_recorded_for_ticked_households_and_leaves_the_unchecked(
    open_app: OpenApp, tmp_path: Path
) -> None:
    app = opened(open_app, "two_red", part="households", lamps="red_unchecked")
    tick(app, 0)
    app.run()
    assert says(app, "disposition.heading", households=1)
    app.button(key="disposition_record").click().run()
    assert says(app, "error.ledger_name_missing")
    assert read_dispositions(door.ledger(), scope=Scope.district()).empty

    app.selectbox(key="disposition_conclusion").select("not_include").run()
    app.selectbox(key="disposition_reason").select("assets")
    app.text_input(key="disposition_by").input("张干部")
    app.button(key="disposition_record").click().run()
    assert not app.exception
    recorded = read_dispositions(door.ledger(), scope=Scope.district())
    assert recorded[["household_id", "conclusion", "reason"]].values.tolist() == [
        ["H1-two_red", "not_include", "assets"]
    ]
    assert tiles(app)[label("red_unchecked")] == wording("unit.户", number=1)


def tick(app: AppTest, row: int) -> None:
    """Tick a row of the list: the tests' app has no hand for tables."""
    key = "list_table" + app.dataframe[0].proto.id.partition("list_table")[2]
    app.session_state[key] = {"selection": {"rows": [row], "columns": [], "cells": []}}


@pytest.mark.parametrize("link", [{"part": "x"}, {"part": "' OR 1=1 --"}, {"part": "households", "lamps": "y"}])
def test_a_link_that_makes_no_sense_shows_the_first_part(open_app: OpenApp, link: dict[str, str]) -> None:
    app = open_app(SITUATIONS.rows, page=PAGE, **link)
    assert len(app.metric) == 6


def test_a_ledger_that_cannot_be_read_is_said_and_the_figures_stay(
    open_app: OpenApp, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "broken.sqlite").write_text("this is no database at all, and long enough to be looked at as one")
    monkeypatch.setenv("LEDGER_DATABASE_URL", f"sqlite:///{tmp_path / 'broken.sqlite'}")
    app = opened(open_app, "one_red", part="places")
    assert says(app, "error.ledger_unreachable")
    assert tiles(app)[label("red_unchecked")] == wording("unit.户", number=1)
