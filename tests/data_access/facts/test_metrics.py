"""Every number is declared, counted from the facts, and has no value where there is nothing to divide by."""

from datetime import date

import pandas as pd
import pytest
from sqlalchemy import create_engine, literal, select

from data_access.facts.metrics import Breakdown, MetricTable, load_ledger_metrics, load_metrics
from data_access.facts.monthly import MonthlyFacts
from data_access.schema.indicators import counted_columns
from data_access.schema.limits import Limit, limit
from data_access.scope import Scope
from tests.data_access.conftest import CountFacts
from tests.support.households import COUNTY, TOWNSHIP, VILLAGE, household, merged, village

pytestmark = pytest.mark.usefixtures("few_rules")

WORDS = {"zh": "词", "en": "word"}
OTHER = "610902101201"
CASES = merged(
    village(),
    village(OTHER, township="610902101"),
    household("H1", cases=[{"identified_on": date(2022, 3, 1)}], members=3),
    household("H2", cases=[{"identified_on": date(2021, 8, 1), "eliminated_on": date(2022, 9, 10)}]),
    household("H3", village_code=OTHER, cases=[{"identified_on": date(2022, 9, 2), "cause_1": "disaster"}]),
)


@pytest.fixture(scope="module")
def facts(count_shared: CountFacts) -> MonthlyFacts:
    return count_shared(CASES)


@pytest.fixture(scope="module")
def table(facts: MonthlyFacts) -> MetricTable:
    return MetricTable(facts.within(Scope.district()))


def test_a_county_is_the_sum_of_its_townships_and_they_of_their_villages(table: MetricTable) -> None:
    for place, count in ((COUNTY, 3), (TOWNSHIP, 2), (VILLAGE, 2), ("610902101", 1), (OTHER, 1)):
        assert table.count("monitored_households", place=place, month="2022-09") == count


def test_households_and_persons_are_different_metrics(table: MetricTable) -> None:
    assert table.value("monitored_persons", place=COUNTY, month="2022-09") == 7
    assert table.value("open_persons", place=COUNTY, month="2022-09") == 5


@pytest.mark.opens_a_database
def test_a_term_adds_the_same_in_a_frame_and_in_a_database() -> None:
    term = load_metrics()["calls_missing"].numerator
    assert (term.column, term.minus, term.times) == ("households", "called", 1)
    rows = pd.DataFrame({"households": [5, 7], "called": [2, 7]})
    assert term.amounts(rows).tolist() == [3, 0]
    held = select(literal(5).label("households"), literal(2).label("called")).subquery("held")
    with create_engine("duckdb:///:memory:").connect() as connection:
        assert connection.execute(select(term.amounts(held.c))).scalar_one() == 3


def test_a_value_missing_counts_as_often_as_there_are_indicators() -> None:
    term = load_metrics()["completeness"].denominator
    assert term is not None
    assert term.amounts(pd.DataFrame({term.column: [2]})).tolist() == [2 * len(counted_columns())]


def test_a_share_is_its_numerator_of_its_denominator(table: MetricTable) -> None:
    value = table.value("eliminated_share_households", place=COUNTY, month="2022-09")
    assert value == pytest.approx(100 / 3)


def test_a_share_of_nothing_has_no_value(table: MetricTable) -> None:
    assert table.value("eliminated_share_households", place=COUNTY, month="2021-05") is None
    assert table.value("in_work_share", place=COUNTY, month="2022-09") is None


def test_a_place_nobody_counted_in_has_none(table: MetricTable) -> None:
    assert table.count("households", place="610902999", month="2022-09") == 0
    assert table.value("open_share", place="610902999", month="2022-09") is None


def test_the_first_month_has_no_change(table: MetricTable) -> None:
    assert table.change("open_households", place=COUNTY, month="2021-05") is None
    assert table.change("open_households", place=COUNTY, month="2021-08") == 1


def test_flows_are_counted_in_their_month_only(table: MetricTable) -> None:
    series = table.series("newly_eliminated_households", place=COUNTY)
    assert series[series > 0].to_dict() == {"2022-09": 1.0}


def test_the_share_of_last_year_divides_by_all_of_last_year(count_facts: CountFacts) -> None:
    rows = merged(
        village(),
        household(
            "H1",
            household_type="lifted_out",
            jobs=[
                {"started_on": date(2021, 1, 10), "ended_on": date(2021, 6, 1)},
                {"member_id": "H1-P2", "started_on": date(2021, 11, 1), "ended_on": date(2022, 2, 1)},
            ],
        ),
    )
    table = MetricTable(count_facts(rows).within(Scope.district()))
    assert table.value("share_of_last_year", place=COUNTY, month="2022-09") == 50
    assert table.value("share_of_last_year", place=COUNTY, month="2021-12") is None


def test_a_breakdown_sums_to_its_metric_at_every_place(facts: MonthlyFacts, table: MetricTable) -> None:
    causes = Breakdown(facts, metric="monitored_households", by=("cause", "state"))
    for place in (COUNTY, TOWNSHIP, VILLAGE, OTHER):
        for month in table.months:
            counted = table.count("monitored_households", place=place, month=month)
            assert causes.at(place=place, month=month).sum() == counted
    assert causes.at(place=OTHER, month="2022-09").to_dict() == {("disaster", "open"): 1}


def test_every_metric_is_declared_in_full() -> None:
    for key, metric in load_metrics().items():
        assert metric.unit in ("户", "人", "条", "项", "个", "月", "元", "%"), key
        assert metric.unit != "%" or metric.denominator is not None, key
        assert metric.direction in ("good", "bad", "neutral"), key


def test_identification_and_elimination_are_neutral_and_never_ranked() -> None:
    for key, metric in load_metrics().items():
        named = any(word in key for word in ("identified", "eliminated", "monitored", "rolled_back"))
        if named or key.startswith("open_"):
            assert metric.direction == "neutral", key
            assert not metric.rankable, key


def test_no_key_is_declared_in_both_registries() -> None:
    assert load_metrics().keys() & load_ledger_metrics().keys() == set()


def test_a_definition_says_the_time_limit_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = load_metrics()["cases_to_open"]
    months = limit("measure_within_months", on=date(2022, 9, 30))
    assert f"（{months}个月，" in load_metrics()["measures_overdue"].defined("zh")
    values = {date(2022, 1, 1): 15, date(2022, 9, 30): 20}
    dated = {day: {"value": value, "status": "published", "reference": WORDS} for day, value in values.items()}
    limits = {"identify_within_days": Limit.model_validate({"label": WORDS, "values": dated})}
    monkeypatch.setattr("data_access.schema.limits.load_limits", lambda: limits)
    for day, days in ((date(2021, 12, 31), 15), (date(2022, 9, 29), 15), (date(2022, 9, 30), 20)):
        monkeypatch.setattr("data_access.facts.metrics.today", lambda day=day: day)
        assert f"the {days}-day term" in opened.defined("en")
