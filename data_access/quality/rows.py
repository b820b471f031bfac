"""The rows of a table, each with its village and household: what the rules about single rows look at."""

from sqlalchemy import Column, ColumnElement, Date, Select, cast, func, literal, null, or_, select, true
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from data_access.clock import NEVER_ENDS
from data_access.households.population import registered_on
from data_access.quality.expressions import Day
from data_access.quality.row_rules import HOME, load_row_rules
from data_access.schema.contract import name_of
from data_access.schema.tables import household
from data_access.scope import Scope
from data_access.sql import flag

_PLACES = ("village_code", "township_code", "code")
"""Columns that say where a row without a household belongs; the first that a table has counts."""


def rows_of(name: str, day: Day, *, scope: Scope) -> Select:
    """SQL: the rows of a table that had begun by a day, or lie ahead of the cut-off; one row per row of the table.

    Columns: those of the table, village_code, on_register (1 if the household is on the register on the day), and for
    the rows of a household home_id (its number if there is such a household) and home_closed_on. A row whose household
    does not exist is only found by a reader of all places.
    """
    table = load_row_rules().rows[name].table
    begun = _begun(table.c, day)
    columns = [cast(null(), part.type).label(part.name) if name_of(part) in day.missing else part for part in table.c]
    if "household_id" not in table.c:
        place = next(table.c[part] for part in _PLACES if part in table.c)
        village = () if place.name == "village_code" else (place.label("village_code"),)
        return (
            select(*columns, *village, literal(0).label("on_register"))
            .select_from(table)
            .where(scope.rows(place), begun)
        )
    on_register = flag(registered_on(day.on)).label("on_register")
    if table is household:
        return select(*columns, on_register).where(scope.rows(table.c.village_code), begun)
    return (
        select(
            *columns,
            household.c.village_code,
            on_register,
            household.c.household_id.label(HOME),
            household.c.closed_on.label("home_closed_on"),
        )
        .join_from(table, household, household.c.household_id == table.c.household_id, isouter=scope.regions is None)
        .where(scope.rows(household.c.village_code), begun)
    )


def _begun(columns: ReadOnlyColumnCollection[str, Column], day: Day) -> ColumnElement[bool]:
    """Whether a row had begun by a day: by its first day that is always there, if its table has one."""
    first = next((part for part in columns if isinstance(part.type, Date) and not part.nullable), None)
    return true() if first is None else or_(first <= day.on, first > day.known, first.is_(None))


def ended_after(end: ColumnElement, day: ColumnElement) -> ColumnElement[bool]:
    """SQL: whether something goes on beyond a day; without an end it does."""
    return func.coalesce(end, literal(NEVER_ENDS, Date)) > day
