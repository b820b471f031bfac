"""Gaps, collections, duplicate numbers and lamps in doubt equal those of the reference, on the small sample."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

import pytest

from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.lists import lists
from data_access.quality import collection, completeness
from data_access.quality.validation_rules import load_validation_rules
from data_access.risk.rulebook import load_rulebook
from data_access.scope import Scope
from tests.reference import quality as reference
from tests.reference.frames import Frames

ON = date(2022, 9, 30)
EVERYBODY = Scope.district()


@pytest.fixture(scope="module")
def snapshot(database: HouseholdDatabase) -> Iterator[Snapshot]:
    with database.connect() as (connection, version):
        yield Snapshot(connection=connection, version=version, rulebook=load_rulebook())


def test_values_are_missing_where_the_reference_finds_none(snapshot: Snapshot, tables: Frames) -> None:
    found = completeness.read_missing_values(snapshot, scope=EVERYBODY, on=ON)
    counted = dict(zip(found["indicator"], found["missing"], strict=True))
    assert {name: number for name, number in counted.items() if number} == reference.missing_values(tables, on=ON)


def test_the_collection_comes_along_as_the_reference_counts(snapshot: Snapshot, tables: Frames) -> None:
    found = collection.read_collection_progress(snapshot, scope=EVERYBODY, on=ON)
    added = found.set_index("month")["collected"].diff().fillna(found["collected"].iloc[0])
    expected = reference.collected_by_month(tables, on=ON, since=date(2021, 10, 1))
    assert {month: int(number) for month, number in added.items() if number} == expected


def test_findings_and_lamps_in_doubt_are_those_of_the_reference(snapshot: Snapshot, tables: Frames) -> None:
    found = lists.read_list(
        snapshot,
        scope=EVERYBODY,
        request=lists.ListRequest(metric="audit_findings", on=ON, offset=0, limit=10_000),
        language="zh",
    )
    twice = set(found.loc[found["audit_rule"] == "id_duplicate", "subject"])
    assert twice == reference.duplicate_numbers(tables, on=ON)
    doubted: defaultdict[str, set[str]] = defaultdict(set)
    for number, rule in zip(found["household_id"], found["audit_rule"], strict=True):
        doubted[number] |= set(load_validation_rules()[rule].doubts)
    listed = lists.read_list(
        snapshot,
        scope=EVERYBODY,
        request=lists.ListRequest(metric="lamps_in_doubt", on=ON, offset=0, limit=10_000),
        language="zh",
    )
    lamps = dict(zip(listed["household_id"], listed["lamp"], strict=True))
    assert lamps == reference.lamps_in_doubt(
        tables, {number: names for number, names in doubted.items() if names}, on=ON
    )
    assert lamps
