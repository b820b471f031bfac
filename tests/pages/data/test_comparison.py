"""Department comparison: stages of the clues, agreement with the survey, by department, month and place."""

from datetime import date

import pytest

from data_access import door
from data_access.lists import lists
from data_access.scope import Scope
from pages.data.comparison.figures import COUNTS
from tests.pages.conftest import OpenApp, says, wording
from tests.support.households import VILLAGE, Rows, household, merged, village

pytestmark = pytest.mark.facts("households")

PUSHED = {
    "way": "department",
    "department": "water",
    "kind": "water",
    "received_on": date(2022, 9, 1),
    "due_on": date(2022, 9, 16),
}
WATER = {"department": [{"code": "water", "name_zh": "水利局", "name_en": "Water Bureau"}]}
UNMATCHED = {"clue_id": "W1", "department": "water", "kind": "water", "received_on": date(2022, 9, 5)}


def one_department() -> Rows:
    return merged(
        village(),
        WATER,
        household("H1", indicators={"water_problem": True}, clues=[{**PUSHED, "checked_on": date(2022, 9, 16)}]),
        household("H2", clues=[{**PUSHED, "checked_on": date(2022, 9, 17), "result": "case"}]),
        household("H3", indicators=None, clues=[PUSHED, {**PUSHED, "way": "video", "department": None}]),
        {"clue_unmatched": [{**UNMATCHED, "village_code": VILLAGE}, {**UNMATCHED, "clue_id": "W2"}]},
    )


def test_without_clues_the_page_says_so(open_app: OpenApp) -> None:
    assert says(open_app(merged(village(), household()), page="data/comparison"), "comparison.empty")


def test_one_department_is_counted_through_all_stages(open_app: OpenApp) -> None:
    app = open_app(one_department(), page="data/comparison")
    total, water = app.dataframe[0].value.to_numpy().tolist()
    assert total[0] == wording("comparison.all_departments")
    assert water[0] == "水利局"
    # received, matched, unmatched, agree, conflict, not comparable, passed, checked, in time, led, share
    assert water[1:] == total[1:] == [4, 3, 1, 1, 1, 1, 3, 2, 1, 1, 25.0]


@pytest.mark.parametrize(("place", "said"), [("610902", True), (VILLAGE, False)])
def test_clues_without_household_and_village_are_said_apart(open_app: OpenApp, place: str, said: bool) -> None:
    app = open_app(one_department(), page="data/comparison", place=place)
    assert says(app, "comparison.unplaced", clues=1) is said


def test_a_click_on_a_figure_opens_its_list(open_app: OpenApp) -> None:
    app = open_app(one_department(), page="data/comparison")
    chosen = {"selection": {"rows": [], "columns": [], "cells": [(1, "4")]}}
    app.session_state["comparison_departments_610902_2022-09"] = chosen
    app.run()
    assert not app.exception, app.exception[0].message
    assert app.subheader[0].value == "与采集不一致"
    assert [address.split("=")[1].split("&")[0] for address in app.dataframe[0].value["household_id"]] == ["H2"]


@pytest.mark.parametrize("part", ["departments", "months", "places"])
def test_every_part_of_the_sample_adds_up_to_the_lists(open_app: OpenApp, sample_url: str, part: str) -> None:
    app = open_app(sample_url, page="data/comparison", part=part)
    scope = Scope.district().narrowed("610902")
    shown = app.dataframe[-1].value
    if part == "departments":
        shown = shown.iloc[1:]
    for position, metric in enumerate(COUNTS, start=1):
        listed = door.read(
            lists.count_list, scope=scope, request=lists.ListRequest(metric=metric, on=date(2022, 9, 30))
        ).amount
        assert shown.iloc[:, position].sum() == listed, metric
    assert shown.iloc[:, 1].sum() > 0
