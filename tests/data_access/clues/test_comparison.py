"""Clues of departments: what months they are counted in, what survey they are compared with, what became of them."""

from datetime import date
from typing import Any

import pytest

from data_access.clues import comparison
from data_access.clues.clue_tests import load_clue_tests
from data_access.database.engine import Snapshot
from data_access.errors import ScopeError
from data_access.lists import lists
from data_access.risk.rulebook import load_rulebook
from data_access.schema.limits import limit
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.support.households import SAFE_INDICATORS, VILLAGE, Rows, household, load, merged, village
from tests.support.lists import asked

ON = date(2022, 9, 30)
CAME = date(2022, 9, 10)
WATER: dict[str, Any] = {"way": "department", "department": "water", "kind": "water", "received_on": CAME}


def listed(make_database: MakeDatabase, *rows: Rows, metric: str) -> Any:
    with make_database(merged(village(), *rows)).connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        arguments: dict[str, Any] = {"scope": Scope.district(), "metric": metric, "on": ON}
        frame = lists.read_list(snapshot, **asked(**arguments, language="zh", offset=0, limit=100))
        size = lists.count_list(snapshot, **asked(**arguments))
    assert size.amount == len(frame)
    return frame


def agreements(make_database: MakeDatabase, *homes: Rows) -> dict[str, str]:
    frame = listed(make_database, *homes, metric="department_clues_matched")
    return dict(zip(frame["household_id"], frame["agreement"], strict=True))


def interval(source: str | None, first: date, last: date | None = None, **changes: Any) -> dict[str, Any]:
    return {"source": source, "valid_from": first, "valid_to": last, **changes}


def home(name: str, *intervals: dict[str, Any], clue: dict[str, Any] = WATER) -> Rows:
    return household(name, indicators=intervals or None, clues=[clue])


def test_a_clue_is_compared_with_the_newest_survey_that_began_before_the_day_it_came(
    make_database: MakeDatabase,
) -> None:
    before, the_day = date(2022, 9, 9), CAME
    start = date(2021, 5, 1)
    found = agreements(
        make_database,
        home("day before", interval("cadre", start, before), interval("cadre", before, water_problem=True)),
        home("same day", interval("cadre", start, the_day), interval("cadre", the_day, water_problem=True)),
        home("pushed", interval("collection", start, before), interval("department", before, water_problem=True)),
        home("of a case", interval("collection", start, before), interval("case", before, water_problem=True)),
        home("only pushed", interval("department", start, water_problem=True)),
        home("source unknown", interval(None, start, water_problem=True)),
        home("nothing"),
    )
    assert found == {
        "day before": "agree",
        "same day": "conflict",
        "pushed": "conflict",
        "of a case": "agree",
        "only pushed": "not_comparable",
        "source unknown": "not_comparable",
        "nothing": "not_comparable",
    }


KINDS: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ("new_illness", {"major_illness_n": 1}, {"major_illness_n": 0}, {"major_illness_n": None}),
    ("new_disability", {"disabled_n": 1}, {"disabled_n": 0}, {"disabled_n": None}),
    ("housing", {"house_grade": "C"}, {"house_grade": "B"}, {"house_grade": None}),
    ("housing", {"house_grade": None, "house_damaged": True}, {}, {"house_damaged": None}),
    ("disaster", {"disaster_type": "0206"}, {"disaster_type": "none"}, {"disaster_type": None}),
    ("school", {"dropout_n": 1}, {"dropout_n": 0}, {"dropout_n": None}),
    ("job_loss", {"job_loss_n": 1}, {"job_loss_n": 0}, {"job_loss_n": None}),
    ("accident", {"accident": "injury"}, {"accident": "none"}, {"accident": None}),
    ("industry", {"business_failure": True}, {"business_failure": False}, {"business_failure": None}),
    ("income", {"last_net_income": 60_001}, {"last_net_income": 60_000}, {"last_net_income": None}),
]
"""Kind of clue, and what was collected where it agrees, where it is in conflict and where it cannot be compared."""


def test_each_kind_is_compared_with_its_indicator(make_database: MakeDatabase) -> None:
    homes, expected = [], {}
    for number, (kind, *surveys) in enumerate(KINDS):
        for survey, outcome in zip(surveys, ("agree", "conflict", "not_comparable"), strict=True):
            name = f"{number} {kind} {outcome}"
            homes.append(home(name, {"valid_from": date(2021, 5, 1), **survey}, clue=WATER | {"kind": kind}))
            expected[name] = outcome
    assert agreements(make_database, *homes) == expected


def test_an_amount_is_compared_with_what_was_collected_and_left_out_where_the_clue_has_none(
    make_database: MakeDatabase,
) -> None:
    cost, school = WATER | {"kind": "medical_cost"}, WATER | {"kind": "school"}
    paid = {"valid_from": date(2021, 5, 1), "compliant_self_pay": 5_000, "edu_self_pay": None}
    found = agreements(
        make_database,
        home("all of it", paid, clue=cost | {"amount": 5_000}),
        home("less", paid, clue=cost | {"amount": 5_001}),
        home("no amount", paid, clue=cost),
        home("fees unknown", paid, clue=school | {"amount": 9_000}),
        home("only attendance", paid, clue=school),
        home("no indicator", paid, clue=WATER | {"kind": "relief_change"}),
    )
    assert found == {
        "all of it": "agree",
        "less": "conflict",
        "no amount": "not_comparable",
        "fees unknown": "not_comparable",
        "only attendance": "conflict",
        "no indicator": "not_comparable",
    }


def test_every_kind_of_clue_names_indicators_that_are_held() -> None:
    tests = [test for kind in load_clue_tests().kinds.values() for test in kind]
    assert {test.indicator for test in tests if test.indicator} <= set(SAFE_INDICATORS)
    assert load_clue_tests().survey == ("collection", "cadre", "case")


def test_the_months_looked_back_on_begin_on_a_first_day_and_end_on_the_day(make_database: MakeDatabase) -> None:
    assert limit("clue_look_back_months", on=ON) == 12
    assert comparison.first_day(ON) == date(2021, 10, 1)
    days = {"out": date(2021, 9, 30), "first": date(2021, 10, 1), "last": ON, "after": date(2022, 10, 1)}
    homes = [household(name, clues=[WATER | {"received_on": day}]) for name, day in days.items()]
    pushed = {"clue_unmatched": [_unmatched(name, received_on=day) for name, day in days.items()]}
    frame = listed(make_database, *homes, pushed, metric="department_clues_received")
    assert sorted(frame["received_on"].astype(str)) == ["2021-10-01", "2021-10-01", "2022-09-30", "2022-09-30"]
    assert sorted(frame["matched_household"].dropna()) == ["first", "last"]


def test_a_check_counts_from_its_day_and_in_time_until_the_day_it_is_due(make_database: MakeDatabase) -> None:
    due = WATER | {"due_on": date(2022, 9, 25)}
    rows = merged(
        village(),
        load(cut_off=date(2022, 10, 31)),  # in the newest month later days count, too
        household("in time", clues=[due | {"checked_on": date(2022, 9, 25), "result": "case"}]),
        household("late", clues=[due | {"checked_on": date(2022, 9, 26), "result": "helped"}]),
        household("afterwards", clues=[due | {"checked_on": date(2022, 10, 1), "result": "case"}]),
        household("no limit", clues=[WATER | {"checked_on": ON, "case_id": "C"}]),
        household("reported", clues=[due | {"way": "hotline", "department": None, "checked_on": ON}]),
    )
    with make_database(rows).connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())

        def households(metric: str) -> list[str]:
            arguments: dict[str, Any] = {"scope": Scope.district(), "metric": metric, "on": ON, "language": "zh"}
            return sorted(lists.read_list(snapshot, **asked(**arguments, offset=0, limit=100))["household_id"])

        assert households("department_clues_passed") == ["afterwards", "in time", "late"]
        assert households("department_clues_checked") == ["in time", "late", "no limit"]
        assert households("department_clues_checked_in_time") == ["in time"]
        assert households("department_clues_led") == ["in time", "no limit"]
        assert households("self_reports") == ["reported"]
        results = lists.read_breakdown(
            snapshot, scope=Scope.district(), metric="department_clues_matched", by=("result",), on=ON
        )
        assert results.dropna(subset="result").to_numpy().tolist() == [["case", 1], ["helped", 1]]


def test_a_list_is_restricted_to_a_department_and_to_those_nobody_recorded(make_database: MakeDatabase) -> None:
    rows = merged(village(), household("H1", clues=[WATER]), household("H2", clues=[WATER | {"department": None}]))
    with make_database(rows).connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        arguments: dict[str, Any] = {"scope": Scope.district(), "metric": "department_clues_matched", "on": ON}
        found = {
            code: lists.read_list(
                snapshot, **asked(**arguments, language="zh", offset=0, limit=9, filters=(("department", code),))
            )["household_id"].tolist()
            for code in ("water", lists.NOT_RECORDED, "housing")
        }
    assert found == {"water": ["H1"], lists.NOT_RECORDED: ["H2"], "housing": []}


def test_a_list_is_restricted_to_a_month_of_receipt_and_no_month_is_lost(make_database: MakeDatabase) -> None:
    days = {"January": date(2022, 1, 31), "February": date(2022, 2, 1), "October": date(2021, 10, 1)}
    rows = merged(village(), *(household(name, clues=[WATER | {"received_on": day}]) for name, day in days.items()))
    with make_database(rows).connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        arguments: dict[str, Any] = {"scope": Scope.district(), "metric": "department_clues_matched", "on": ON}
        by_month = lists.read_breakdown(snapshot, **arguments, by=(lists.MONTH,))
        assert by_month.to_numpy().tolist() == [["2021-10", 1], ["2022-01", 1], ["2022-02", 1]]
        february = lists.read_list(
            snapshot, **asked(**arguments, language="zh", offset=0, limit=9, filters=((lists.MONTH, "2022-02"),))
        )
        assert february["household_id"].tolist() == ["February"]
        with pytest.raises(ScopeError, match="unknown_filter"):
            lists.count_list(
                snapshot,
                scope=Scope.district(),
                request=lists.ListRequest(metric="needs_open", on=ON, filters=((lists.MONTH, "2022-02"),)),
            )


def test_unmatched_clues_without_a_village_are_counted_apart_and_belong_to_no_place(
    make_database: MakeDatabase,
) -> None:
    pushed = {"clue_unmatched": [_unmatched("here"), _unmatched("nowhere", village_code=None)]}
    with make_database(merged(village(), pushed)).connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        district, here = Scope.district(), Scope.district().narrowed("610902")
        assert comparison.count_unplaced(snapshot, scope=district, on=ON) == 1
        assert comparison.count_unplaced(snapshot, scope=here, on=ON) == 0
        assert comparison.count_unplaced(snapshot, scope=district, on=date(2022, 8, 31)) == 0
        metric = "department_clues_unmatched"
        assert lists.count_list(snapshot, scope=district, request=lists.ListRequest(metric=metric, on=ON)).amount == 1


def _unmatched(clue_id: str, **changes: Any) -> dict[str, Any]:
    row = {"clue_id": clue_id, "department": "water", "kind": "water", "received_on": CAME, "village_code": VILLAGE}
    return row | changes
