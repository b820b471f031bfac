"""疑似消除不稳: households whose risk is marked eliminated although they are red or fail a condition for it."""

from datetime import date

from sqlalchemy import Select, func, literal, or_, select

from data_access.cases.elimination import RULE_CONDITIONS, conditions
from data_access.cases.lists import cases_on
from data_access.database.engine import Snapshot
from data_access.database.listing import Listing
from data_access.households.judged import judged_on
from data_access.scope import Scope
from data_access.sql import flag
from data_access.warnings.lists import lamps_on

JUDGED = (*RULE_CONDITIONS, "has_labour")
"""The conditions that may fail after the elimination; those of the case itself were settled by then."""


def _doubtful_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per eliminated household that is red or fails a condition; values households (1), red (1 if red).

    `fails_<condition>`: 1 if it fails; a condition that cannot be judged does not fail.
    """
    lamps = lamps_on(snapshot, scope=scope, on=on)
    homes = judged_on(on, scope=scope, rulebook=snapshot.rulebook)
    judged = conditions(dict(homes.c), rulebook=snapshot.rulebook, on=on)
    fails = {name: func.coalesce(~judged[name], False) for name in JUDGED}
    red, cases = lamps.c.lamp == "red", cases_on(on)
    return (
        select(
            *lamps.c["household_id", "village_code", "household_type", "lamp", "score"],
            *(column for column in lamps.c if column.name.startswith("points_")),
            *(flag(failed).label(f"fails_{name}") for name, failed in fails.items()),
            *cases.c["category", "eliminated_on"],
            literal(1).label("households"),
            flag(red).label("red"),
        )
        .join_from(lamps, homes, homes.c.household_id == lamps.c.household_id)
        .join(cases, cases.c.household_id == lamps.c.household_id)
        .where(cases.c.state == "eliminated", or_(red, *fails.values()))
    )


LISTINGS = {
    "doubtful_eliminations": Listing(
        entries=_doubtful_entries,
        order="-score",
        details={
            "lamp": "lamp",
            "score": "number",
            "conditions": "conditions",
            "reasons": "reasons",
            "category": "monitor_category",
            "eliminated_on": "date",
        },
        facets={"lamp": "lamp", "category": "monitor_category", "household_type": "household_type"},
    )
}
