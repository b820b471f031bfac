"""Clues checked in time: by village and month; and one by one, those of a month and those still waiting."""

from datetime import date

import pandas as pd
from sqlalchemy import Date, Integer, Select, and_, case, cast, func, literal, or_, select, true, union_all

from data_access.clock import Months
from data_access.database.engine import Snapshot
from data_access.database.history import count_spells, stocks
from data_access.database.listing import Listing
from data_access.schema.limits import limit
from data_access.schema.tables import clue, household
from data_access.scope import Scope
from data_access.sql import flag


def read_clues_monthly(snapshot: Snapshot, *, scope: Scope, months: Months) -> pd.DataFrame:
    """Clues by village and month: how many came in, were checked, and are open or overdue at the month end.

    Columns: village_code, month, received, checked, open, overdue (条). A clue is overdue from the day after it was
    due.
    """
    number, day, came = months.number, snapshot.counted_on(clue.c.checked_on), snapshot.counted_on(clue.c.received_on)
    received, checked = number(came), number(day)
    late = func.greatest(number(clue.c.due_on + literal(1, Integer)), received)
    spells = {
        "received": (received, received + 1, months.contains(came)),
        "checked": (checked, checked + 1, months.contains(day)),
        "open": (received, checked, true()),
        "overdue": (late, checked, true()),
    }
    counts = [
        count_spells(
            select(household.c.village_code, first.label("first_month"), end.label("end_month"))
            .join_from(clue, household, household.c.household_id == clue.c.household_id)
            .where(scope.rows(household.c.village_code), condition),
            values=list(spells),
            counted=counted,
        )
        for counted, (first, end, condition) in spells.items()
    ]
    return stocks(snapshot.read_result(union_all(*counts)), months=months, values=list(spells))


def _clue_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per clue that came in or was checked in the month, or is waiting; values received, checked, open,
    overdue.

    `days_left` counts the days until a waiting clue is due to be checked, negative once it is late; `clue_state` is one
    of overdue, due_soon, not_due, no_limit (no due date was set) and checked.
    """
    first, checked_on = on.replace(day=1), snapshot.counted_on(clue.c.checked_on)
    came = snapshot.counted_on(clue.c.received_on)
    waits = and_(came <= on, or_(checked_on.is_(None), checked_on > on))
    values = {
        "received": and_(came >= first, came <= on),
        "checked": and_(checked_on >= first, checked_on <= on),
        "open": waits,
        "overdue": and_(waits, clue.c.due_on < on),
    }
    days_left = cast(clue.c.due_on - literal(on, Date), Integer)
    state = case(
        (~waits, "checked"),
        (clue.c.due_on.is_(None), "no_limit"),
        (days_left < 0, "overdue"),
        (days_left <= limit("clue_due_soon_days", on=on), "due_soon"),
        else_="not_due",
    )
    return (
        select(
            household.c.village_code,
            *clue.c["household_id", "clue_id", "way", "kind", "department", "received_on", "due_on"],
            *clue.c["checked_on", "result"],
            case((waits, days_left)).label("days_left"),
            state.label("clue_state"),
            *(flag(condition).label(name) for name, condition in values.items()),
        )
        .join_from(clue, household, household.c.household_id == clue.c.household_id)
        .where(or_(*values.values()), scope.rows(household.c.village_code))
    )


LISTINGS = {
    "clues": Listing(
        entries=_clue_entries,
        order="due_on",
        details={
            "clue_state": "clue_state",
            "days_left": "number",
            "kind": "clue_kind",
            "way": "clue_way",
            "department": "department",
            "received_on": "date",
            "due_on": "date",
            "checked_on": "date",
            "result": "clue_result",
            "clue_id": "text",
        },
        thing="clue_id",
        facets={
            "clue_state": "clue_state",
            "kind": "clue_kind",
            "way": "clue_way",
            "result": "clue_result",
        },
    ),
}
