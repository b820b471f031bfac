"""From one household to all that share its signature: the same value, grid, day of collection, rule."""

from datetime import date

from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.lists.selection import Selection, count_selection
from data_access.lists.signature import PARTS, columns_of, read_signature
from data_access.risk.rulebook import load_rulebook
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.support.households import CUT_OFF, household, merged, village

DISTRICT = Scope.district()
DAY, OTHER_DAY = date(2022, 5, 7), date(2022, 5, 8)
WET = {"water_problem": True, "valid_from": DAY}


def likes(database: HouseholdDatabase, *parts: str, question: str | None = "water") -> int:
    """How many households are like H1 in some parts of its signature."""
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        found = read_signature(snapshot, scope=DISTRICT, household_id="H1", on=CUT_OFF, item=columns_of(question))
        asked = Selection(conditions=tuple(one for part in parts for one in found[part]))
        return count_selection(snapshot, scope=DISTRICT, on=CUT_OFF, selection=asked)


def test_each_part_of_the_signature_finds_who_shares_it(make_database: MakeDatabase) -> None:
    database = make_database(
        merged(
            village(),
            household("H1", grid_code="G1", indicators=[WET]),
            household("H2", grid_code="G1", indicators=[WET]),
            household("H3", grid_code="G1", indicators=[WET | {"valid_from": OTHER_DAY}]),
            household("H4", grid_code="G2", indicators=[WET]),
            household("H5", grid_code="G1", indicators=[{"valid_from": DAY}]),
            household("H6", grid_code="G1", indicators=[WET | {"water_problem": None}]),
        )
    )
    assert [likes(database, part) for part in PARTS] == [4, 5, 5, 4]
    assert likes(database, "value", "grid") == 3
    assert likes(database, *PARTS) == 2
    assert likes(database, "rule", question=None) == 4, "of an unknown item every rule that fired is asked for"


def test_what_was_not_collected_is_like_what_was_not_collected_and_outside_the_scope_there_is_nothing(
    make_database: MakeDatabase,
) -> None:
    unknown = {"indicators": [{"water_problem": None}]}
    database = make_database(merged(village(), household("H1", **unknown), household("H2", **unknown), household("H3")))
    assert likes(database, "value") == 2
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        elsewhere = Scope(regions=("610902999",))
        assert read_signature(snapshot, scope=elsewhere, household_id="H1", on=CUT_OFF, item=()) == {}
