"""一查三: what is wrong at one household may be wrong at all that share its signature: the same value of the same item,
the same grid (whose worker collected it), the same day of collection, the same rule that fired."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from data_access.database.engine import Snapshot
from data_access.inspection.findings import load_questions
from data_access.lists.selection import Condition, load_fields
from data_access.schema.tables import household
from data_access.scope import Scope
from data_access.warnings.explanation import read_explanation

PARTS = ("value", "grid", "day", "rule")
"""What can be the same, in the order in which it is asked."""

Signature = dict[str, tuple[Condition, ...]]
"""Part -> the conditions of a selection that say it; a part that says nothing of the household is missing."""


def columns_of(question: str | None) -> tuple[str, ...]:
    """The columns of the question of an inspection about households; none for other questions."""
    asked = load_questions()["household"].get(question or "")
    return () if asked is None else asked.columns


def read_signature(
    snapshot: Snapshot, *, scope: Scope, household_id: str, on: date, item: tuple[str, ...]
) -> Signature:
    """The signature of a household on a day; empty if it is not on the register or outside the scope.

    Args:
        item: its indicators; without any, no value is part of it, and every rule that fired is.
    """
    why = read_explanation(snapshot, scope=scope, household_id=household_id, on=on)
    if why is None:
        return {}
    grid = snapshot.connection.execute(
        select(household.c.grid_code).where(
            household.c.household_id == household_id, scope.rows(household.c.village_code)
        )
    ).scalar()
    collected_on = why.indicators["valid_from"]
    fired = [one.rule for one in why.of("risk")]
    rules = [rule.id for rule in fired if not item or set(rule.columns) & set(item)]
    found = {
        "value": tuple(_same(name, why.indicators[name]) for name in item if name in load_fields()),
        "grid": _is("grid_code", [] if grid is None else [grid]),
        "day": _is("collected_on", [] if collected_on is None else [f"{collected_on:%Y-%m-%d}"]),
        "rule": tuple(Condition("rule", "is", (rule,)) for rule in rules),
    }
    return {part: conditions for part, conditions in found.items() if conditions}


def _is(field: str, values: Sequence[str]) -> tuple[Condition, ...]:
    return tuple(Condition(field, "is", (value,)) for value in values)


def _same(name: str, value: object) -> Condition:
    if value is None or value != value:
        return Condition(name, "missing")
    return Condition(name, "eq" if load_fields()[name].kind == "number" else "is", (str(value),))
