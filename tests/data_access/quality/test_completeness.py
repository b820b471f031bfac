"""What is missing, how old it is and how far the collection has come, at the edges, alike on both databases."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest

from data_access.database.engine import Snapshot
from data_access.lists import lists
from data_access.quality import collection, completeness
from data_access.risk.rulebook import load_rulebook
from data_access.schema.indicators import counted_columns
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.support.households import Rows, household, merged, village

ON = date(2022, 9, 30)
EVERYBODY = Scope.district()
WHOLE = {"id_no": "x", "education": "primary"}
"""What the members of `household` do not have unless told."""


@contextmanager
def opened(make_database: MakeDatabase, rows: Rows) -> Iterator[Snapshot]:
    with make_database(rows).connect() as (connection, version):
        yield Snapshot(connection=connection, version=version, rulebook=load_rulebook())


def amounts(snapshot: Snapshot, *metrics: str, on: date = ON) -> list[int]:
    return [
        lists.count_list(snapshot, scope=EVERYBODY, request=lists.ListRequest(metric=metric, on=on)).amount
        for metric in metrics
    ]


def test_a_household_never_collected_lacks_every_value_and_one_with_a_gap_lacks_one(
    make_database: MakeDatabase,
) -> None:
    homes = [household("H1"), household("H2", indicators=None), household("H3", indicators={"toilet": None})]
    gone = household("H4", indicators=None, closed_on=ON)
    with opened(make_database, merged(village(), *homes, gone)) as snapshot:
        missing = completeness.read_missing_values(snapshot, scope=EVERYBODY, on=ON)
        by_indicator = dict(zip(missing["indicator"], missing["missing"], strict=True))
        found = amounts(snapshot, "uncollected_households", "incomplete_households", "missing_values")
        toilets = lists.count_list(
            snapshot,
            scope=EVERYBODY,
            request=lists.ListRequest(metric="missing_values", on=ON, filters=(("indicator", "toilet"),)),
        )
    values = len(counted_columns())
    assert found == [1, 2, values + 1]
    assert (by_indicator["toilet"], by_indicator["tv"], toilets.rows) == (2, 1, 2)
    assert missing["missing"].sum() == values + 1
    assert set(missing["households"]) == {3}


def test_blank_text_is_missing_and_one_of_education_and_school_is_enough(make_database: MakeDatabase) -> None:
    members: list[dict[str, Any]] = [
        WHOLE,
        {**WHOLE, "education": None},
        {**WHOLE, "education": None, "school_stage": None},
        {**WHOLE, "id_no": "  "},
        {**WHOLE, "health": None, "labour": None},
        {"left_on": ON},
    ]
    with opened(make_database, merged(village(), household("H1", members=members))) as snapshot:
        items = completeness.read_missing_person_items(snapshot, scope=EVERYBODY, on=ON)
        persons, listed = amounts(snapshot, "incomplete_persons", "missing_person_items")
    found = {row.person_item: row.missing for row in items.itertuples() if row.missing}
    assert found == {"schooling": 1, "id_no": 1, "health": 1, "labour": 1}
    assert set(items["persons"]) == {5}
    assert (persons, listed) == (3, 4)


def test_indicators_grow_a_band_older_on_the_day_the_months_are_full(make_database: MakeDatabase) -> None:
    bands = {
        date(2022, 7, 1): "0",
        date(2022, 6, 30): "3",
        date(2022, 3, 31): "3",
        date(2022, 3, 30): "6",
        date(2021, 10, 1): "6",
        date(2021, 9, 30): "12",
    }
    homes = [household(f"{day}", indicators={"valid_from": day}) for day in bands]
    with opened(make_database, merged(village(), *homes, household("H2", indicators=None))) as snapshot:
        ages = completeness.read_by_age(snapshot, scope=EVERYBODY, on=ON)
        old = amounts(snapshot, "old_indicators")
    counts = Counter([*bands.values(), "none"])
    assert dict(zip(ages["indicator_age"], ages["households"], strict=True)) == counts
    assert old == [counts["12"]], "the band of a year is what the limit calls old"


def test_a_shorter_month_ends_earlier() -> None:
    assert completeness.months_before(date(2022, 5, 31), 3) == date(2022, 2, 28)
    assert completeness.months_before(date(2022, 1, 15), 12) == date(2021, 1, 15)


@pytest.mark.parametrize(
    ("on", "start"), [(date(2022, 9, 30), date(2021, 10, 1)), (date(2022, 10, 1), date(2022, 10, 1))]
)
def test_the_collection_year_begins_in_its_month(on: date, start: date) -> None:
    assert collection.collection_start(on) == start


def test_a_household_is_collected_once_a_year_and_only_by_a_collection(make_database: MakeDatabase) -> None:
    spells = [
        {"valid_from": date(2021, 10, 1), "valid_to": date(2022, 9, 1)},
        {"valid_from": date(2022, 9, 1)},
    ]
    rows = merged(
        village(),
        household("H1", indicators=spells),
        household("H2", indicators={"valid_from": date(2021, 9, 30)}),
        household("H3", indicators={"valid_from": date(2022, 9, 30)}),
        household("H4", indicators={"valid_from": date(2022, 5, 1), "source": "department"}),
    )
    with opened(make_database, rows) as snapshot:
        progress = collection.read_collection_progress(snapshot, scope=EVERYBODY, on=ON)
        found = amounts(snapshot, "year_collected_share", "year_uncollected_households", "month_collected_households")
        day_before = amounts(snapshot, "year_uncollected_households", on=date(2022, 9, 29))
    assert found == [2, 2, 1]
    assert day_before == [3]
    assert len(progress) == 12
    assert progress["month"].iloc[[0, -1]].tolist() == ["2021-10", "2022-09"]
    assert progress["collected"].tolist() == [1] * 11 + [2]
    assert set(progress["households"]) == {4}
