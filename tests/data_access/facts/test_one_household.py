"""A household is one household: whatever its cases and intervals say at a time, it is counted once, and what a share
counts is part of what it is a share of."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, select

from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.facts.metrics import MetricTable, Term, load_metrics
from data_access.facts.monthly import MonthlyFacts, read_monthly_facts
from data_access.lists.lists import LISTINGS, ListRequest, _entries_of, count_list
from data_access.risk.rulebook import load_rulebook
from data_access.scope import Scope
from data_access.warnings.explanation import read_explanation, read_score_history
from data_access.warnings.lists import lamps_on
from tests.reference.facts import KEYS, NUMBERS, monthly_facts
from tests.reference.frames import tables_from_rows
from tests.support.households import Changes, Rows, create_database, household, merged, village

Households = Callable[[Term, date], frozenset[str] | None]

EVERYTHING = Scope.everything()
DAYS = (date(2022, 3, 31), date(2022, 9, 30))

SINCE = date(2021, 6, 1)
LATER = date(2022, 2, 10)
DONE = date(2022, 5, 20)
SOUND: Changes = {"valid_from": date(2021, 5, 1)}
RED: Changes = {"water_problem": True}
HELD: dict[str, dict[str, Any]] = {
    "two open cases": {"cases": [{"identified_on": SINCE}, {"identified_on": LATER}]},
    "one open, one eliminated": {"cases": [{"identified_on": SINCE}, {"identified_on": LATER, "eliminated_on": DONE}]},
    "two eliminated": {
        "cases": [{"identified_on": SINCE, "eliminated_on": DONE}, {"identified_on": LATER, "eliminated_on": DONE}]
    },
    "identified again, not marked as rolled back": {
        "cases": [{"identified_on": SINCE, "eliminated_on": LATER}, {"identified_on": DONE, "follows_case_id": "C1"}]
    },
    "two that touch": {"cases": [{"identified_on": SINCE, "eliminated_on": DONE}, {"identified_on": DONE}]},
    "one found while another is open": {
        "cases": [{"identified_on": SINCE}, {"identified_on": None, "discovered_on": LATER}]
    },
    "off the register, case open": {"cases": [{"identified_on": SINCE}], "closed_on": DONE, "closed_reason": "moved"},
    "off the register, case eliminated": {
        "cases": [{"identified_on": SINCE, "eliminated_on": LATER}],
        "closed_on": DONE,
        "closed_reason": "moved",
    },
    "registered after its case": {"cases": [{"identified_on": SINCE}], "registered_on": DONE},
    "died out": {
        "cases": [{"identified_on": SINCE, "ended_on": DONE}],
        "members": [{"left_on": DONE}, {"left_on": DONE}, {"left_on": LATER}],
        "closed_on": DONE,
    },
    "ended, and its members stay": {"cases": [{"identified_on": SINCE, "ended_on": DONE}]},
    "an interval that another one cuts short": {"indicators": [SOUND, {**RED, "valid_from": LATER}]},
    "an interval that another one interrupts": {"indicators": [SOUND, {**RED, "valid_from": LATER, "valid_to": DONE}]},
    "three intervals in each other": {
        "indicators": [
            SOUND,
            {**RED, "valid_from": LATER, "valid_to": date(2022, 8, 20)},
            {"valid_from": date(2022, 3, 5), "valid_to": DONE},
            {**RED, "valid_from": date(2022, 9, 30)},
        ]
    },
    "a member left on the day of the elimination": {
        "cases": [{"identified_on": SINCE, "eliminated_on": DONE}],
        "members": [{}, {"left_on": DONE}],
    },
}
"""What is held of a household that a careful register would not hold."""


def rows_of(kinds: dict[str, dict[str, Any]]) -> Rows:
    willing: Changes = {"wants_work": True, "labour": "ordinary"}
    measures: list[Changes] = [{"started_on": date(2022, 4, 1)}]
    parts = [
        household(
            f"{kind}-{number}",
            **{
                "members": [{**willing, **member} for member in held.get("members", [{}, {}])],
                "household_type": household_type,
                "indicators": {"no_labor_backstop": True, "house_damaged": True, "uninsured_n": 1},
                "measures": measures if number else [],
                "calls": [{"called_on": date(2022, 9, 3), "outcome": "reached"}],
                "jobs": [{}] if number else [],
                **{name: value for name, value in held.items() if name != "members"},
            },
        )
        for kind, held in kinds.items()
        for number, household_type in enumerate(("general", "lifted_out"))
    ]
    return merged(village(), *parts)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"duckdb:///{tmp_path_factory.mktemp('untidy') / 'households.duckdb'}"
    engine = create_engine(url)
    create_database(engine, rows_of(HELD))
    engine.dispose()
    return url


@pytest.fixture(scope="module")
def snapshot(url: str) -> Iterator[Snapshot]:
    database = HouseholdDatabase(make_url(url))
    with database.connect() as (connection, version):
        yield Snapshot(connection=connection, version=version, rulebook=load_rulebook())
    database.dispose()


@pytest.fixture(scope="module")
def facts(snapshot: Snapshot) -> MonthlyFacts:
    return read_monthly_facts(snapshot)


pytestmark = pytest.mark.opens_a_database


@pytest.fixture(scope="module")
def households(snapshot: Snapshot) -> Households:
    """The households behind the numerator or denominator of a metric on a day; None if it does not list households."""

    @cache
    def of_households(fact: str) -> bool:
        return (
            fact in LISTINGS
            and "household_id" in LISTINGS[fact].entries(snapshot, EVERYTHING, DAYS[0]).selected_columns
        )

    known: dict[tuple[str, date], frozenset[str]] = {}

    def read(term: Term, on: date) -> frozenset[str] | None:
        if not of_households(term.fact):
            return None
        if (key := (repr(term), on)) not in known:
            entries = _entries_of(snapshot, term, scope=EVERYTHING, on=on)
            known[key] = frozenset(snapshot.connection.execute(select(entries.c.household_id)).scalars())
        return known[key]

    return read


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_a_metric_of_households_counts_each_once(snapshot: Snapshot, households: Households, on: date) -> None:
    twice = {}
    for metric in load_metrics().values():
        # A household may come to the open state twice in a month, and leave it twice.
        if metric.unit == "户" and metric.numerator.fact != "flows":
            counted = households(metric.numerator, on)
            if counted is not None:
                size = count_list(snapshot, scope=EVERYTHING, request=ListRequest(metric.key, on))
                if not size.rows == size.amount == len(counted):
                    twice[metric.key] = (size.amount, size.rows, len(counted))
    assert twice == {}


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_what_a_share_counts_is_part_of_what_it_is_a_share_of(households: Households, on: date) -> None:
    beyond = {}
    for metric in load_metrics().values():
        if metric.denominator is not None and not metric.of_last_year:
            counted, base = (households(term, on) for term in (metric.numerator, metric.denominator))
            if counted is not None and base is not None and counted - base:
                beyond[metric.key] = sorted(counted - base)
    assert beyond == {}


def test_the_facts_of_untidy_households_equal_the_reference(facts: MonthlyFacts) -> None:
    expected = monthly_facts(tables_from_rows(rows_of(HELD)))
    for name in KEYS:
        columns = ["village_code", "month", *KEYS[name], *NUMBERS[name]]
        found = facts.frames[name][columns].sort_values(columns).astype("str").values.tolist()
        assert found == expected[name][columns].sort_values(columns).astype("str").values.tolist(), name


def test_the_page_of_a_household_says_what_the_board_and_its_lists_say(snapshot: Snapshot, facts: MonthlyFacts) -> None:
    listed = {on: lamps_on(snapshot, scope=EVERYTHING, on=on) for on in DAYS}
    for number in (f"{kind}-0" for kind, held in HELD.items() if "indicators" in held):
        history = read_score_history(snapshot, scope=EVERYTHING, household_id=number, months=facts.months)
        for on, lamps in listed.items():
            own = lamps.c.lamp, lamps.c.household_id == number
            in_list = list(snapshot.connection.execute(select(own[0]).where(own[1])).scalars())
            explained = read_explanation(snapshot, scope=EVERYTHING, household_id=number, on=on)
            by_month = history[history["month"] == f"{on:%Y-%m}"]["lamp"].tolist()
            assert in_list == by_month == ([] if explained is None else [explained.lamp]), (number, on)


def test_numbers_of_the_board_equal_their_lists(snapshot: Snapshot, facts: MonthlyFacts) -> None:
    table = MetricTable(facts)
    differ = {}
    for key, metric in load_metrics().items():
        if table.knows(key) and metric.numerator.fact in LISTINGS:
            for on in DAYS:
                listed = count_list(snapshot, scope=EVERYTHING, request=ListRequest(key, on)).amount
                counted = table.count(key, place="610902", month=f"{on:%Y-%m}")
                if listed != counted:
                    differ[key, on] = (counted, listed)
    assert differ == {}
