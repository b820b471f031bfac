"""Who holds a job on a day: a job ends when the next begins, when the member leaves, or when it is ended, whichever
comes first. Whatever asks gets the same answer at every edge, on both databases."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.facts.store import FactsStore
from data_access.households.file import read_members
from data_access.lists.lists import ListRequest, read_list
from data_access.lists.selection import Condition, Selection, read_selection
from data_access.quality.expressions import Day
from data_access.quality.job_conditions import jobs_in_force
from data_access.schema.indicators import load_codes
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.reference.frames import records, tables_from_rows
from tests.reference.household import jobs_held
from tests.support.asking import ask
from tests.support.households import CUT_OFF as ON
from tests.support.households import Changes, Rows, household, merged, village

THE_DAY_BEFORE, THE_DAY_AFTER = date(2022, 9, 29), date(2022, 10, 1)
LONG_AGO, THIS_YEAR, LATER_THIS_YEAR = date(2021, 6, 1), date(2022, 3, 1), date(2022, 6, 1)
PLACES = tuple(load_codes()["work_place"])

Case = tuple[Changes, list[Changes], str | None]

CASES: dict[str, Case] = {
    "without a job": ({}, [], None),
    "a job that lasts": ({}, [{"place": "county"}], "county"),
    "begins on the day": ({}, [{"started_on": ON, "place": "county"}], "county"),
    "begins the day after": ({}, [{"started_on": THE_DAY_AFTER}], None),
    "ended the day before": ({}, [{"ended_on": THE_DAY_BEFORE}], None),
    "ended on the day": ({}, [{"ended_on": ON}], None),
    "ended the day after": ({}, [{"ended_on": THE_DAY_AFTER, "place": "county"}], "county"),
    "left the day before": ({"left_on": THE_DAY_BEFORE}, [{}], None),
    "left on the day": ({"left_on": ON}, [{}], None),
    "left the day after": ({"left_on": THE_DAY_AFTER}, [{"place": "county"}], "county"),
    "joined on the day": ({"joined_on": ON}, [{"place": "county"}], "county"),
    "joined the day after": ({"joined_on": THE_DAY_AFTER}, [{}], None),
    "a job begins beside one that was never ended": (
        {},
        [{"started_on": LONG_AGO, "place": "county"}, {"started_on": THIS_YEAR, "place": "township"}],
        "township",
    ),
    "a job begins on the day beside one that was never ended": (
        {},
        [{"started_on": LONG_AGO, "place": "county"}, {"started_on": ON, "place": "township"}],
        "township",
    ),
    "the next job begins the day after": (
        {},
        [{"started_on": LONG_AGO, "place": "county"}, {"started_on": THE_DAY_AFTER, "place": "township"}],
        "county",
    ),
    "a job begins the day another ends": (
        {},
        [
            {"started_on": LONG_AGO, "ended_on": THIS_YEAR, "place": "county"},
            {"started_on": THIS_YEAR, "place": "township"},
        ],
        "township",
    ),
    "the newest job ended beside an older one that was never ended": (
        {},
        [{"started_on": LONG_AGO}, {"started_on": THIS_YEAR, "ended_on": LATER_THIS_YEAR}],
        None,
    ),
    "the newest job ended beside an older one that was ended later": (
        {},
        [
            {"started_on": LONG_AGO, "ended_on": date(2022, 12, 31)},
            {"started_on": THIS_YEAR, "ended_on": LATER_THIS_YEAR},
        ],
        None,
    ),
    "the newest job ends the day after beside an older one that was never ended": (
        {},
        [{"started_on": LONG_AGO}, {"started_on": THIS_YEAR, "ended_on": THE_DAY_AFTER, "place": "township"}],
        "township",
    ),
    "the newest of three that were never ended": (
        {},
        [{"started_on": LONG_AGO}, {"started_on": THIS_YEAR}, {"started_on": LATER_THIS_YEAR, "place": "province"}],
        "province",
    ),
}
"""What differs from a member -> their jobs -> the place of the job held on 30 September; None: none is."""

HELD = {name: place for name, (_, _, place) in CASES.items() if place is not None}
VILLAGES = {f"61090210{n:04}": name for n, name in enumerate(CASES, start=1001)}


def rows() -> Rows:
    """Every case in a village of its own: a lifted-out household, whose second member is able, willing and idle."""
    parts = []
    for code, name in VILLAGES.items():
        member, jobs, _ = CASES[name]
        willing: Changes = {"wants_work": True}
        parts.append(village(code))
        parts.append(
            household(name, household_type="lifted_out", village_code=code, members=[member, willing], jobs=jobs)
        )
    return merged(*parts)


@pytest.fixture(scope="module")
def database(shared_database: MakeDatabase) -> HouseholdDatabase:
    return shared_database(rows())


def listed(database: HouseholdDatabase, metric: str) -> list[dict[Any, Any]]:
    request = ListRequest(metric=metric, on=ON, limit=100)
    return records(ask(database, read_list, scope=Scope.district(), request=request, language="zh"))


def test_the_monthly_figures_of_jobs_and_of_households_with_nobody_in_work(database: HouseholdDatabase) -> None:
    frames = FactsStore(database).current().facts.frames
    jobs, duty = (frames[name].query("month == '2022-09'") for name in ("jobs", "duty"))
    assert set(jobs["workers"]) == {1}
    assert dict(zip(jobs["village_code"].map(VILLAGES), jobs["place"], strict=True)) == HELD
    assert set(duty[duty["zero"] == 1]["village_code"].map(VILLAGES)) == set(CASES) - set(HELD)


@pytest.mark.parametrize("metric", ["off_farm_workers", "workers_in_work"])
def test_the_rows_of_the_lists(database: HouseholdDatabase, metric: str) -> None:
    found = listed(database, metric)
    assert {row["household_id"]: row["place"] for row in found} == HELD
    assert len(found) == len(HELD)


@pytest.mark.parametrize("metric", ["zero_employment_households", "zero_employment_members"])
def test_the_households_with_nobody_in_work(database: HouseholdDatabase, metric: str) -> None:
    assert {row["household_id"] for row in listed(database, metric)} == set(CASES) - set(HELD)


def test_a_selection(database: HouseholdDatabase) -> None:
    arguments = {"scope": Scope.district(), "on": ON, "language": "zh", "offset": 0, "limit": 100}
    for place in PLACES:
        with_one = Selection(conditions=(Condition(f"jobs_{place}", "eq", ("1",)),))
        with_more = Selection(conditions=(Condition(f"jobs_{place}", "gt", ("1",)),))
        found = ask(database, read_selection, selection=with_one, **arguments)
        assert set(found["household_id"]) == {name for name, held in HELD.items() if held == place}
        assert ask(database, read_selection, selection=with_more, **arguments).empty


def test_the_page_of_the_household(database: HouseholdDatabase) -> None:
    shown = {}
    for name in CASES:
        people = ask(database, read_members, scope=Scope.district(), household_id=name, on=ON)
        shown[name] = people["work_place"].dropna().tolist()
    assert shown == {name: [HELD[name]] if name in HELD else [] for name in CASES}


def test_the_validation_rules(database: HouseholdDatabase) -> None:
    def checked(snapshot: Snapshot) -> list[tuple[str, str]]:
        jobs = jobs_in_force(Day(on=ON, known=ON), scope=Scope.district())
        return [(row.household_id, row.place) for row in snapshot.connection.execute(select(jobs))]

    assert sorted(ask(database, checked)) == sorted(HELD.items())


def test_the_reference() -> None:
    tables = tables_from_rows(rows())
    assert {name: place for name in CASES for place in jobs_held(tables, household_id=name, on=ON).values()} == HELD


def test_a_job_given_up_for_one_that_begins_after_the_day_is_still_the_last(make_database: MakeDatabase) -> None:
    jobs: list[Changes] = [{"ended_on": date(2022, 8, 1)}, {"started_on": THE_DAY_AFTER}]
    database = make_database(merged(village(), household(household_type="lifted_out", jobs=jobs)))
    assert [row["household_id"] for row in listed(database, "returned_not_working")] == ["H1"]
