"""Lamps one by one: every household's score and the reasons for it, shortfalls, and why lamps changed."""

from datetime import date, timedelta
from functools import partial

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Select,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.sql import Subquery

from data_access.cases.lists import case_states
from data_access.database.engine import Snapshot
from data_access.database.listing import Listing
from data_access.households.judged import judged_on
from data_access.risk.rule import SHORTFALLS
from data_access.risk.scoring import scored
from data_access.schema.indicators import counted_columns
from data_access.schema.limits import limit
from data_access.scope import Scope
from data_access.sql import flag, months_later
from data_access.warnings.monthly import checks

_KEPT = ("household_id", "village_code", "household_type", "valid_from")


def lamps_on(snapshot: Snapshot, *, scope: Scope, on: date, rules_of: date | None = None) -> Subquery:
    """Every household on the register on a day with its lamp; one row per household.

    Args:
        on: the day whose register and indicators are used.
        rules_of: the day whose rules are applied; by default the same.

    Columns: those of `scored`, household_id, village_code, household_type, valid_from (since when the indicators are in
    force) and filled (values collected, of those that completeness counts).
    """
    rules_of = rules_of or on
    make = partial(_scored_on, snapshot, on=on, rules_of=rules_of)
    return snapshot.begin_with("lamps", on, rules_of, scope=scope, make=make)


def _scored_on(snapshot: Snapshot, scope: Scope, *, on: date, rules_of: date) -> Select:
    homes = judged_on(on, scope=scope, rulebook=snapshot.rulebook)
    filled: ColumnElement[int] = literal(0, Integer)
    for name in counted_columns():
        filled = filled + flag(homes.c[name].is_not(None))
    source = select(homes, filled.label("filled")).subquery("homes")
    return scored(source, rulebook=snapshot.rulebook, on=rules_of, keep=(*_KEPT, "filled"))


def _lamp_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per household on the register; values households (1), filled, old (1 if its indicators are old),
    may_be_red (1 if it is red or could be)."""
    lamps, states = lamps_on(snapshot, scope=scope, on=on), case_states(on)
    old_before = months_later(literal(on, Date), -limit("indicators_old_after_months", on=on))
    return select(
        *(column for column in lamps.c if column.name != "may_be_red"),
        func.coalesce(states.c.state, "never").label("state"),
        literal(1).label("households"),
        flag(lamps.c.valid_from <= old_before).label("old"),
        flag(lamps.c.may_be_red).label("may_be_red"),
    ).outerjoin_from(lamps, states, states.c.household_id == lamps.c.household_id)


def _unchecked_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per red household, never monitored, that nobody has looked at since its indicators came into force; value
    households (1)."""
    entries = _lamp_entries(snapshot, scope, on).subquery("entries")
    looked_at = checks()
    return select(entries).where(
        entries.c.lamp == "red",
        entries.c.state == "never",
        ~select(looked_at)
        .where(
            looked_at.c.household_id == entries.c.household_id,
            looked_at.c.checked_on >= entries.c.valid_from,
            snapshot.counted_on(looked_at.c.checked_on) <= on,
        )
        .exists(),
    )


def _shortfall_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per household and class in which it has a shortfall; value shortfalls (1)."""
    lamps = select(lamps_on(snapshot, scope=scope, on=on)).cte("lamps")
    classes = [name for name in SHORTFALLS if f"shortfall_{name}" in lamps.c]
    parts = [
        select(
            *lamps.c["household_id", "village_code", "household_type", "lamp", "score"],
            literal(name).label("class"),
            literal(1).label("shortfalls"),
        ).where(lamps.c[f"shortfall_{name}"])
        for name in classes
    ]
    return select(union_all(*parts).subquery("shortfalls"))


def _change_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per household whose lamp differs from its lamp at the end of the month before; value households (1).

    `why`: data (its data changed), rule (a rule changed), both; arrived (it was not on the register then).
    """
    before_on = on.replace(day=1) - timedelta(days=1)
    before = lamps_on(snapshot, scope=scope, on=before_on).alias("lamps_before")
    after = lamps_on(snapshot, scope=scope, on=on).alias("lamps_after")
    same_rules = not snapshot.rulebook.changes(after=before_on, until=on)
    # Today's data under the earlier rules: a difference from this is due to the rules, the rest to the data.
    middle = after if same_rules else lamps_on(snapshot, scope=scope, on=on, rules_of=before_on)
    middle = middle.alias("lamps_between")
    by_data, by_rule = middle.c.lamp != before.c.lamp, middle.c.lamp != after.c.lamp
    why = case((before.c.lamp.is_(None), "arrived"), (and_(by_data, by_rule), "both"), (by_rule, "rule"), else_="data")
    joined: FromClause = after.outerjoin(before, before.c.household_id == after.c.household_id)
    joined = joined.join(middle, middle.c.household_id == after.c.household_id)
    return (
        select(
            *after.c["household_id", "village_code", "household_type", "score", "lamp"],
            *(column for column in after.c if column.name.startswith("points_")),
            before.c.lamp.label("before"),
            why.label("why"),
            literal(1).label("households"),
        )
        .select_from(joined)
        .where(or_(before.c.lamp.is_(None), before.c.lamp != after.c.lamp))
    )


_DETAILS = {"lamp": "lamp", "score": "number", "reasons": "reasons", "state": "monitoring_state"}
_FACETS = {"lamp": "lamp", "state": "monitoring_state", "household_type": "household_type"}

LISTINGS = {
    "lamps": Listing(
        entries=_lamp_entries,
        details={**_DETAILS, "filled": "number", "valid_from": "date"},
        facets=_FACETS,
        order="-score",
    ),
    "lamp_state": Listing(
        entries=_lamp_entries,
        details={**_DETAILS, "rules_not_assessed": "number", "valid_from": "date"},
        facets=_FACETS,
        order="-score",
    ),
    "unchecked": Listing(
        entries=_unchecked_entries, details={**_DETAILS, "valid_from": "date"}, facets=_FACETS, order="-score"
    ),
    "shortfalls": Listing(
        entries=_shortfall_entries,
        order="-score",
        details={"class": "shortfall", "lamp": "lamp", "score": "number"},
        facets={"class": "shortfall", "lamp": "lamp", "household_type": "household_type"},
    ),
    "lamp_changes": Listing(
        entries=_change_entries,
        order="-score",
        details={"before": "lamp", "lamp": "lamp", "why": "lamp_change", "score": "number", "reasons": "reasons"},
        facets={"before": "lamp", "lamp": "lamp", "why": "lamp_change"},
    ),
}
