"""Time from identification to elimination: who is counted, and from which day."""

from datetime import date

import pandas as pd
import pytest

from data_access.cases.durations import read_durations
from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.facts.store import FactsStore
from data_access.lists.lists import ListRequest, read_list
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.support.households import Changes, household, merged, village

IDENTIFIED = date(2021, 3, 15)
LATER = date(2022, 9, 30)


def durations(database: HouseholdDatabase, on: date = LATER, *, scope: Scope | None = None) -> pd.DataFrame:
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=FactsStore(database).rulebook())
        return read_durations(snapshot, scope=scope or Scope.district(), on=on)


def total(database: HouseholdDatabase, column: str, on: date = LATER) -> int:
    return int(durations(database, on)[column].sum())


def one(case: Changes) -> dict:
    return merged(village(), household(cases=[{"identified_on": IDENTIFIED, **case}]))


def test_a_case_is_followed_from_the_day_the_months_are_full(make_database: MakeDatabase) -> None:
    database = make_database(one({}))
    for months, full in ((6, date(2021, 9, 15)), (12, date(2022, 3, 15))):
        assert total(database, f"followed_{months}", full.replace(day=14)) == 0
        assert total(database, f"followed_{months}", full) == 1


def test_an_elimination_counts_within_months_until_the_day_they_are_full(make_database: MakeDatabase) -> None:
    cases = [{"identified_on": IDENTIFIED, "eliminated_on": date(2021, 9, day)} for day in (15, 16)]
    homes = [household(f"H{number}", cases=[case]) for number, case in enumerate(cases)]
    found = durations(make_database(merged(village(), *homes))).sum(numeric_only=True)
    assert found[["eliminated_6", "eliminated_in_6", "eliminated_in_7", "eliminated_in_5"]].tolist() == [1, 1, 2, 0]


def test_an_elimination_after_the_day_has_not_happened_yet(make_database: MakeDatabase) -> None:
    database = make_database(one({"eliminated_on": date(2022, 6, 1)}))
    assert total(database, "eliminated", date(2022, 5, 31)) == 0
    assert total(database, "eliminated", date(2022, 6, 1)) == 1


def test_a_case_that_ended_without_an_elimination_is_left_out_from_the_day_it_ended(
    make_database: MakeDatabase,
) -> None:
    database = make_database(one({"ended_on": date(2022, 5, 1)}))
    assert total(database, "households", date(2022, 4, 30)) == 1
    assert total(database, "households", date(2022, 5, 1)) == 0


def test_a_case_that_ended_after_its_elimination_keeps_it(make_database: MakeDatabase) -> None:
    database = make_database(one({"eliminated_on": date(2021, 11, 1), "ended_on": date(2022, 5, 1)}))
    assert total(database, "eliminated_in_12") == 1
    assert total(database, "eliminated") == 0


def test_a_case_rolled_back_keeps_its_elimination_and_the_next_starts_anew(make_database: MakeDatabase) -> None:
    back = date(2022, 4, 1)
    first = {"identified_on": IDENTIFIED, "eliminated_on": date(2021, 12, 1), "rolled_back_on": back}
    second = {"identified_on": back, "follows_case_id": "H1-C1"}
    database = make_database(merged(village(), household(cases=[first, second])))
    assert total(database, "households") == 1
    assert total(database, "eliminated_in_12") == 1
    assert total(database, "followed_12") == 1
    assert total(database, "eliminated") == 0


def test_a_case_that_was_never_identified_is_not_counted(make_database: MakeDatabase) -> None:
    assert durations(make_database(one({"identified_on": None}))).empty


def test_households_known_to_have_nobody_able_to_work_stand_apart(make_database: MakeDatabase) -> None:
    homes = [
        household(f"{value}", cases=[{"identified_on": IDENTIFIED}], indicators={"no_labor_backstop": value})
        for value in (True, False, None)
    ]
    groups = durations(make_database(merged(village(), *homes))).groupby("case_group")["households"].sum()
    assert groups.to_dict() == {"backstop": 1, "other": 2}


@pytest.mark.parametrize(
    ("before", "group_before", "group_then"), [(False, "other", "backstop"), (True, "backstop", "other")]
)
def test_the_indicators_in_force_on_the_day_decide(
    make_database: MakeDatabase, before: bool, group_before: str, group_then: str
) -> None:
    change = date(2022, 6, 1)
    intervals: list[Changes] = [
        {"valid_from": date(2021, 1, 1), "valid_to": change, "no_labor_backstop": before},
        {"valid_from": change, "no_labor_backstop": not before},
    ]
    database = make_database(merged(village(), household(cases=[{"identified_on": IDENTIFIED}], indicators=intervals)))
    assert durations(database, date(2022, 5, 31))["case_group"].tolist() == [group_before]
    assert durations(database, change)["case_group"].tolist() == [group_then]


def test_the_list_of_an_earlier_day_does_not_know_a_later_elimination(make_database: MakeDatabase) -> None:
    case = {"identified_on": IDENTIFIED, "eliminated_on": date(2022, 4, 20)}
    home = household(cases=[case], indicators={"no_labor_backstop": True})
    database = make_database(merged(village(), home))
    shown = {}
    for on in (date(2022, 3, 31), date(2022, 4, 30)):
        with database.connect() as (connection, version):
            snapshot = Snapshot(connection=connection, version=version, rulebook=FactsStore(database).rulebook())
            rows = read_list(
                snapshot,
                scope=Scope.district(),
                request=ListRequest(metric="backstop_cases", on=on, offset=0, limit=9),
                language="zh",
            )
        shown[on.month] = rows["eliminated_on"].isna().tolist()
    assert shown == {3: [True], 4: [False]}


def test_a_household_without_indicators_is_counted(make_database: MakeDatabase) -> None:
    rows = merged(village(), household(cases=[{"identified_on": IDENTIFIED}], indicators=None))
    assert durations(make_database(rows))["households"].tolist() == [1]


def test_cases_of_another_place_are_not_counted(make_database: MakeDatabase) -> None:
    other = "610902101201"
    rows = merged(
        village(),
        village(other, township="610902101"),
        household(cases=[{"identified_on": IDENTIFIED}]),
        household("H2", village_code=other, cases=[{"identified_on": IDENTIFIED}]),
    )
    database = make_database(rows)
    assert total(database, "households") == 2
    assert durations(database, scope=Scope(regions=("610902101",)))["households"].sum() == 1
    assert durations(database, scope=Scope(regions=())).empty
