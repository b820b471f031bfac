"""Members able and willing, and their months in work: at the edges, on both databases."""

from datetime import date
from typing import Any

import pandas as pd

from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.employment.able_members import LISTINGS, read_able_members
from data_access.risk.rulebook import load_rulebook
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.support.households import CUT_OFF, Changes, Rows, household, merged, village

WILLING: Changes = {"wants_work": True}


def able(make_database: MakeDatabase, *parts: Rows, on: date = CUT_OFF, scope: Scope | None = None) -> dict[str, Any]:
    """The sums over all rows, and the reasons and months found."""
    with make_database(merged(village(), *parts)).connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        rows = read_able_members(snapshot, scope=scope or Scope.district(), on=on)
    sums = {name: int(rows[name].sum()) for name in ("persons", "idle", "idle_zero", "worked", "months")}
    return {**sums, "reasons": set(rows["no_work_reason"].dropna()), "of_months": set(rows["months_worked"])}


def lifted_out(**parts: Any) -> Rows:
    return household(**{"household_type": "lifted_out", "members": [WILLING], **parts})


def sums_of(make_database: MakeDatabase, homes: list[Rows]) -> pd.DataFrame:
    """What each household adds to the sums, one row for each that adds something; several situations side by side."""
    with make_database(merged(village(), *homes)).connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        rows = read_frame(connection, LISTINGS["able"].entries(snapshot, Scope.district(), CUT_OFF))
    return rows.groupby("household_id")[["persons", "worked", "months"]].sum()


def test_able_and_willing_is_who_is_known_to_be_both(make_database: MakeDatabase) -> None:
    both: dict[str, Changes] = {"ordinary": {}, "skilled": {"labour": "skilled"}}
    not_both: dict[str, Changes] = {
        "weak": {"labour": "weak"},
        "labour unknown": {"labour": None},
        "unwilling": {"wants_work": False},
        "will unknown": {"wants_work": None},
        "left": {"left_on": CUT_OFF},
        "not yet there": {"joined_on": date(2022, 10, 1)},
    }
    homes = [
        lifted_out(household_id=name, members=[{**WILLING, **member}]) for name, member in (both | not_both).items()
    ]
    assert sums_of(make_database, homes)["persons"].to_dict() == dict.fromkeys(both, 1)


def test_of_general_households_only_the_monitored_ones_count(make_database: MakeDatabase) -> None:
    monitored: dict[str, Changes] = {
        "since today": {"identified_on": CUT_OFF},
        "eliminated": {"identified_on": date(2022, 1, 1), "eliminated_on": date(2022, 8, 1)},
    }
    others: dict[str, Changes] = {
        "from tomorrow": {"identified_on": date(2022, 10, 1)},
        "ended": {"identified_on": date(2022, 1, 1), "ended_on": date(2022, 8, 1)},
    }
    homes = [household(name, members=[WILLING], cases=[case]) for name, case in (monitored | others).items()]
    assert sums_of(make_database, homes)["persons"].to_dict() == dict.fromkeys(monitored, 1)


def test_a_household_closed_is_not_counted(make_database: MakeDatabase) -> None:
    assert able(make_database, lifted_out(closed_on=CUT_OFF))["persons"] == 0


def test_a_reason_is_told_of_those_not_in_work_alone(make_database: MakeDatabase) -> None:
    members = [{**WILLING, "no_work_reason": "health"}, {**WILLING, "no_work_reason": "caring"}]
    found = able(make_database, lifted_out(members=members, jobs=[{}]))
    assert (found["persons"], found["idle"], found["idle_zero"]) == (2, 1, 0)
    assert found["reasons"] == {"caring"}


def test_a_household_with_nobody_in_work_is_a_zero_one_whoever_of_it_works(make_database: MakeDatabase) -> None:
    assert able(make_database, lifted_out())["idle_zero"] == 1
    unwilling_works = lifted_out(members=[WILLING, {}], jobs=[{"member_id": "H1-P2"}])
    found = able(make_database, unwilling_works)
    assert (found["idle"], found["idle_zero"]) == (1, 0)


def test_a_month_counts_with_a_single_day_in_work(make_database: MakeDatabase) -> None:
    months: dict[str, tuple[int, Changes]] = {
        "all year": (9, {"started_on": date(2020, 5, 1)}),
        "since today": (1, {"started_on": date(2022, 9, 30)}),
        "from tomorrow": (0, {"started_on": date(2022, 10, 1)}),
        "until New Year": (0, {"started_on": date(2021, 5, 1), "ended_on": date(2022, 1, 1)}),
        "a day of January": (1, {"started_on": date(2021, 5, 1), "ended_on": date(2022, 1, 2)}),
        "a day of March and April": (2, {"started_on": date(2022, 3, 31), "ended_on": date(2022, 5, 1)}),
        "a day of May, too": (
            3,
            {"started_on": date(2022, 3, 31), "ended_on": date(2022, 5, 2), "channel": "public_post"},
        ),
    }
    homes = [lifted_out(household_id=name, jobs=[job]) for name, (_, job) in months.items()]
    found = sums_of(make_database, homes)
    assert found["months"].to_dict() == {name: count for name, (count, _) in months.items()}
    assert found["worked"].to_dict() == {name: int(count > 0) for name, (count, _) in months.items()}


def test_two_jobs_in_one_month_are_one_month(make_database: MakeDatabase) -> None:
    jobs: list[Changes] = [
        {"started_on": date(2022, 3, 1), "ended_on": date(2022, 3, 10)},
        {"started_on": date(2022, 3, 20), "ended_on": date(2022, 4, 2)},
    ]
    found = able(make_database, lifted_out(jobs=jobs))
    assert (found["months"], found["of_months"]) == (2, {"2"})


def test_months_are_those_of_the_year_up_to_the_day(make_database: MakeDatabase) -> None:
    job = {"started_on": date(2021, 6, 15)}
    assert able(make_database, lifted_out(jobs=[job]), on=date(2021, 12, 31))["months"] == 7


def test_nobody_outside_the_scope_is_counted(make_database: MakeDatabase) -> None:
    assert able(make_database, lifted_out(), scope=Scope(regions=("610902101",)))["persons"] == 0
    assert able(make_database, lifted_out(), scope=Scope(regions=("610902100",)))["persons"] == 1
