"""A lamp is in doubt exactly where the doubtful values, taken as not collected, leave it untold."""

from datetime import date

from data_access.database.engine import Snapshot
from data_access.lists import lists
from data_access.quality import effect
from data_access.risk.rulebook import load_rulebook
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.support.households import household, merged, village
from tests.support.rulebooks import of_validations

ON = date(2022, 9, 30)
UNTYPED = {"disaster_loss": 1}
"""A loss without a kind of disaster: puts both in doubt."""


RULES = (
    "disaster_without_type",
    "family_size_conflict",
    "labour_conflict",
    "unsafe_water_not_monitored",
    "wage_too_small",
)
"""Each is broken below."""


def test_lamps_in_doubt_by_lamp_and_whether_red_is_possible(make_database: MakeDatabase) -> None:
    rows = merged(
        village(),
        household("H1"),
        # Nothing that reads disasters could lift a safe household to a warning.
        household("H2", indicators=UNTYPED),
        # Red by its water, whatever else is wrong.
        household("H3", indicators={**UNTYPED, "water_problem": True}),
        # Unsafe water of somebody lifted out and not monitored is in doubt itself, and with it the red lamp.
        household("H4", household_type="lifted_out", indicators={"water_problem": True}),
        # Undetermined already.
        household("H5", indicators={**UNTYPED, "water_problem": None}),
        # Every part of the income in doubt: it could lie below the line.
        household("H6", indicators={"family_size": 3, "wage_income": 50, "business_income": 90_000, "labor_n": 0}),
    )
    with of_validations(*RULES), make_database(rows).connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        found = effect.read_effect(snapshot, scope=Scope.district(), on=ON)
        listed = lists.read_list(
            snapshot,
            scope=Scope.district(),
            request=lists.ListRequest(metric="lamps_in_doubt", on=ON, offset=0, limit=10),
            language="zh",
        )
        doubtful = lists.count_list(
            snapshot, scope=Scope.district(), request=lists.ListRequest(metric="doubtful_households", on=ON)
        )
    by_lamp = {row.lamp: (row.households, row.in_doubt, row.could_be_red) for row in found.itertuples()}
    assert by_lamp["red"] == (2, 1, 0)
    assert by_lamp["undetermined"] == (1, 0, 0)
    assert doubtful.rows == 5
    doubts = dict(zip(listed["household_id"], listed["doubts"], strict=True))
    named = {number: {rule for rule, _ in found} for number, found in doubts.items()}
    assert named["H4"] == {"unsafe_water_not_monitored"}
    assert named["H6"] == {"family_size_conflict", "wage_too_small", "labour_conflict"}
    assert set(named) == {"H4", "H6"}


def test_what_was_never_collected_cannot_be_in_doubt(make_database: MakeDatabase) -> None:
    rows = merged(village(), household("H1", indicators=None, members=[{"relation": "other"}, {}]))
    with make_database(rows).connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        assert effect.read_effect(snapshot, scope=Scope.district(), on=ON).empty
        assert (
            lists.count_list(
                snapshot, scope=Scope.district(), request=lists.ListRequest(metric="audit_findings", on=ON)
            ).rows
            == 1
        )
