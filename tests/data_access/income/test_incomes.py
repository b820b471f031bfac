"""Incomes equal a slow and obvious count for every household and village, on both databases, and stand at the edges
where the rules put them."""

from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction
from functools import cache
from statistics import median
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import make_url

from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.database.frames import read_frame
from data_access.households.population import households_on
from data_access.income import incomes
from data_access.income.figures import SUB_ITEMS, read_histogram, read_incomes, read_periods, read_sub_items
from data_access.lists import figures, lists
from data_access.risk.rulebook import load_rulebook
from data_access.risk.scoring import scored
from data_access.schema.indicators import load_codes
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.reference.frames import Frames
from tests.reference.incomes import LIMITS, Income, incomes_on, sub_item
from tests.support.households import Rows, household, merged, quarters, village

pytestmark = pytest.mark.opens_a_database

SEPTEMBER, DECEMBER = date(2022, 9, 30), date(2021, 12, 31)
DAYS = (SEPTEMBER, DECEMBER, date(2022, 2, 15))
EVERYBODY = Scope.district()
YEARS = [
    *(("sample_url", basis, on) for basis in incomes.BASES for on in DAYS),
    ("sample_postgres_url", "calendar", SEPTEMBER),
]
"""Database, basis and day: every day on DuckDB, one on PostgreSQL."""

Reference = Callable[[str, date], dict[str, Income]]


# --- against the reference, on the sample ---


@pytest.fixture(scope="module", params=["sample_url", "sample_postgres_url"], ids=["duckdb", "postgresql"])
def sample(request: pytest.FixtureRequest) -> Iterator[Snapshot]:
    database = HouseholdDatabase(make_url(request.getfixturevalue(request.param)))
    with database.connect() as (connection, version):
        yield Snapshot(connection=connection, version=version, rulebook=load_rulebook())
    database.dispose()


@pytest.fixture(scope="module")
def reference(tables: Frames) -> Reference:
    """What the reference says, worked out once for both databases."""
    return cache(lambda basis, on: incomes_on(tables, basis=basis, on=on))


@pytest.mark.parametrize(("sample", "basis", "on"), YEARS, indirect=["sample"])
def test_every_household_and_every_village_equals_the_reference(
    sample: Snapshot, tables: Frames, reference: Reference, basis: str, on: date
) -> None:
    expected = reference(basis, on)
    listing = incomes.LISTINGS[incomes.BASES[basis]]
    found = read_frame(sample.connection, listing.entries(sample, EVERYBODY, on)).set_index("household_id")
    assert set(found.index) == set(expected)
    assert found["band"].to_dict() == {home: income["band"] for home, income in expected.items()}
    assert {home: None if pd.isna(change) else change for home, change in found["change"].items()} == {
        home: income["change"] for home, income in expected.items()
    }
    known = {home: int(income["per_head"] // 1) for home, income in expected.items() if income["per_head"] is not None}
    assert found["per_head"].dropna().astype(int).to_dict() == known
    _assert_villages(sample, tables, expected, basis=basis, on=on)


def _assert_villages(sample: Snapshot, tables: Frames, expected: dict[str, Income], *, basis: str, on: date) -> None:
    by_village: dict[str, list[Income]] = {}
    for income in expected.values():
        by_village.setdefault(income["village_code"], []).append(income)
    found = read_incomes(sample, scope=EVERYBODY, basis=basis, on=on, level="village").set_index("place")
    assert set(found.index) == set(by_village)
    for village_code, own in by_village.items():
        row = found.loc[village_code]
        known = [income for income in own if income["per_head"] is not None]
        both = [income for income in known if income["last"] is not None]
        assert (row["households"], row["known"]) == (len(own), len(known))
        assert row["net"] == sum(income["net"] for income in known)
        for part in incomes.PARTS:
            assert row[part] == sum(income["parts"][part] for income in known)
        assert row["now_net"] == sum(income["net"] for income in both)
        assert row["last_net"] == sum(income["last_year"]["net"] for income in both)
        assert row["last_persons"] == sum(income["last_year"]["persons"] for income in both)
        if known:
            assert row["median"] == pytest.approx(float(median(income["per_head"] for income in known)))
        else:
            assert pd.isna(row["median"])
    posts = read_sub_items(sample, scope=EVERYBODY, basis=basis, on=on, level="village").set_index("place")
    for column in (SUB_ITEMS[0], SUB_ITEMS[-1]):
        assert posts[column].to_dict() == sub_item(tables, expected, column=column)


@pytest.mark.parametrize(("sample", "basis", "on"), YEARS, indirect=["sample"])
def test_the_histogram_and_the_periods_count_every_known_household_once(
    sample: Snapshot, reference: Reference, basis: str, on: date
) -> None:
    known = [income for income in reference(basis, on).values() if income["per_head"] is not None]
    limits = (4_000, 8_000, 20_000)
    found = read_histogram(sample, scope=EVERYBODY, basis=basis, on=on, limits=limits)
    expected: dict[int | None, int] = {}
    for income in known:
        limit_above = next((limit for limit in limits if income["per_head"] < limit), None)
        expected[limit_above] = expected.get(limit_above, 0) + 1
    below = found["below"].astype(object).where(found["below"].notna(), None)
    assert dict(zip(below, found["households"], strict=True)) == expected
    periods = read_periods(sample, scope=EVERYBODY, basis=basis, on=on)
    ends = [(income["period_end"], income["line"]) for income in known]
    lines = periods["line"].astype(object).where(periods["line"].notna(), None)
    counted = dict(zip(zip(periods["period_end"], lines, strict=True), periods["households"], strict=True))
    assert counted == {end: ends.count(end) for end in set(ends)}


@pytest.mark.parametrize(
    ("sample", "on"),
    [("sample_url", DECEMBER), ("sample_postgres_url", SEPTEMBER)],
    indirect=["sample"],
)
def test_below_the_line_are_exactly_those_for_whom_the_rule_fires(sample: Snapshot, on: date) -> None:
    judged = read_frame(sample.connection, incomes.LISTINGS["income"].entries(sample, EVERYBODY, on)).set_index(
        "household_id"
    )
    scores = scored(households_on(on, scope=EVERYBODY), rulebook=sample.rulebook, on=on, keep=("household_id",))
    points = read_frame(sample.connection, scores).set_index("household_id")["points_income_below_line"]
    fired = set(points[points > 0].index)
    assert len(fired) > 5
    assert set(judged.index[judged["band"] == "100"]) == fired
    assert set(judged.index[judged["band"].isin(["unknown", "no_line"])]) == set(points[points.isna()].index)


@pytest.mark.parametrize("metric", ["below_line_households", "net_income_per_head", "calendar_income_fell_share"])
def test_a_figure_is_the_sum_of_its_list_and_of_the_places_below(sample: Snapshot, metric: str) -> None:
    amounts = figures.count_amounts(sample, scope=EVERYBODY, metric=metric, on=SEPTEMBER)
    size = lists.count_list(sample, scope=EVERYBODY, request=lists.ListRequest(metric=metric, on=SEPTEMBER))
    assert amounts.count(place="610902") == size.amount > 0
    townships = read_incomes(sample, scope=EVERYBODY, basis="assessment", on=SEPTEMBER, level="township")["place"]
    assert sum(amounts.count(place=township) for township in townships) == size.amount


def test_the_bands_hold_the_steps_of_the_rule_and_of_the_reference() -> None:
    limits = incomes.band_limits()
    assert limits == sorted(LIMITS)
    near = next(rule for rule in load_rulebook().rules if rule.id == "income_near_line")
    assert {step.threshold for step in near.steps(on=SEPTEMBER)} <= set(limits)
    assert list(load_codes()["income_band"])[len(limits) :] == ["more", "no_line", "unknown"]


# --- at the edges, by hand ---


def judged(make_database: MakeDatabase, rows: Rows, *, basis: str, on: date = SEPTEMBER) -> pd.DataFrame:
    return judged_in(make_database(rows), basis=basis, on=on)


def judged_in(database: HouseholdDatabase, *, basis: str, on: date) -> pd.DataFrame:
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        entries = incomes.LISTINGS[incomes.BASES[basis]].entries(snapshot, EVERYBODY, on)
        return read_frame(connection, entries).set_index("household_id").sort_index()


def assessed(household_id: str, net: int, **columns: object) -> Rows:
    parts = {"wage_income": net, "business_income": 0, "transfer_income": 0, "business_cost": 0}
    indicators = {"income_period_end": date(2021, 9, 30), "income_persons": 3, **parts, **columns}
    return household(household_id, indicators=indicators)


def test_a_household_on_the_line_is_not_below_it_and_one_yuan_less_is(make_database: MakeDatabase) -> None:
    rows = merged(village(), assessed("H1", 18_000), assessed("H2", 17_999), assessed("H3", 21_600))
    found = judged(make_database, rows, basis="assessment")
    assert found["band"].tolist() == ["120", "100", "150"]
    assert found["per_head"].tolist() == [6_000, 5_999, 7_200]


def test_the_line_is_that_of_the_year_of_the_income_and_a_year_without_one_is_not_compared(
    make_database: MakeDatabase,
) -> None:
    old = assessed("H1", 16_500, income_period_end=date(2020, 9, 30))
    none = assessed("H2", 16_500, income_period_end=date(2019, 9, 30))
    found = judged(make_database, merged(village(), old, none), basis="assessment")
    assert found["band"].tolist() == ["120", "no_line"]


def test_what_is_missing_is_neither_poor_nor_zero(make_database: MakeDatabase) -> None:
    missing: list[dict[str, int | None]] = [
        {"wage_income": None},
        {"business_cost": None},
        {"income_persons": None},
        {"income_persons": 0},
    ]
    homes = [assessed(f"H{number}", 0, **columns) for number, columns in enumerate(missing)]
    found = judged(make_database, merged(village(), *homes), basis="assessment")
    assert found[["band", "known", "net"]].to_numpy().tolist() == [["unknown", 0, 0]] * len(missing)
    assert found[["per_head", "change"]].isna().all(axis=None)


def test_a_loss_is_an_income_below_zero(make_database: MakeDatabase) -> None:
    found = judged(make_database, merged(village(), assessed("H1", 0, business_cost=100)), basis="assessment").loc["H1"]
    assert (found["band"], found["net"], found["per_head"]) == ("100", -100, -34)
    assert Fraction(-100, 3) // 1 == -34


def test_the_change_compares_incomes_per_head_without_rounding(make_database: MakeDatabase) -> None:
    last = {"last_net_income": 10_000, "last_income_persons": 2}
    rows = merged(
        village(),
        assessed("H1", 15_000, **last),
        assessed("H2", 14_999, **last),
        assessed("H3", 15_001, **last),
        assessed("H4", 15_001, last_net_income=None),
        assessed("H5", 15_001, last_net_income=10_000, last_income_persons=0),
    )
    found = judged(make_database, rows, basis="assessment")
    assert [None if pd.isna(change) else change for change in found["change"]] == ["same", "down", "up", None, None]
    assert found["compared"].tolist() == [1, 1, 1, 0, 0]


def test_a_quarter_counts_from_its_last_day(make_database: MakeDatabase) -> None:
    records = quarters(first=date(2022, 1, 1), count=3, wage_income=600)
    database = make_database(merged(village(), household(), {"income_record": records}))
    found = {
        on: judged_in(database, basis="calendar", on=on).loc["H1"]
        for on in (date(2022, 3, 30), date(2022, 3, 31), date(2022, 9, 29), SEPTEMBER)
    }
    assert [row["net"] for row in found.values()] == [0, 600, 1_200, 1_800]
    assert [row["known"] for row in found.values()] == [0, 1, 1, 1]
    assert {row["band"] for row in found.values()} == {"unknown", "no_line"}


def test_a_calendar_year_is_compared_with_the_line_on_its_last_day(make_database: MakeDatabase) -> None:
    records = quarters(first=date(2021, 1, 1), count=4, wage_income=2_999)
    database = make_database(merged(village(), household(), {"income_record": records}))
    days = (date(2021, 12, 30), DECEMBER)
    before, after = (judged_in(database, basis="calendar", on=on).loc["H1"] for on in days)
    assert (before["band"], after["band"], after["line"]) == ("no_line", "100", 6_000)


def test_a_household_with_a_quarter_missing_or_incomplete_is_unknown(make_database: MakeDatabase) -> None:
    whole, gap, null = (quarters(f"H{n}", first=date(2022, 1, 1), count=3, wage_income=600) for n in (1, 2, 3))
    del gap[0]
    null[1]["property_income"] = None
    homes = [household(f"H{n}") for n in (1, 2, 3)]
    rows = merged(village(), *homes, {"income_record": [*whole, *gap, *null]})
    assert judged(make_database, rows, basis="calendar")["known"].tolist() == [1, 0, 0]


def test_incomes_never_leave_the_scope(make_database: MakeDatabase) -> None:
    elsewhere = "610902104201"
    rows = merged(
        village(),
        village(elsewhere, township="610902104"),
        assessed("H1", 18_000),
        household("H2", village_code=elsewhere, indicators={"income_period_end": date(2021, 9, 30)}),
        {"income_record": quarters("H2", first=date(2020, 10, 1), count=8, wage_public_post=50)},
    )
    scope = Scope(regions=("610902104",))
    with make_database(rows).connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        for basis, listing in ((basis, incomes.LISTINGS[frame]) for basis, frame in incomes.BASES.items()):
            assert read_frame(connection, listing.entries(snapshot, scope, SEPTEMBER))["household_id"].tolist() == [
                "H2"
            ]
            arguments: dict[str, Any] = {"scope": scope, "basis": basis, "on": SEPTEMBER}
            assert read_incomes(snapshot, **arguments, level="township")["place"].tolist() == ["610902104"]
            assert read_sub_items(snapshot, **arguments, level="village")["place"].tolist() == [elsewhere]
            assert read_histogram(snapshot, **arguments, limits=(9_000,))["households"].sum() == 1
            assert read_periods(snapshot, **arguments)["households"].tolist() == [1]


def test_a_database_without_households_has_no_incomes(make_database: MakeDatabase) -> None:
    with make_database(merged(village())).connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        for basis in incomes.BASES:
            arguments: dict[str, Any] = {"scope": EVERYBODY, "basis": basis, "on": SEPTEMBER}
            assert read_incomes(snapshot, **arguments, level="county").empty
            assert read_periods(snapshot, **arguments).empty
            assert read_sub_items(snapshot, **arguments, level="county").empty
            assert read_histogram(snapshot, **arguments, limits=(2_000,)).empty
