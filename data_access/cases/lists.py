"""Monitored households one by one: their state on a day, and how it changed within a month."""

from datetime import date

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, func, literal, or_, select, union_all
from sqlalchemy.sql import Subquery

from data_access.cases.spells import (
    case_pieces,
    eliminated_end,
    homes_that_moved,
    open_end,
    person_spells,
    persons_that_moved,
    precedence,
)
from data_access.database.engine import Snapshot
from data_access.database.listing import Listing
from data_access.households.population import registered_on
from data_access.schema.tables import household, monitoring_case
from data_access.scope import Scope
from data_access.sql import flag


def is_open(on: date) -> ColumnElement[bool]:
    """SQL: whether a case is open on a day."""
    return and_(monitoring_case.c.identified_on <= on, open_end() > on)


def is_eliminated(on: date) -> ColumnElement[bool]:
    """SQL: whether a case is eliminated on a day, and neither rolled back nor ended."""
    return and_(monitoring_case.c.eliminated_on <= on, eliminated_end() > on)


def is_lifted_out_or_monitored(on: date) -> ColumnElement[bool]:
    """SQL: whether a household is lifted out and on the register, or monitored, on a day: `lifted_out_or_monitored`
    covers all days."""
    monitored = select(monitoring_case.c.household_id).where(or_(is_open(on), is_eliminated(on)))
    # Not by the spells, although they would give the same result: PostgreSQL cannot estimate how few hold on one day.
    return or_(
        and_(household.c.household_type == "lifted_out", registered_on(on)), household.c.household_id.in_(monitored)
    )


def cases_on(on: date) -> FromClause:
    """The case that speaks for a household on a day, by the order of `spells.precedence`; one row per household that is
    open or eliminated.

    Columns: those of `monitoring_case`, state (open, eliminated).
    """
    state = case((is_open(on), "open"), else_="eliminated")
    place = func.row_number().over(
        partition_by=monitoring_case.c.household_id, order_by=precedence(state, monitoring_case.c)
    )
    held = (
        select(*monitoring_case.c, state.label("state"), place.label("place"))
        .where(or_(is_open(on), is_eliminated(on)))
        .subquery("cases_held_on")
    )
    return (
        select(*(column for column in held.c if column.name != "place")).where(held.c.place == 1).subquery("cases_on")
    )


def case_states(on: date) -> Subquery:
    """The state of every household that was ever identified, on a day; one row per household.

    Columns: household_id, state (open, eliminated, ended). A household without a row was never monitored.
    """

    def count(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(flag(condition))

    return (
        select(
            monitoring_case.c.household_id,
            case((count(is_open(on)) > 0, "open"), (count(is_eliminated(on)) > 0, "eliminated"), else_="ended").label(
                "state"
            ),
        )
        .where(monitoring_case.c.identified_on <= on)
        .group_by(monitoring_case.c.household_id)
        .subquery("case_states")
    )


def _case_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per household that is open or eliminated; values households (1), persons (current members while open,
    frozen at elimination)."""
    cases, present = cases_on(on), person_spells(case_pieces(snapshot, scope=scope))
    members = (
        select(present.c.household_id, func.count().label("persons"))
        .where(present.c.start <= on, present.c.end > on)
        .group_by(present.c.household_id)
        .subquery("members")
    )
    return (
        select(
            household.c.village_code,
            *cases.c["household_id", "case_id", "category", "state", "identified_on", "eliminated_on"],
            cases.c.cause_1.label("cause"),
            literal(1).label("households"),
            case((cases.c.state == "open", func.coalesce(members.c.persons, 0)), else_=cases.c.persons).label(
                "persons"
            ),
        )
        .join_from(cases, household, household.c.household_id == cases.c.household_id)
        .outerjoin(members, members.c.household_id == cases.c.household_id)
        .where(scope.rows(household.c.village_code))
    )


def _flow_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per household, case and flow within the month up to a day; values households (1, or 0 if only persons
    moved), persons."""
    first, pieces = on.replace(day=1), case_pieces(snapshot, scope=scope)
    parts = [
        select(
            *spell.c["village_code", "household_id", "case_id", "category"],
            flow.label("flow"),
            day.label("day"),
            literal(households).label("households"),
            literal(1 - households).label("persons"),
        ).where(flow.is_not(None), day >= first, day <= on, scope.rows(spell.c.village_code))
        for households, spell in ((1, homes_that_moved(pieces)), (0, persons_that_moved(pieces)))
        for flow, day in ((spell.c.came, spell.c.start), (spell.c.went, spell.c.end))
    ]
    moved = union_all(*parts).subquery("moved")
    key = moved.c["village_code", "household_id", "case_id", "category", "flow"]
    return select(
        *key,
        func.min(moved.c.day).label("day"),
        func.sum(moved.c.households).label("households"),
        func.sum(moved.c.persons).label("persons"),
    ).group_by(*key)


LISTINGS = {
    "cases": Listing(
        entries=_case_entries,
        order="identified_on",
        details={
            "category": "monitor_category",
            "cause": "cause",
            "state": "outcome",
            "persons": "number",
            "identified_on": "date",
            "eliminated_on": "date",
        },
        facets={"category": "monitor_category", "cause": "cause", "state": "outcome"},
    ),
    "flows": Listing(
        entries=_flow_entries,
        order="day",
        details={"flow": "case_flow", "day": "date", "category": "monitor_category", "persons": "number"},
        facets={"category": "monitor_category", "flow": "case_flow"},
    ),
}
