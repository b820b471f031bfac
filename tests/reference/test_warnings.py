"""The warnings page's counts equal those of the reference, on the small sample; a yardstick of its own for each."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd
import pytest

from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.lists import lists
from data_access.risk.rulebook import load_rulebook
from data_access.scope import Scope
from data_access.warnings import rule_counts
from tests.reference import warnings as reference
from tests.reference.frames import Frames
from tests.reference.scores import score_households
from tests.support.lists import asked

ON = date(2022, 9, 30)
TOWNSHIP = "610902107"


@pytest.fixture(scope="module")
def scores(tables: Frames) -> pd.DataFrame:
    return score_households(tables, on=ON)


@pytest.fixture(scope="module")
def snapshot(embedded: HouseholdDatabase) -> Iterator[Snapshot]:
    with embedded.connect() as (connection, version):
        yield Snapshot(connection=connection, version=version, rulebook=load_rulebook())


def listed(snapshot: Snapshot, metric: str, **arguments: Any) -> pd.DataFrame:
    return lists.read_list(
        snapshot,
        **asked(scope=Scope.district(), metric=metric, on=ON, language="zh", offset=0, limit=10_000, **arguments),
    )


@pytest.mark.parametrize("place", ["610902", TOWNSHIP])
def test_rules_fire_as_often_alone_and_together_as_counted_by_hand(
    snapshot: Snapshot, scores: pd.DataFrame, place: str
) -> None:
    scope, here = Scope.district().narrowed(place), scores[scores["village_code"].str.startswith(place)]
    counts = rule_counts.read_rule_counts(snapshot, scope=scope, on=ON)
    found = {row.rule: (row.fired, row.warned, row.alone, row.silent, row.red) for row in counts.itertuples()}
    assert found == reference.rule_counts(here)
    pairs = rule_counts.read_rule_pairs(snapshot, scope=scope, on=ON)
    assert {(row.first, row.second): row.households for row in pairs.itertuples()} == dict(reference.rule_pairs(here))
    assert pairs["households"].is_monotonic_decreasing


def test_a_rule_filter_lists_the_households_in_which_it_fires_and_fires_alone_many_or_few(
    snapshot: Snapshot, scores: pd.DataFrame
) -> None:
    by_rule = sorted(reference.rule_counts(scores).items(), key=lambda one: one[1][1])
    assert by_rule[-1][1][1] > by_rule[-3][1][1] > by_rule[0][1][1]
    for rule, (_, warned, alone, *_) in (by_rule[0], *by_rule[-3:]):
        requests = [
            lists.ListRequest(metric="warned_households", on=ON, filters=((column, rule),))
            for column in (lists.RULE, lists.RULE_ALONE)
        ]
        sizes = [lists.count_list(snapshot, scope=Scope.district(), request=request).rows for request in requests]
        assert sizes == [warned, alone]


def test_shortfalls_stand_where_the_reference_finds_them(snapshot: Snapshot, scores: pd.DataFrame) -> None:
    rows = lists.read_breakdown(
        snapshot, scope=Scope.district(), metric="shortfalls", by=("village_code", "class"), on=ON
    )
    found = {(row[0], row[1]): row[2] for row in rows[["village_code", "class", "amount"]].values.tolist()}
    assert found == dict(reference.shortfalls(scores))


def test_lamps_changed_as_the_reference_finds(snapshot: Snapshot, tables: Frames) -> None:
    rows = lists.read_breakdown(snapshot, scope=Scope.district(), metric="lamp_changes", by=("before", "lamp"), on=ON)
    found = {
        (None if pd.isna(row[0]) else row[0], row[1]): row[2]
        for row in rows[["before", "lamp", "amount"]].values.tolist()
    }
    assert found == dict(reference.lamp_changes(tables, on=ON))


def test_eliminations_are_in_doubt_where_the_reference_doubts_them(
    snapshot: Snapshot, tables: Frames, scores: pd.DataFrame
) -> None:
    found = set(listed(snapshot, "doubtful_eliminations")["household_id"])
    assert found == reference.doubtful(tables, scores, on=ON)
    assert found
