"""The eight steps: which step a case waits for, since when, and from which day it is overdue."""

from datetime import date, timedelta
from typing import Any

import pytest

from data_access.cases.steps import load_steps, read_steps
from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.facts.store import FactsStore
from data_access.lists.lists import ListRequest, count_list
from data_access.schema.indicators import load_codes
from data_access.schema.limits import limit, limit_if_any, load_limits
from data_access.schema.tables import monitoring_case
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.support.households import Changes, Rows, household, load, merged, village

DISCOVERED = date(2022, 3, 1)
WHOLE_WAY: dict[str, Any] = {
    "discovered_on": DISCOVERED,
    "checked_on": date(2022, 3, 4),
    "compared_on": date(2022, 3, 6),
    "publicised_on": date(2022, 3, 12),
    "township_reviewed_on": date(2022, 3, 14),
    "identified_on": date(2022, 3, 16),
}


def waiting(database: HouseholdDatabase, on: date, *, scope: Scope | None = None) -> dict[str, tuple[int, ...]]:
    """Per step: households, overdue, median and longest days."""
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=FactsStore(database).rulebook())
        rows = read_steps(snapshot, scope=scope or Scope.district(), on=on)
    columns = ["households", "overdue", "median_days", "longest_days"]
    return {row["step"]: tuple(row[columns]) for _, row in rows.iterrows()}


def count(database: HouseholdDatabase, metric: str, on: date, **filters: str) -> int:
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=FactsStore(database).rulebook())
        pairs = tuple(filters.items())
        return count_list(
            snapshot, scope=Scope.district(), request=ListRequest(metric=metric, on=on, filters=pairs)
        ).amount


def one_case(case: Changes, *measures: Changes, cut_off: date = date(2023, 9, 30)) -> Rows:
    return merged(village(), load(cut_off=cut_off), household(cases=[case], measures=measures))


def test_the_declared_steps_are_eight_with_a_word_a_column_and_a_limit_that_exist() -> None:
    steps = load_steps().steps
    assert [step.key for step in steps] == list(load_codes()["case_step"])
    assert len(steps) == 8
    assert all(step.date in monitoring_case.c for step in steps if step.date != "first_measure")
    assert {step.limit for step in steps if step.limit is not None} <= set(load_limits())


def test_a_case_waits_for_the_step_after_its_last_one(make_database: MakeDatabase) -> None:
    measure = {"started_on": date(2022, 3, 30)}
    database = make_database(one_case({**WHOLE_WAY, "eliminated_on": date(2022, 10, 1)}, measure))
    expected = {
        date(2022, 2, 28): None,
        date(2022, 3, 1): "checked",
        date(2022, 3, 3): "checked",
        date(2022, 3, 4): "compared",
        date(2022, 3, 6): "publicised",
        date(2022, 3, 12): "township_reviewed",
        date(2022, 3, 14): "identified",
        date(2022, 3, 16): "helped",
        date(2022, 3, 29): "helped",
        date(2022, 3, 30): "eliminated",
        date(2022, 9, 30): "eliminated",
        date(2022, 10, 1): None,
    }
    found = {day: next(iter(waiting(database, day)), None) for day in expected}
    assert found == expected


def test_days_are_counted_from_the_step_before(make_database: MakeDatabase) -> None:
    database = make_database(
        merged(
            village(),
            *(
                household(f"H{n}", cases=[{"discovered_on": DISCOVERED - timedelta(days=n), "identified_on": None}])
                for n in (0, 3, 20)
            ),
        )
    )
    assert waiting(database, DISCOVERED) == {"checked": (3, 0, 3, 20)}


def test_a_step_that_was_never_dated_is_skipped(make_database: MakeDatabase) -> None:
    case = {"discovered_on": DISCOVERED, "publicised_on": date(2022, 3, 12), "identified_on": None}
    assert waiting(make_database(one_case(case)), date(2022, 3, 20)) == {"township_reviewed": (1, 0, 8, 8)}


def test_help_before_identification_counts_from_identification(make_database: MakeDatabase) -> None:
    database = make_database(one_case(WHOLE_WAY, {"started_on": date(2022, 3, 2)}))
    assert list(waiting(database, date(2022, 3, 15))) == ["identified"]
    assert waiting(database, date(2022, 3, 18)) == {"eliminated": (1, 0, 2, 2)}


@pytest.mark.parametrize("left", [{"rejected_on": date(2022, 3, 10)}, {"ended_on": date(2022, 3, 10)}])
def test_a_rejected_or_ended_case_waits_until_the_day_before(make_database: MakeDatabase, left: Changes) -> None:
    case = {"discovered_on": DISCOVERED, "identified_on": None, **left}
    database = make_database(one_case(case))
    assert list(waiting(database, date(2022, 3, 9))) == ["checked"]
    assert waiting(database, date(2022, 3, 10)) == {}


def test_a_case_rolled_back_waits_again_as_the_case_that_follows_it(make_database: MakeDatabase) -> None:
    back = date(2022, 4, 1)
    first = {"identified_on": date(2021, 5, 3), "eliminated_on": date(2021, 12, 1), "rolled_back_on": back}
    second = {"identified_on": back, "follows_case_id": "H1-C1"}
    database = make_database(merged(village(), household(cases=[first, second])))
    assert waiting(database, date(2022, 3, 31)) == {}
    assert waiting(database, date(2022, 4, 3)) == {"helped": (1, 0, 2, 2)}


@pytest.mark.parametrize(
    ("discovered", "on", "overdue"),
    [
        (date(2023, 3, 1), date(2023, 3, 16), 0),
        (date(2023, 3, 1), date(2023, 3, 17), 1),
        (date(2022, 3, 1), date(2023, 2, 13), 0),
        (date(2022, 3, 1), date(2023, 2, 14), 1),
    ],
    ids=["day 15", "day 16", "the day before the limit", "the first day of the limit"],
)
def test_identification_is_overdue_after_fifteen_days_and_only_since_that_was_laid_down(
    make_database: MakeDatabase, discovered: date, on: date, overdue: int
) -> None:
    case = {"discovered_on": discovered, "checked_on": discovered + timedelta(days=5), "identified_on": None}
    database = make_database(one_case(case))
    assert waiting(database, on)["compared"][1] == overdue
    assert count(database, "step_overdue", on, step="compared") == overdue


def test_the_first_measure_is_overdue_when_the_month_is_full(make_database: MakeDatabase) -> None:
    database = make_database(one_case({"identified_on": date(2022, 1, 31)}))
    assert waiting(database, date(2022, 2, 27))["helped"][1] == 0
    assert waiting(database, date(2022, 2, 28))["helped"][1] == 1
    assert count(database, "step_overdue", date(2022, 2, 28)) == count(database, "measures_overdue", date(2022, 2, 28))


def test_waiting_for_elimination_is_never_overdue(make_database: MakeDatabase) -> None:
    database = make_database(one_case({"identified_on": date(2021, 1, 1)}, {"started_on": date(2021, 1, 5)}))
    assert waiting(database, date(2023, 9, 1))["eliminated"][:2] == (1, 0)


def test_an_elimination_before_six_months_is_early_and_one_on_the_day_is_not(make_database: MakeDatabase) -> None:
    identified = date(2022, 1, 31)
    days = {"H1": date(2022, 7, 30), "H2": date(2022, 7, 31)}
    rows = merged(
        village(),
        *(household(home, cases=[{"identified_on": identified, "eliminated_on": day}]) for home, day in days.items()),
    )
    database = make_database(rows)
    assert count(database, "early_eliminations", date(2022, 7, 29)) == 0
    assert count(database, "early_eliminations", date(2022, 8, 31)) == 1


def test_the_steps_of_another_place_are_not_counted(make_database: MakeDatabase) -> None:
    other = "610902101201"
    case = {"discovered_on": DISCOVERED, "identified_on": None}
    rows = merged(
        village(),
        village(other, township="610902101"),
        household(cases=[case]),
        household("H2", village_code=other, cases=[case]),
    )
    database = make_database(rows)
    assert waiting(database, DISCOVERED)["checked"][0] == 2
    assert waiting(database, DISCOVERED, scope=Scope(regions=("610902101",)))["checked"][0] == 1
    assert waiting(database, DISCOVERED, scope=Scope(regions=())) == {}


def test_before_its_first_entry_a_limit_is_none() -> None:
    assert limit_if_any("identify_within_days", on=date(2023, 2, 13)) is None
    assert limit_if_any("identify_within_days", on=date(2023, 2, 14)) == limit(
        "identify_within_days", on=date(2023, 2, 14)
    )
