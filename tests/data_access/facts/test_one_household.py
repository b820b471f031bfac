"""A household is one household: whatever its cases and intervals say at a time, it is counted once, and what a share
counts is part of what it is a share of."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import func, select

from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.database.shared_tables import KeptTables
from data_access.facts.metrics import MetricTable, load_metrics
from data_access.facts.monthly import MonthlyFacts, read_monthly_facts
from data_access.lists.figures import amount_of, terms_by_frame
from data_access.lists.lists import LISTINGS
from data_access.risk.rulebook import load_rulebook
from data_access.scope import Scope
from data_access.warnings.explanation import read_explanation, read_score_history
from data_access.warnings.lists import lamps_on
from tests.data_access.conftest import MakeDatabase
from tests.reference.facts import KEYS, NUMBERS, monthly_facts
from tests.reference.frames import tables_from_rows
from tests.support.households import COUNTY, Changes, Rows, household, merged, village
from tests.support.rulebooks import FEW_VALIDATIONS, of_validations

EVERYTHING = Scope.everything()
DAYS = (date(2022, 3, 31), date(2022, 9, 30))

SINCE = date(2021, 6, 1)
LATER = date(2022, 2, 10)
DONE = date(2022, 5, 20)
SOUND: Changes = {"valid_from": date(2021, 5, 1)}
RED: Changes = {"water_problem": True}
HELD: dict[str, dict[str, Any]] = {
    "two open cases": {"cases": [{"identified_on": SINCE}, {"identified_on": LATER, "cause_1": "disaster"}]},
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
def snapshot(shared_database: MakeDatabase) -> Iterator[Snapshot]:
    with shared_database(rows_of(HELD)).connect() as (connection, version), of_validations(*FEW_VALIDATIONS):
        yield Snapshot(connection=connection, version=version, rulebook=load_rulebook(), kept=KeptTables())


@pytest.fixture(scope="module")
def facts(snapshot: Snapshot) -> MonthlyFacts:
    return read_monthly_facts(snapshot)


Sums = dict[str, pd.Series]
"""Term -> household -> what it adds; a metric's key names what it counts, `key:of` what it is a share of."""


@pytest.fixture(scope="module", params=DAYS, ids=str)
def on(request: pytest.FixtureRequest) -> date:
    return request.param


@pytest.fixture(scope="module")
def sums(snapshot: Snapshot, on: date) -> Sums:
    """What each household adds to every term on a day, as the lists count it: each fact is asked once."""
    found: Sums = {}
    looked_at = [
        one for one in load_metrics().values() if one.unit == "户" or one.denominator or one.numerator.fact in KEYS
    ]
    for fact, terms in terms_by_frame(looked_at).items():
        if fact in LISTINGS:
            entries = LISTINGS[fact].entries(snapshot, EVERYTHING, on).subquery("entries")
            if "household_id" in entries.c:
                amounts = [func.sum(amount_of(entries, term)).label(name) for name, term in terms.items()]
                query = select(entries.c.household_id, *amounts).group_by(entries.c.household_id)
                rows = read_frame(snapshot.connection, query).set_index("household_id")
                found |= {name: rows[name] for name in terms}
    return found


def test_a_metric_of_households_counts_each_once(sums: Sums) -> None:
    twice = {}
    for key, metric in load_metrics().items():
        # A household may come to the open state twice in a month, and leave it twice.
        if metric.unit == "户" and metric.numerator.fact != "flows" and key in sums:
            amounts = sums[key][sums[key] != 0]
            if not (amounts == 1).all():
                twice[key] = amounts.to_dict()
    assert twice == {}
    assert sums["open_households"].sum() > 5


def test_what_a_share_counts_is_part_of_what_it_is_a_share_of(sums: Sums) -> None:
    beyond = {}
    for key, metric in load_metrics().items():
        if metric.denominator is not None and not metric.of_last_year and {key, f"{key}:of"} <= sums.keys():
            counted, base = ({*terms[terms != 0].index} for terms in (sums[key], sums[f"{key}:of"]))
            if counted - base:
                beyond[key] = sorted(counted - base)
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


def test_numbers_of_the_board_equal_their_lists(sums: Sums, facts: MonthlyFacts, on: date) -> None:
    table, month = MetricTable(facts), f"{on:%Y-%m}"
    known = [key for key in load_metrics() if key in sums and table.knows(key)]
    assert len(known) > 30
    listed = {key: int(sums[key].sum()) for key in known}
    assert {key: table.count(key, place=COUNTY, month=month) for key in known} == listed
