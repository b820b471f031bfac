"""A number is the sum over its list, for every metric, place, month and filter; no list leaves the reader's scope."""

from collections.abc import Hashable, Iterator
from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import make_url

from data_access.clock import last_day
from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.errors import ScopeError
from data_access.facts.metrics import Amounts, MetricTable, load_metrics
from data_access.facts.store import FactsStore
from data_access.lists import figures, lists
from data_access.lists.figures import read_all_amounts, read_figures
from data_access.risk.rulebook import load_rulebook
from data_access.schema.indicators import load_codes
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.support.households import household, merged, village
from tests.support.lists import asked

MONTHS = [f"2021-{month:02d}" for month in range(5, 13)] + [f"2022-{month:02d}" for month in range(1, 10)]
TOWNSHIPS = [f"610902{number}" for number in ("002", "100", "104", "107", "111", "130", "132")]
LISTED = sorted(key for key, metric in load_metrics().items() if metric.numerator.fact in lists.LISTINGS)

ONE_PER_FRAME = sorted({load_metrics()[key].numerator.fact: key for key in reversed(LISTED)}.values())

metrics = st.sampled_from(LISTED)
months = st.sampled_from(MONTHS)
places = st.sampled_from(["610902", *TOWNSHIPS])
many = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def store(sample_url: str) -> Iterator[FactsStore]:
    held = FactsStore(HouseholdDatabase(make_url(sample_url)))
    yield held
    held.database.dispose()


@pytest.fixture(scope="module")
def table(store: FactsStore) -> MetricTable:
    return MetricTable(store.current().facts.within(Scope.district()))


def run(store: FactsStore, query: Any, **arguments: Any) -> Any:
    with store.snapshot() as snapshot:
        return query(snapshot, **arguments)


def rows_of(store: FactsStore, **arguments: Any) -> list[dict[Hashable, Any]]:
    """All rows of a list, read in two pages, so that an unsteady order would show; None where nothing is known."""
    size = run(store, lists.count_list, **asked(**arguments))
    page = max(size.rows // 2, 1) + 1
    pages = [
        run(store, lists.read_list, **asked(**arguments, language="zh", offset=offset, limit=page))
        for offset in (0, page)
    ]
    rows = [{name: plain(value) for name, value in row.items()} for page in pages for row in page.to_dict("records")]
    assert len(rows) == size.rows
    assert sum(row["amount"] for row in rows) == size.amount
    return rows


def plain(value: Any) -> Any:
    """One spelling of a value: pandas makes floats of whole numbers where some are missing."""
    if not isinstance(value, tuple) and pd.isna(value):
        return None
    return int(value) if isinstance(value, float) and value.is_integer() else value


def test_every_metric_opens_its_list() -> None:
    assert sorted(load_metrics()) == LISTED


@many
@given(metric=metrics, month=months, place=places)
def test_the_number_is_the_sum_over_its_list(
    store: FactsStore, table: MetricTable, metric: str, month: str, place: str
) -> None:
    scope = Scope.district().narrowed(place)
    size = run(store, lists.count_list, scope=scope, request=lists.ListRequest(metric=metric, on=last_day(month)))
    if load_metrics()[metric].numerator.fact in store.current().facts.frames:
        assert size.amount == table.count(metric, place=place, month=month)
    villages = run(store, figures.read_amounts, scope=Scope.district(), metric=metric, on=last_day(month))
    assert size.amount == Amounts(villages, metric=load_metrics()[metric]).count(place=place)


@many
@given(metric=metrics, month=months, data=st.data())
def test_the_codes_of_a_filter_split_a_list_without_loss(
    store: FactsStore, metric: str, month: str, data: st.DataObject
) -> None:
    facets = lists.listing_of(metric).facets
    if not facets:
        return
    column = data.draw(st.sampled_from(sorted(facets)))
    code = data.draw(st.sampled_from(sorted(load_codes()[facets[column]])))
    arguments = {"scope": Scope.district(), "metric": metric, "on": last_day(month)}
    breakdown = run(store, lists.read_breakdown, **arguments, by=(column,))
    assert breakdown["amount"].sum() == run(store, lists.count_list, **asked(**arguments)).amount
    part = run(store, lists.count_list, **asked(**arguments, filters=((column, code),))).amount
    assert part == breakdown.loc[breakdown[column] == code, "amount"].sum()


def test_figures_counted_together_are_those_counted_one_by_one(store: FactsStore) -> None:
    together = ("department_clues_received", "department_clues_led", "department_clues_matched", "needs_overdue")
    arguments = {"scope": Scope.district().narrowed(TOWNSHIPS[1]), "on": date(2022, 6, 30)}
    figures = run(store, read_figures, metrics=together, by=("department",), **arguments)
    assert (figures[list(together)] > 0).any(axis=1).all()
    for metric in together:
        alone = run(store, lists.read_breakdown, metric=metric, by=("department",), **arguments)
        expected = dict(zip(alone["department"], alone["amount"], strict=True))
        counted = figures.set_index("department")[metric]
        assert counted[counted > 0].to_dict() == expected


def test_amounts_counted_together_are_those_counted_one_by_one(store: FactsStore) -> None:
    asked = ("department_clues_led_share", "needs_overdue", "visits_due_share", "completeness", "below_line_households")
    arguments = {"scope": Scope.district(), "on": date(2022, 6, 30)}
    told: list[int] = []
    together = run(store, read_all_amounts, metrics=asked, tell=told.append, **arguments)
    assert told[-1] == len(asked)
    for metric in asked:
        alone = run(store, figures.read_amounts, metric=metric, **arguments).sort_values("village_code")
        pd.testing.assert_frame_equal(
            together[metric].sort_values("village_code", ignore_index=True), alone.reset_index(drop=True)
        )


@settings(parent=many, max_examples=4)  # scope/test_queries.py looks at every query, in a small world
@given(metric=metrics, month=months, regions=st.lists(st.sampled_from(TOWNSHIPS), max_size=3, unique=True))
def test_a_list_holds_all_that_is_in_the_scope_and_no_more_masked_and_is_the_same_in_a_file(
    store: FactsStore, metric: str, month: str, regions: list[str]
) -> None:
    arguments: dict[str, Any] = {"scope": Scope(regions=tuple(regions)), "metric": metric, "on": last_day(month)}
    everything = rows_of(store, **{**arguments, "scope": Scope.district()})
    seen = rows_of(store, **arguments)
    inside = [row for row in everything if row["village_code"].startswith(tuple(regions))] if regions else []
    assert sorted(map(str, seen)) == sorted(map(str, inside))
    for row in everything:
        for name in ("head_name", "member_name"):
            assert "*" in str(row.get(name) or "*")
        assert "****" in str(row.get("phone") or "****")
    with store.snapshot() as snapshot:
        parts = list(lists.stream_list(snapshot, **asked(**arguments, language="zh", rows=2048)))
    file = [{name: plain(value) for name, value in row.items()} for part in parts for row in part.to_dict("records")]
    assert file == seen


@pytest.mark.parametrize("metric", ONE_PER_FRAME[::2])
def test_a_list_is_sorted_by_a_detail_one_way_or_the_other(store: FactsStore, metric: str) -> None:
    """The lists take turns: every kind of detail is sorted by, both ways."""
    arguments = {"scope": Scope.district(), "metric": metric, "on": date(2022, 9, 30), "language": "zh"}
    sortable = [
        detail
        for detail, kind in lists.listing_of(metric).details.items()
        if kind not in (*lists.GATHERED, "department", "text")
    ]
    turn = ONE_PER_FRAME[::2].index(metric)
    detail, descending = sortable[turn // 2 % len(sortable)], turn % 2 == 0
    rows = run(store, lists.read_list, **asked(**arguments, sort=detail, descending=descending, offset=0, limit=60))
    values = rows[detail].dropna().tolist()
    assert values == sorted(values, reverse=descending)


@pytest.mark.parametrize(
    "filters", [(("lamp", "purple"),), (("lamp", "' OR 1=1 --"),), (("head_name", "x"),), (("score", "30"),)]
)
def test_a_filter_that_is_not_offered_is_refused(store: FactsStore, filters: lists.Filters) -> None:
    with pytest.raises(ScopeError, match="unknown_filter"):
        run(
            store,
            lists.count_list,
            scope=Scope.district(),
            request=lists.ListRequest(metric="warning_share", on=date(2022, 9, 30), filters=filters),
        )


def test_households_left_out_are_neither_counted_nor_listed(store: FactsStore) -> None:
    arguments = {"scope": Scope.district(), "metric": "red_households", "on": date(2022, 9, 30)}
    rows = rows_of(store, **arguments)
    gone = tuple(row["household_id"] for row in rows[:3])
    left = rows_of(store, **arguments, without=gone)
    assert [row["household_id"] for row in left] == [row["household_id"] for row in rows[3:]]


def test_what_is_red_by_one_rule_alone_comes_first_and_reasons_are_risk_rules_most_points_first(
    make_database: MakeDatabase,
) -> None:
    ill = {"accident": "death", "lost_main_labor": True, "major_illness_n": 2, "business_failure": True}
    high = household("H1", indicators={**ill, "skilled_n": 1})
    alone = household("H2", indicators={"water_problem": True})
    store = FactsStore(make_database(merged(village(), high, alone)))
    rows = rows_of(store, scope=Scope.district(), metric="red_households", on=date(2022, 9, 30))
    assert rows[0]["score"] < rows[1]["score"], "or the order is that of the scores"
    assert [row["household_id"] for row in rows] == ["H2", "H1"]
    by_score = rows_of(
        store, scope=Scope.district(), metric="red_households", on=date(2022, 9, 30), sort="score", descending=True
    )
    assert [row["household_id"] for row in by_score] == ["H1", "H2"]
    rules = {rule.id: rule for rule in store.rulebook().rules}
    assert [rule for rule, _ in rows[0]["reasons"]] == ["water_unsafe"]
    assert all(rules[rule].family == "risk" and points > 0 for rule, points in rows[1]["reasons"])
    points_of = [points for _, points in rows[1]["reasons"]]
    assert points_of == sorted(points_of, reverse=True)
    assert len(points_of) >= 4


def test_each_list_holds_the_households_it_is_about(make_database: MakeDatabase) -> None:
    late = household("H1", cases=[{"identified_on": date(2022, 8, 1)}])
    helped = household("H2", cases=[{"identified_on": date(2022, 8, 1)}], measures=[{"started_on": date(2022, 8, 20)}])
    clued = household("H3", clues=[{"received_on": date(2022, 9, 1), "due_on": date(2022, 9, 16)}])
    red = household("H4", indicators={"water_problem": True})
    looked_at = household(
        "H5", indicators={"water_problem": True}, screenings=[{"screened_on": date(2022, 9, 30), "result": "suspected"}]
    )
    away = household(
        "H6", indicators={"water_problem": True}, screenings=[{"screened_on": date(2022, 9, 1), "result": "away"}]
    )
    turned = household("H7", indicators={"valid_from": date(2022, 9, 1), "water_problem": True})
    store = FactsStore(make_database(merged(village(), late, helped, clued, red, looked_at, away, turned)))
    expected = {
        "measures_overdue": ["H1"],
        "clues_overdue": ["H3"],
        "red_unchecked": ["H4", "H6", "H7"],
        "red_households": ["H4", "H5", "H6", "H7"],
        "identified_households": [],
        "open_households": ["H1", "H2"],
        "shortfalls": ["H4", "H5", "H6", "H7"],
        "lamp_changes": ["H7"],
    }
    arguments: dict[str, Any] = {"scope": Scope.district(), "on": date(2022, 9, 30), "language": "zh"}
    listed = {metric: run(store, lists.read_list, **asked(**arguments, metric=metric)) for metric in expected}
    assert {metric: sorted(rows["household_id"]) for metric, rows in listed.items()} == expected


def test_a_change_is_put_down_to_the_data_or_to_the_register(make_database: MakeDatabase) -> None:
    turned = household("H1", indicators={"valid_from": date(2022, 9, 1), "water_problem": True})
    new = household("H2", registered_on=date(2022, 9, 10))
    same = household("H3")
    store = FactsStore(make_database(merged(village(), turned, new, same)))
    rows = rows_of(store, scope=Scope.district(), metric="lamp_changes", on=date(2022, 9, 30))
    assert [(row["household_id"], row["before"], row["lamp"], row["why"]) for row in rows] == [
        ("H1", "undetermined", "red", "data"),
        ("H2", None, "none", "arrived"),
    ]


def test_a_list_for_a_file_comes_in_parts_and_whole(make_database: MakeDatabase) -> None:
    numbers = [f"H{number:05}" for number in range(2_100)]
    rows = merged(village(), *(household(number, members=0, indicators=None) for number in numbers))
    with make_database(rows).connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        arguments: dict[str, Any] = {"scope": Scope.district(), "metric": "households", "on": date(2022, 9, 30)}
        parts = list(lists.stream_list(snapshot, **asked(**arguments, language="zh", rows=2048)))
    assert len(parts) > 1
    assert max(map(len, parts)) <= 2048
    assert [number for part in parts for number in part["household_id"]] == numbers
