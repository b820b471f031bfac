"""Needs, tasks and visits of monitored households, at the day each of them begins to count."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
import pytest

from data_access.cases import visits
from data_access.database.engine import Snapshot
from data_access.lists import lists
from data_access.risk.rulebook import load_rulebook
from data_access.schema.limits import limit
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.support.households import TOWNSHIP, Rows, household, load, merged, village
from tests.support.lists import asked

ON = date(2022, 9, 30)
OPEN = {"identified_on": date(2022, 3, 1)}

Households = Callable[..., list[list[str]]]


@pytest.fixture
def households(make_database: MakeDatabase) -> Households:
    """The households in the list of a metric over some rows."""

    def listed(rows: Rows, *metrics: str) -> list[list[str]]:
        with make_database(rows).connect() as (connection, version):
            snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
            arguments: dict[str, Any] = {"scope": Scope.district(), "on": ON, "language": "zh"}
            return [
                sorted(
                    lists.read_list(snapshot, **asked(metric=metric, **arguments, offset=0, limit=99))["household_id"]
                )
                for metric in metrics
            ]

    return listed


def with_need(name: str, *, case: dict[str, Any] = OPEN, **need: Any) -> Rows:
    row = {"household_id": name, "need_id": "N", "case_id": f"{name}-C1", "raised_on": date(2022, 3, 1), **need}
    return household(name, cases=[case]) | {"need": [row]}


def test_a_need_is_overdue_from_the_day_after_it_was_due_until_it_is_met(households: Households) -> None:
    rows = merged(
        village(),
        load(cut_off=date(2022, 10, 31)),  # in the newest month later days count, too
        with_need("due today", due_on=ON),
        with_need("due yesterday", due_on=date(2022, 9, 29)),
        with_need("met today", due_on=date(2022, 9, 29), met_on=ON),
        with_need("met tomorrow", due_on=date(2022, 9, 29), met_on=date(2022, 10, 1)),
        with_need("no day set"),
        with_need("raised tomorrow", due_on=date(2022, 9, 29), raised_on=date(2022, 10, 1)),
        with_need("eliminated", case=OPEN | {"eliminated_on": ON}, due_on=date(2022, 9, 29)),
    )
    listed, open_, overdue = households(rows, "needs_listed", "needs_open", "needs_overdue")
    assert listed == ["due today", "due yesterday", "met today", "met tomorrow", "no day set"]
    assert open_ == ["due today", "due yesterday", "met tomorrow", "no day set"]
    assert overdue == ["due yesterday", "met tomorrow"]


def test_a_task_waits_until_it_begins_and_runs_until_it_is_done(households: Households) -> None:
    def task(name: str, **measure: Any) -> Rows:
        return household(name, cases=[OPEN], measures=[{"due_on": date(2022, 9, 29), **measure}])

    begun = {"started_on": date(2022, 9, 1)}
    rows = merged(
        village(),
        load(cut_off=date(2022, 10, 31)),  # in the newest month later days count, too
        task("waits"),
        task("due today", due_on=ON),
        task("begins tomorrow", started_on=date(2022, 10, 1)),
        task("runs", **begun),
        task("done today", **begun, done_on=ON),
        task("done tomorrow", **begun, done_on=date(2022, 10, 1)),
        task("need raised tomorrow", need_id="N"),
        {
            "need": [
                {
                    "household_id": "need raised tomorrow",
                    "need_id": "N",
                    "case_id": "need raised tomorrow-C1",
                    "raised_on": date(2022, 10, 1),
                }
            ]
        },
    )
    listed, waiting, overdue, running = households(
        rows, "tasks_listed", "tasks_waiting", "tasks_overdue", "tasks_running"
    )
    assert len(listed) == 6
    assert waiting == ["begins tomorrow", "due today", "waits"]
    assert overdue == ["begins tomorrow", "waits"]
    assert running == ["done tomorrow", "runs"]


def visited(name: str, *days: date, case: dict[str, Any] = OPEN, **columns: Any) -> Rows:
    rows = [{"household_id": name, "visited_on": day} for day in days]
    return household(name, cases=[case], **columns) | {"visit": rows}


def test_a_visit_is_due_from_the_day_after_the_limit_of_the_state(households: Households) -> None:
    assert (limit("visit_open_within_days", on=ON), limit("visit_eliminated_within_days", on=ON)) == (30, 90)
    gone = OPEN | {"eliminated_on": date(2022, 5, 1)}
    new = {"identified_on": date(2022, 8, 31)}
    rows = merged(
        village(),
        load(cut_off=date(2022, 10, 31)),  # in the newest month later days count, too
        visited("30 days ago", date(2022, 8, 31)),
        visited("31 days ago", date(2022, 8, 30)),
        visited("visited since", date(2022, 8, 1), date(2022, 9, 20)),
        visited("visited tomorrow", date(2022, 8, 1), date(2022, 10, 1)),
        visited("identified 30 days ago", date(2022, 1, 1), case=new),
        visited("never"),
        visited("eliminated 90", date(2022, 7, 2), case=gone),
        visited("eliminated 91", date(2022, 7, 1), case=gone),
        visited("closed", case=OPEN, closed_on=ON),
        household("not monitored"),
    )
    watched, due = households(rows, "visits_watched", "visits_due")
    assert len(watched) == 8
    assert due == ["31 days ago", "eliminated 91", "never", "visited tomorrow"]


def test_a_visit_that_met_nobody_is_none(households: Households) -> None:
    results = {"away": "away", "stable": "stable", "not told": None}
    rows = merged(village(), *(visited(name, date(2022, 8, 1)) for name in results))
    rows["visit"] += [
        {"household_id": name, "visited_on": ON, "kind": "phone", "result": result} for name, result in results.items()
    ]
    assert households(rows, "visits_due") == [["away"]]


def test_workload_counts_all_households_of_a_grid_or_helper_by_place(make_database: MakeDatabase) -> None:
    other = f"{TOWNSHIP}202"
    rows = merged(
        village(),
        village(other),
        visited("H1", grid_code="B", helper_id="P2"),
        household("H2", grid_code="B", helper_id="P1"),
        visited("H3", ON, grid_code="A", helper_id="P1", village_code=other),
        household("H4"),
        household("H5", grid_code="B", closed_on=ON),
        {
            "grid": [{"code": "A", "village_code": other, "worker": "王小明"}],
            "helper": [{"helper_id": "P1", "name": "李小明"}],
        },
    )
    with make_database(rows).connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())

        def work(by: str, scope: Scope) -> list[list[Any]]:
            found = visits.read_workload(snapshot, scope=scope, by=by, on=ON)
            columns = ["part", "name", "households", "watched", "due"]
            return [[None if pd.isna(value) else value for value in row] for row in found[columns].to_numpy().tolist()]

        assert work("grid_code", Scope.district()) == [
            ["B", None, 2, 1, 1],
            [None, None, 1, 0, 0],
            ["A", "王**", 1, 1, 0],
        ]
        assert work("helper_id", Scope(regions=(other,), masked=False)) == [["P1", "李小明", 1, 1, 0]]
        metric, filters = "visits_due", (("helper_id", "P2"),)
        arguments: dict[str, Any] = {"scope": Scope.district(), "metric": metric, "on": ON}
        assert lists.count_list(snapshot, **asked(**arguments, filters=filters)).amount == 1
        assert lists.count_list(snapshot, **asked(**arguments, filters=(("helper_id", "P1"),))).amount == 0


def test_a_waiting_clue_counts_its_days_down_and_past_zero(make_database: MakeDatabase) -> None:
    soon = limit("clue_due_soon_days", on=ON)
    due = {
        "late": date(2022, 9, 29),
        "today": ON,
        "soon": date(2022, 10, soon),
        "later": date(2022, 10, soon + 1),
        "no limit": None,
    }
    clue = {"received_on": date(2022, 9, 15)}
    rows = merged(
        village(),
        *(household(name, clues=[clue | {"due_on": day}]) for name, day in due.items()),
        household("checked", clues=[clue | {"due_on": ON, "checked_on": date(2022, 9, 20)}]),
    )
    with make_database(rows).connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        frame = lists.read_list(
            snapshot,
            scope=Scope.district(),
            request=lists.ListRequest(metric="clues_received", on=ON, offset=0, limit=9),
            language="zh",
        )
    states = dict(zip(frame["household_id"], frame["clue_state"], strict=True))
    days = {row["household_id"]: None if pd.isna(row["days_left"]) else row["days_left"] for _, row in frame.iterrows()}
    assert states == {
        "late": "overdue",
        "today": "due_soon",
        "soon": "due_soon",
        "later": "not_due",
        "no limit": "no_limit",
        "checked": "checked",
    }
    assert days == {"late": -1, "today": 0, "soon": soon, "later": soon + 1, "no limit": None, "checked": None}
