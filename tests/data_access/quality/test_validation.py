"""Validation rules find what is wrong, at the edge of each threshold, and nothing else, alike on both databases."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from data_access.database.engine import Snapshot
from data_access.quality import validation
from data_access.quality.validation_rules import load_validation_rules
from data_access.risk.rulebook import load_rulebook
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.data_access.quality.broken import CUT_OFF, EXPECTED, RIGHT, homes
from tests.support.households import Rows, household, load, merged, village
from tests.support.rulebooks import FEW_VALIDATIONS, of_validations

REAL = {"data_load": [{**load()["data_load"][0], "is_sample": False}]}
OTHER_VILLAGE = "610902101201"


def found_in(make_database: MakeDatabase, rows: Rows, *, scope: Scope | None = None, on: date = CUT_OFF) -> list[dict]:
    with make_database(rows).connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        found = validation.findings(snapshot, scope=scope or Scope.district(), on=on).subquery("found")
        return [dict(row) for row in connection.execute(select(found)).mappings()]


@pytest.fixture
def few_rules() -> Iterator[None]:
    """That no other rule finds anything in what is right is seen where each finds what breaks it."""
    with of_validations(
        *FEW_VALIDATIONS, "wage_out_of_range", "wage_too_small", "disaster_without_type", "id_check_digit"
    ):
        yield


def test_each_rule_finds_what_breaks_it_and_nothing_else(make_database: MakeDatabase) -> None:
    by_home: dict[str, set[str]] = defaultdict(set)
    for row in found_in(make_database, merged(village(), REAL, *homes())):
        by_home[row["household_id"]].add(row["audit_rule"])
    assert dict(by_home) == EXPECTED


def test_every_rule_has_its_condition_and_no_condition_is_left_over() -> None:
    declared = {(rule.about, rule.id) for rule in load_validation_rules().values()}
    assert declared == {
        (name, rule) for name, its in validation.subjects().items() for one in its for rule in one.conditions
    }


@pytest.mark.usefixtures("few_rules")
def test_a_finding_is_of_the_day_and_says_what_disagrees_though_the_other_one_is_out_of_sight(
    make_database: MakeDatabase,
) -> None:
    then_and_now: list[dict[str, Any]] = [{"valid_to": CUT_OFF}, {"valid_from": CUT_OFF, "family_size": 5}]
    here = household("H1", members=[{"id_no": RIGHT}, {}])
    there = household("H2", members=[{"id_no": RIGHT}, {}], village_code=OTHER_VILLAGE)
    low = household("H3", indicators=then_and_now, jobs=[{"monthly_wage": 30}], village_code=OTHER_VILLAGE)
    rows = merged(village(), village(OTHER_VILLAGE, township="610902101"), here, there, low)
    seen, before = (
        {
            (row["household_id"], row["audit_rule"]): (row["subject"], row["found"], row["against"])
            for row in found_in(make_database, rows, scope=Scope(regions=("610902101",)), on=on)
        }
        for on in (CUT_OFF, date(2022, 9, 29))
    )
    assert ("H2", "id_duplicate") in seen
    assert seen["H3", "family_size_conflict"] == (None, 5, 2)
    assert seen["H3", "wage_out_of_range"] == ("H3-P1", 30, None)
    assert len(seen) == 3
    assert set(seen) - set(before) == {("H3", "family_size_conflict")}


@pytest.mark.usefixtures("few_rules")
def test_counts_of_now_and_then_leave_out_the_check_digits_of_a_sample(make_database: MakeDatabase) -> None:
    two = household("H1", indicators={"family_size": 3, "disaster_loss": 1})
    doubtful = household("H2", indicators={"wage_income": 5})
    closed = household("H3", indicators={"family_size": 3}, closed_on=date(2022, 9, 1), closed_reason="moved")
    mistyped = household("H4", members=[{"id_no": RIGHT[:17] + ("1" if RIGHT[17] != "1" else "2")}, {}])
    with make_database(merged(village(), two, doubtful, closed, mistyped)).connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        counted, before = (
            validation.read_findings(snapshot, scope=Scope.district(), on=on) for on in (CUT_OFF, date(2022, 8, 31))
        )
    whole, earlier = (found[found["audit_rule"].isna()].iloc[0] for found in (counted, before))
    assert (whole["findings"], whole["errors"], whole["households"]) == (3, 2, 2)
    assert (earlier["findings"], earlier["errors"], earlier["households"]) == (4, 3, 3)


def test_an_empty_register_has_no_findings(make_database: MakeDatabase) -> None:
    with make_database(merged(village())).connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        assert validation.read_findings(snapshot, scope=Scope.district(), on=CUT_OFF).empty
        # Before the first rule is in force nothing can be found.
        before = validation.read_findings(snapshot, scope=Scope.district(), on=date(2020, 12, 31))
        assert before.empty
