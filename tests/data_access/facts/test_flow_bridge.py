"""The flow identity: a bridge over any span adds up, and where it does not, the place and month are named."""

from dataclasses import replace
from datetime import date

import pytest

from data_access.facts.flow_bridge import UNITS, Bridge, broken_bridges, flow_bridge
from data_access.facts.metrics import MetricTable
from data_access.facts.monthly import MonthlyFacts
from data_access.scope import Scope
from tests.data_access.conftest import CountFacts
from tests.support.households import COUNTY, TOWNSHIP, household, merged, village

HOMES = merged(
    village(),
    household("H1", cases=[{"identified_on": date(2022, 1, 5)}], members=[{}, {"joined_on": date(2022, 3, 8)}]),
    household("H2", cases=[{"identified_on": date(2022, 2, 5), "eliminated_on": date(2022, 8, 20)}], members=3),
    household("H3", cases=[{"identified_on": date(2022, 2, 28), "ended_on": date(2022, 3, 1)}], members=1),
    household(
        "H4",
        cases=[
            {
                "identified_on": date(2021, 5, 3),
                "eliminated_on": date(2021, 12, 1),
                "rolled_back_on": date(2022, 4, 1),
            },
            {"identified_on": date(2022, 4, 1), "follows_case_id": "H4-C1"},
        ],
        members=[{}, {"left_on": date(2022, 5, 1)}],
    ),
    household("H5", cases=[{"identified_on": date(2022, 6, 1), "eliminated_on": date(2022, 6, 1)}], members=2),
)


@pytest.fixture(scope="module")
def facts(count_shared: CountFacts) -> MonthlyFacts:
    return count_shared(HOMES)


@pytest.fixture(scope="module")
def table(facts: MonthlyFacts) -> MetricTable:
    return MetricTable(facts.within(Scope.district()))


def test_a_bridge_counts_every_flow_of_its_months_the_first_and_last_included(table: MetricTable) -> None:
    assert flow_bridge(table, unit="households", place=TOWNSHIP, first="2022-02", last="2022-08") == Bridge(
        start=1, came={"identified": 3, "rolled_back": 1}, went={"eliminated": 2, "ended": 1}, end=2
    )


def test_persons_also_join_and_leave(table: MetricTable) -> None:
    assert flow_bridge(table, unit="persons", place=COUNTY, first="2022-02", last="2022-08") == Bridge(
        start=1,
        came={"identified": 6, "rolled_back": 2, "joined": 1},
        went={"eliminated": 5, "ended": 1, "left": 1},
        end=3,
    )


@pytest.mark.parametrize("unit", UNITS)
def test_the_identity_holds_over_every_span(table: MetricTable, unit: str) -> None:
    months = table.months
    gaps = {
        flow_bridge(table, unit=unit, place=COUNTY, first=first, last=last).gap
        for start, first in enumerate(months[1:], start=1)
        for last in months[start:]
    }
    assert gaps == {0}
    assert broken_bridges(table, places=[COUNTY, TOWNSHIP], months=months[1:]) == []


def test_a_flow_that_is_not_counted_is_found_with_its_place_and_month(facts: MonthlyFacts) -> None:
    flows = facts.frames["flows"]
    lost = (flows["flow"] == "ended") & (flows["month"] == "2022-03")
    assert lost.any()
    table = MetricTable(replace(facts, frames={**facts.frames, "flows": flows[~lost]}))
    assert broken_bridges(table, places=[TOWNSHIP], months=table.months[1:]) == [(TOWNSHIP, "2022-03")]


def test_persons_alone_can_break_it(facts: MonthlyFacts) -> None:
    flows = facts.frames["flows"]
    table = MetricTable(replace(facts, frames={**facts.frames, "flows": flows[flows["flow"] != "joined"]}))
    assert broken_bridges(table, places=[TOWNSHIP], months=table.months[1:]) == [(TOWNSHIP, "2022-03")]


def test_no_bridge_starts_in_the_first_month(table: MetricTable) -> None:
    with pytest.raises(ValueError, match="nothing is known before 2021-05"):
        flow_bridge(table, unit="households", place=COUNTY, first="2021-05", last="2021-06")
