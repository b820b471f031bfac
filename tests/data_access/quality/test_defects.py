"""Each defect is found under a rule of its own, alike on both databases; every column is checked for all it can be."""

from collections import defaultdict

from sqlalchemy import Boolean, Float, Integer

from data_access.database.engine import Snapshot
from data_access.lists import lists
from data_access.quality import validation
from data_access.quality.row_rules import load_row_rules
from data_access.quality.validation_rules import load_validation_rules
from data_access.risk.rulebook import load_rulebook
from data_access.schema.ranges import range_of
from data_access.schema.tables import metadata
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.data_access.quality.broken import EXPECTED
from tests.data_access.quality.defects import PLANTED
from tests.support.databases import ON_BOTH
from tests.support.households import CUT_OFF, household, load, merged, village

_NOT_OF_A_QUANTITY = {"data_load.load_id", "data_load.rows", "target.year", "target.last_year", "target.target"}
"""Numbers that no range limits: they count or name, and a target may be anything."""


@ON_BOTH
def test_each_defect_is_found_by_its_rule_and_by_no_other(make_database: MakeDatabase) -> None:
    rows = merged(village(), load(), household("H1"), *PLANTED.values())
    with make_database(rows).connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        counted = validation.read_findings(snapshot, scope=Scope.district(), on=CUT_OFF)
        found = lists.read_list(
            snapshot, scope=Scope.district(), request=lists.ListRequest("audit_findings", CUT_OFF), language="zh"
        )
    by_thing: dict[str, set[str]] = defaultdict(set)
    for thing, rule in zip(found["household_id"].fillna(found["subject"]), found["audit_rule"], strict=True):
        by_thing[thing].add(rule)
    aliens = {
        "gone": "screening_link",
        "610902100203": "region_elsewhere",
        "610902100208": "village_twice",
        "610902100209": "village_twice",
        "610903": "region_link",
    }
    wrong = {}
    for thing, rules in by_thing.items():
        expected = aliens.get(thing, thing.rstrip("0123456789"))
        if rules != {expected}:
            wrong[thing] = rules
    assert wrong == {}
    assert set(found["audit_rule"]) == set(PLANTED)
    assert counted.loc[counted["audit_rule"].isna(), "findings"].sum() == len(found)


def test_every_rule_is_broken_by_something() -> None:
    broken = {rule for rules in EXPECTED.values() for rule in rules} | set(PLANTED)
    checks = {f"{name}_{check}" for name, rows in load_row_rules().rows.items() for check in rows.checks}
    assert set(load_validation_rules()) - broken <= checks
    assert broken <= set(load_validation_rules())


def test_every_number_has_a_range_and_every_table_is_checked() -> None:
    open_numbers = {
        f"{table.name}.{part.name}"
        for table in metadata.tables.values()
        for part in table.c
        if isinstance(part.type, Integer | Float) and not isinstance(part.type, Boolean) and range_of(part) is None
    }
    assert open_numbers == _NOT_OF_A_QUANTITY
    checked = {rows.table_name for rows in load_row_rules().rows.values()}
    assert set(metadata.tables) - checked == {"data_load", "department", "target"}
