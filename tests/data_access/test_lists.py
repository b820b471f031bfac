"""A number is the number of rows of its list, for every place and month, and no list leaves the reader's scope."""

from collections.abc import Hashable, Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import make_url

from data_access import lists
from data_access.engine import HouseholdDatabase, Snapshot
from data_access.facts_store import FactsStore
from data_access.metrics import MetricTable
from data_access.months import last_day
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.support.households import household, merged, village

MONTHS = [f"2021-{month:02d}" for month in range(5, 13)] + [f"2022-{month:02d}" for month in range(1, 10)]
TOWNSHIPS = [f"610902{number}" for number in ("002", "100", "104", "107", "111", "130", "132")]

kinds = st.sampled_from(sorted(lists.LISTS))
months = st.sampled_from(MONTHS)
places = st.sampled_from(["610902", *TOWNSHIPS])
many = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def store(sample_url: str) -> Iterator[FactsStore]:
    held = FactsStore(HouseholdDatabase(make_url(sample_url)))
    yield held
    held.database.dispose()


@pytest.fixture(scope="module")
def table(store: FactsStore) -> MetricTable:
    return MetricTable(store.current().facts.within(Scope.district()))


def rows_of(store: FactsStore, *, scope: Scope, kind: str, on: date, page: int = 7) -> list[dict[Hashable, Any]]:
    """All rows of a list, page by page."""
    rows: list[dict[Hashable, Any]] = []
    with store.database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=store.rulebook())
        total = lists.count_list(snapshot, scope=scope, kind=kind, on=on)
        for offset in range(0, total + page, page):
            found = lists.read_list(snapshot, scope=scope, kind=kind, on=on, language="zh", offset=offset, limit=page)
            rows += found.to_dict("records")
        assert len(rows) == total
    return rows


@many
@given(kind=kinds, month=months, place=places)
def test_the_number_is_the_count_of_the_list_is_its_rows(
    store: FactsStore, table: MetricTable, kind: str, month: str, place: str
) -> None:
    scope = Scope.district().narrowed(place)
    rows = rows_of(store, scope=scope, kind=kind, on=last_day(month))
    assert table.count(kind, place=place, month=month) == len(rows)


@many
@given(kind=kinds, month=months, regions=st.lists(st.sampled_from(TOWNSHIPS), max_size=3, unique=True))
def test_no_list_leaves_the_scope_and_nothing_in_it_is_missing(
    store: FactsStore, kind: str, month: str, regions: list[str]
) -> None:
    on = last_day(month)
    everything = rows_of(store, scope=Scope.district(), kind=kind, on=on)
    seen = rows_of(store, scope=Scope(regions=tuple(regions)), kind=kind, on=on)
    names = {name_of(store, region) for region in regions}
    assert sorted(map(str, seen)) == sorted(str(row) for row in everything if row["township"] in names)


@many
@given(kind=kinds, month=months)
def test_no_name_or_telephone_is_shown_whole_under_a_masked_scope(store: FactsStore, kind: str, month: str) -> None:
    for row in rows_of(store, scope=Scope.district(), kind=kind, on=last_day(month)):
        assert "*" in str(row["head_name"])
        assert "****" in str(row["phone"])


def name_of(store: FactsStore, code: str) -> str:
    from data_access.regions import read_regions

    with store.database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=store.rulebook())
        return read_regions(snapshot, scope=Scope.district()).names["zh"][code]


def test_lists_are_the_same_on_both_databases(make_database: MakeDatabase) -> None:
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
    database = make_database(merged(village(), late, helped, clued, red, looked_at, away))
    store = FactsStore(database)
    found = {
        kind: [row["household_id"] for row in rows_of(store, scope=Scope.district(), kind=kind, on=date(2022, 9, 30))]
        for kind in lists.LISTS
    }
    assert found == {"measures_overdue": ["H1"], "clues_overdue": ["H3"], "red_unchecked": ["H4", "H6"]}
