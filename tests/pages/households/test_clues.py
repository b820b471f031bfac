"""Clues: the work list with its countdown, online reports, needs and tasks, visits, help that does not fit."""

from datetime import date

import pandas as pd
import pytest

from data_access import door
from data_access.lists import lists
from data_access.lists.lists import NOT_RECORDED
from data_access.schema.tables import clue
from data_access.scope import Scope
from tests.pages.conftest import OpenApp, says, wording, words
from tests.support.households import TOWNSHIP, Rows, household, merged, village

pytestmark = pytest.mark.facts("households", "clues", "measures", "cases")

PARTS = ["work_list", "self_reports", "case_help", "visits", "misfits"]
OPEN = {"identified_on": date(2022, 3, 1), "cause_1": "unsafe_water"}


def one_of_each() -> Rows:
    clue = {"received_on": date(2022, 9, 10)}
    home = household(
        "H1",
        cases=[OPEN],
        grid_code="G1",
        helper_id="B1",
        measures=[{"kind": "security", "department": "water", "due_on": date(2022, 9, 29)}],
        clues=[
            {**clue, "due_on": date(2022, 9, 29)},
            {**clue, "due_on": date(2022, 10, 3)},
            {**clue, "way": "video", "checked_on": date(2022, 9, 12), "result": "case"},
        ],
    )
    need = {"household_id": "H1", "need_id": "N1", "case_id": "H1-C1", "kind": "water", "department": "water"}
    return merged(
        village(),
        home,
        household("H2"),
        {
            "need": [{**need, "raised_on": date(2022, 3, 1), "due_on": date(2022, 9, 30)}],
            "department": [{"code": "water", "name_zh": "水利局", "name_en": "Water Bureau"}],
            "grid": [{"code": "G1", "village_code": f"{TOWNSHIP}201", "worker": "王网格"}],
            "helper": [{"helper_id": "B1", "name": "李帮扶"}],
        },
    )


def test_waiting_clues_without_a_kind_are_counted_as_not_stated_and_open_their_list(open_app: OpenApp) -> None:
    clue = {"received_on": date(2022, 9, 10), "due_on": date(2022, 10, 30), "checked_on": None}
    kinds = ["housing", None, None]
    rows = merged(village(), household(clues=[{**clue, "kind": kind, "department": None} for kind in kinds]))
    app = open_app(rows, page="households/clues", part="work_list")
    said = {"waiting": 3, "kind": wording("value.not_stated"), "most": 2}
    assert says(app, "clues.waiting_reading", **said)
    chosen = open_app(rows, page="board/worklist", list="clues_open", by_kind=NOT_RECORDED)
    assert says(chosen, "list.heading", rows=2)
    assert not says(chosen, "list.missed_filter")


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("work_list", "nothing_waits"),
        ("self_reports", "no_reports"),
        ("case_help", "no_open_cases"),
        ("visits", "choose_township"),
        ("misfits", "no_misfits"),
    ],
)
def test_a_part_without_anything_says_so(open_app: OpenApp, part: str, text: str) -> None:
    app = open_app(merged(village(), household()), page="households/clues", part=part)
    assert says(app, f"clues.{text}")


def test_a_place_where_nobody_lives_has_no_figures(open_app: OpenApp) -> None:
    rows = merged(one_of_each(), village("610902101201", township="610902101"))
    app = open_app(rows, page="households/clues", part="case_help")
    here, empty = app.dataframe[1].value.iloc[:, 1:].to_numpy(dtype=float).tolist()
    assert here == [1, 1, 0, 1, 1, 1, 0]
    assert pd.isna(empty).all()


def test_the_work_list_counts_down_to_the_day_and_on_past_it(open_app: OpenApp) -> None:
    app = open_app(one_of_each(), page="households/clues")
    rows = app.dataframe[-1].value
    assert rows["days_left"].tolist() == [-1, 3]
    assert rows["clue_state"].tolist() == ["已超期", "即将到期"]
    assert says(app, "clues.waiting_reading", waiting=2, overdue=1)


def test_without_days_due_the_clues_are_listed_and_the_missing_column_is_named(open_app: OpenApp) -> None:
    clues = [{"received_on": date(2022, 9, 10), "due_on": None}]
    app = open_app(merged(village(), household("H1", clues=clues)), page="households/clues")
    assert app.dataframe[-1].value["days_left"].isna().tolist() == [True]
    assert f"缺{clue.c.due_on.info['zh']}" in words(app)


def test_online_reports_have_a_tile_per_way_and_their_results(open_app: OpenApp) -> None:
    app = open_app(one_of_each(), page="households/clues", part="self_reports")
    shown = {tile.label: tile.value for tile in app.metric}
    assert [shown[way] for way in ("视频申报", "困难申报", "热线申报")] == [
        wording("unit.条", number=number) for number in (1, 0, 0)
    ]
    assert app.dataframe[-1].value.to_numpy().tolist()[0] == ["视频申报", 1, 0, 1, 0, 0, 0]


def test_needs_and_tasks_stand_by_department_and_by_place(open_app: OpenApp) -> None:
    app = open_app(one_of_each(), page="households/clues", part="case_help")
    total, water = app.dataframe[0].value.to_numpy().tolist()
    # needs: all, open, overdue; tasks: all, not begun, overdue, under way
    assert total == [wording("comparison.all_departments"), 1, 1, 0, 1, 1, 1, 0]
    assert water == ["水利局", *total[1:]]
    assert app.dataframe[1].value.to_numpy().tolist() == [["镇610902100", *total[1:]]]


@pytest.mark.parametrize(("by", "name"), [("grid_code", "王**"), ("helper_id", "李**")])
def test_workload_stands_by_grid_and_helper_and_ranks_nobody(open_app: OpenApp, by: str, name: str) -> None:
    app = open_app(one_of_each(), page="households/clues", part="visits", place=TOWNSHIP, by=by)
    [row] = app.dataframe[1].value.to_numpy().tolist()
    assert name in row[0]
    assert row[1:] == [1, 1, 1, 100.0]
    assert says(app, "clues.workload_note")
    assert says(app, "clues.without_part", households=1)


def test_help_that_does_not_fit_stands_by_cause(open_app: OpenApp) -> None:
    app = open_app(one_of_each(), page="households/clues", part="misfits")
    total, water = app.dataframe[0].value.to_numpy().tolist()
    # no measure for water; labour by default with social security only, and nothing to develop after six months
    assert total[1:] == [1, 0, 1, 1]
    assert water == ["因安全饮水", 1, 0, 1, 1]


@pytest.mark.parametrize(("grid", "rows"), [("G1", ["H1"]), ("G2", [])])
def test_a_grid_in_the_link_restricts_the_list(open_app: OpenApp, grid: str, rows: list[str]) -> None:
    app = open_app(one_of_each(), page="board/worklist", list="visits_due", by_grid_code=grid)
    found = [table.value["household_id"].iloc[0] for table in app.dataframe]
    assert [address.split("=")[1].split("&")[0] for address in found] == rows


@pytest.mark.parametrize("part", PARTS)
def test_every_part_of_the_sample_adds_up_to_the_lists(open_app: OpenApp, sample_url: str, part: str) -> None:
    metrics = {"self_reports": "self_reports", "case_help": "needs_listed", "visits": "households"}
    metric = (metrics | {"misfits": "help_misfits", "work_list": "clues_open"})[part]
    app = open_app(sample_url, page="households/clues", part=part)
    scope = Scope.district().narrowed("610902")
    listed = door.read(
        lists.count_list, scope=scope, request=lists.ListRequest(metric=metric, on=date(2022, 9, 30))
    ).amount
    shown = app.dataframe[-1].value
    assert listed > 0
    if part == "work_list":
        assert len(shown) == listed
    else:
        sums = shown.iloc[:, 1:].sum()
        assert (sums.sum() if part == "misfits" else sums.iloc[0]) == listed
