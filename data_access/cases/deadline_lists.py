"""The work one by one: clues of a month and those still waiting, open cases past the limit of their first measure."""

from datetime import date

from sqlalchemy import ColumnElement, Date, Integer, Select, and_, case, cast, literal, or_, select

from data_access.cases.deadlines import dated_cases
from data_access.database.engine import Snapshot
from data_access.database.listing import Listing
from data_access.schema.limits import limit
from data_access.schema.tables import clue, household
from data_access.scope import Scope


def _flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


def _clue_entries(_snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per clue that came or was checked in the month, or waits; values received, checked, open, overdue.

    `days_left` counts the days until a waiting clue is to be checked, below zero those since; `clue_state` is one of
    overdue, due_soon, not_due, no_limit (nobody said until when) and checked.
    """
    first = on.replace(day=1)
    waits = and_(clue.c.received_on <= on, or_(clue.c.checked_on.is_(None), clue.c.checked_on > on))
    values = {
        "received": and_(clue.c.received_on >= first, clue.c.received_on <= on),
        "checked": and_(clue.c.checked_on >= first, clue.c.checked_on <= on),
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
            *(_flag(condition).label(name) for name, condition in values.items()),
        )
        .join_from(clue, household, household.c.household_id == clue.c.household_id)
        .where(or_(*values.values()), scope.rows(household.c.village_code))
    )


def _measure_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per open case past the limit of its first measure; values due (1), in_time, overdue."""
    # The limit is the one the facts apply, so that the number and its list agree.
    cases = dated_cases(on=snapshot.cut_off)
    return (
        select(
            household.c.village_code,
            *cases.c["household_id", "case_id", "identified_on", "deadline", "helped"],
            _flag(cases.c.deadline <= on).label("due"),
            _flag(cases.c.helped < cases.c.deadline).label("in_time"),
            _flag(or_(cases.c.helped.is_(None), cases.c.helped > on)).label("overdue"),
        )
        .join_from(cases, household, household.c.household_id == cases.c.household_id)
        .where(cases.c.deadline <= on, cases.c.end > on, scope.rows(household.c.village_code))
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
        },
        facets={
            "clue_state": "clue_state",
            "kind": "clue_kind",
            "way": "clue_way",
            "result": "clue_result",
        },
    ),
    "measures": Listing(
        entries=_measure_entries,
        order="deadline",
        details={"identified_on": "date", "deadline": "date", "helped": "date"},
    ),
}
