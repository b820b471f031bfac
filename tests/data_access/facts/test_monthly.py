"""The monthly facts equal a slow and obvious pandas count, frame by frame and month by month, on both databases."""

from datetime import date
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import make_url

from data_access.database.engine import HouseholdDatabase
from data_access.facts.monthly import MonthlyFacts, read_monthly_facts
from data_access.facts.store import FactsStore
from data_access.scope import Scope
from tests.data_access.conftest import CountFacts
from tests.reference.facts import KEYS, NUMBERS, monthly_facts
from tests.reference.frames import Frames
from tests.support.households import TOWNSHIP, household, load, merged, village

pytestmark = pytest.mark.opens_a_database


@pytest.fixture(scope="module", params=["sample_url", "sample_postgres_url"], ids=["duckdb", "postgresql"])
def counted(request: pytest.FixtureRequest) -> MonthlyFacts:
    database = HouseholdDatabase(make_url(request.getfixturevalue(request.param)))
    facts = FactsStore(database).current().facts
    database.dispose()
    return facts


@pytest.fixture(scope="module")
def expected(tables: Frames) -> dict[str, pd.DataFrame]:
    """The reference."""
    return monthly_facts(tables)


def ordered(frame: pd.DataFrame, *, name: str) -> pd.DataFrame:
    keys = ["village_code", "month", *KEYS[name]]
    columns = [*keys, *NUMBERS[name]]
    ordered_rows = frame[columns].sort_values(keys, kind="stable").reset_index(drop=True)
    return ordered_rows.astype(dict.fromkeys(keys, "str") | dict.fromkeys(NUMBERS[name], "int64"))


@pytest.mark.parametrize("name", list(KEYS))
def test_every_frame_equals_the_reference(counted: MonthlyFacts, expected: dict[str, pd.DataFrame], name: str) -> None:
    assert len(expected[name]) > 0
    pd.testing.assert_frame_equal(
        ordered(counted.frames[name], name=name), ordered(expected[name], name=name), check_dtype=False
    )


def test_every_household_has_exactly_one_lamp_in_every_month(counted: MonthlyFacts) -> None:
    keys = ["village_code", "month", "household_type"]
    lamps = counted.frames["lamps"].groupby(keys)["households"].sum()
    households = counted.frames["households"].set_index(keys)["households"]
    pd.testing.assert_series_equal(lamps.sort_index(), households.sort_index(), check_names=False)


@pytest.mark.parametrize("amount", ["households", "persons"])
def test_open_at_the_start_plus_what_came_minus_what_left_is_open_at_the_end(
    counted: MonthlyFacts, amount: str
) -> None:
    sign = {"identified": 1, "rolled_back": 1, "joined": 1, "eliminated": -1, "ended": -1, "left": -1}
    flows = counted.frames["flows"]
    moved = (flows[amount] * flows["flow"].map(sign)).groupby([flows["village_code"].str[:9], flows["month"]]).sum()
    cases = counted.frames["cases"].query("state == 'open'")
    stock = cases.groupby([cases["village_code"].str[:9], "month"])[amount].sum().unstack(fill_value=0)
    stock = stock.reindex(columns=counted.months.texts, fill_value=0)
    change = stock.diff(axis=1).iloc[:, 1:].stack()
    moved = moved.reindex(change.index, fill_value=0)
    assert change.abs().sum() > 0
    assert (change == moved).all()


def test_the_facts_until_an_earlier_month_are_those_counted_until_its_last_day(sample_url: str) -> None:
    database = HouseholdDatabase(make_url(sample_url))
    with FactsStore(database).snapshot() as snapshot:
        whole, part = (read_monthly_facts(snapshot, until=day) for day in (None, date(2022, 8, 31)))
    database.dispose()
    cut = whole.until("2022-08")
    assert (cut.months, cut.version) == (part.months, part.version)
    for name, frame in part.frames.items():
        pd.testing.assert_frame_equal(ordered(cut.frames[name], name=name), ordered(frame, name=name))


def test_facts_within_a_scope_are_those_of_its_villages(counted: MonthlyFacts) -> None:
    township = counted.frames["households"]["village_code"].iloc[0][:9]
    inside = counted.within(Scope(regions=(township,)))
    for name, frame in inside.frames.items():
        everything = counted.frames[name]
        kept = everything[everything["village_code"].str.startswith(township)]
        pd.testing.assert_frame_equal(frame, kept)


def test_changing_what_was_handed_out_changes_nobody_elses_facts(counted: MonthlyFacts) -> None:
    mine = counted.within(Scope.district())
    mine.frames["lamps"]["households"] = 0
    assert counted.frames["lamps"]["households"].sum() > 0


def test_a_database_without_households_counts_nothing(count_facts: CountFacts) -> None:
    facts = count_facts(merged(village()))
    assert facts.months.texts == ["2022-09"]
    assert all(frame.empty for frame in facts.frames.values())


MIDDLE = date(2022, 9, 15)
NAMES = ("clue due", "clue overdue", "month full", "a day short", "new rule", "unknown")
HOME_OF = {name: f"{TOWNSHIP}{number}" for number, name in enumerate(NAMES, start=201)}
"""Household -> the village in which it is alone."""


@pytest.fixture(scope="module")
def of_villages(count_shared: CountFacts) -> MonthlyFacts:
    """A village for each household: what is counted there is counted of it."""
    below: dict[str, dict[str, Any]] = {
        "clue due": {"clues": [{"received_on": date(2022, 9, 10), "due_on": MIDDLE}]},
        "clue overdue": {"clues": [{"received_on": date(2022, 9, 10), "due_on": date(2022, 9, 14)}]},
        "month full": {"cases": [{"identified_on": date(2022, 8, 15)}]},
        "a day short": {"cases": [{"identified_on": date(2022, 8, 16)}]},
        # The rule on extra insurance starts on 1 January 2022 and takes two points off: 15 points before, 13 from then.
        "new rule": {"indicators": {"house_damaged": True, "uninsured_n": 1, "extra_insurance": True}},
        "unknown": {"indicators": None},
    }
    homes = [household(name, village_code=HOME_OF[name], **held) for name, held in below.items()]
    return count_shared(merged(load(cut_off=MIDDLE), *map(village, HOME_OF.values()), *homes))


def rows_of(facts: MonthlyFacts, name: str, *, of: str, month: str = "2022-09") -> pd.DataFrame:
    return facts.frames[name].query(f"village_code == '{HOME_OF[of]}' and month == '{month}'")


def test_a_household_that_was_never_collected_is_undetermined(of_villages: MonthlyFacts) -> None:
    lamps = rows_of(of_villages, "lamps", of="unknown")
    assert lamps[["lamp", "households", "filled"]].values.tolist() == [["undetermined", 1, 0]]


@pytest.mark.parametrize(("name", "overdue"), [("clue due", 0), ("clue overdue", 1)])
def test_a_clue_is_overdue_from_the_day_after_it_was_due(of_villages: MonthlyFacts, name: str, overdue: int) -> None:
    assert rows_of(of_villages, "clues", of=name)["overdue"].tolist() == [overdue]


@pytest.mark.parametrize(("name", "overdue"), [("a day short", 0), ("month full", 1)])
def test_a_case_without_a_measure_is_overdue_on_the_same_day_of_the_next_month(
    of_villages: MonthlyFacts, name: str, overdue: int
) -> None:
    assert rows_of(of_villages, "measures", of=name)["overdue"].sum() == overdue


def test_a_household_red_by_a_new_rule_is_red_from_the_month_the_rule_starts(of_villages: MonthlyFacts) -> None:
    before, after = (rows_of(of_villages, "lamps", of="new rule", month=month) for month in ("2021-12", "2022-01"))
    assert (before["lamp"].tolist(), after["lamp"].tolist()) == (["yellow"], ["none"])
