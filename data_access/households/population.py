"""Households and persons on the register: by village and month, on a day, and one by one."""

from datetime import date

import pandas as pd
from sqlalchemy import ColumnElement, FromClause, Select, and_, func, literal, or_, select, union_all
from sqlalchemy.sql import Subquery

from data_access.clock import Months, month_number
from data_access.database.engine import Snapshot
from data_access.database.history import count_spells, stocks
from data_access.database.listing import Listing
from data_access.households.intervals import Homes, in_force_on, is_of
from data_access.schema.tables import household, household_indicator, member, monitoring_case
from data_access.scope import Scope


def read_households_monthly(snapshot: Snapshot, *, scope: Scope, months: Months) -> pd.DataFrame:
    """Households on the register and their current members at each month end; one row per village, month and
    household type.

    Columns: village_code, household_type, month, households (户), persons (人).
    """
    values = ["households", "persons"]
    home = households_since()
    key = home.c["village_code", "household_type"]
    registered, closed = months.number(home.c.since), months.number(home.c.closed_on)
    homes = select(*key, registered.label("first_month"), closed.label("end_month")).where(
        scope.rows(home.c.village_code)
    )
    people = (
        select(
            *key,
            func.greatest(months.number(member.c.joined_on), registered).label("first_month"),
            func.least(months.number(member.c.left_on), closed).label("end_month"),
        )
        .join_from(home, member, member.c.household_id == home.c.household_id)
        .where(scope.rows(home.c.village_code))
    )
    counts = union_all(
        count_spells(homes, values=values, counted="households"), count_spells(people, values=values, counted="persons")
    )
    return stocks(snapshot.read_result(counts), months=months, values=values)


def read_first_month(snapshot: Snapshot, *, scope: Scope) -> int | None:
    """The first month number with indicators, or None if there are none."""
    query = (
        select(func.min(household_indicator.c.valid_from))
        .join_from(household_indicator, household, household.c.household_id == household_indicator.c.household_id)
        .where(scope.rows(household.c.village_code))
    )
    first = snapshot.connection.execute(query).scalar()
    return None if first is None else month_number(first)


def households_since() -> Subquery:
    """Households with the day since which they are on the register: a case that was identified before a household was
    registered shows that it was known; one row per household.

    Columns: household_id, village_code, household_type, closed_on, since. No name, number or telephone: what is made
    from these days can be looked at by everybody.
    """
    first_cases = (
        select(monitoring_case.c.household_id, func.min(monitoring_case.c.identified_on).label("day"))
        .group_by(monitoring_case.c.household_id)
        .subquery("first_cases")
    )
    since = func.least(household.c.registered_on, func.coalesce(first_cases.c.day, household.c.registered_on))
    return (
        select(*household.c["household_id", "village_code", "household_type", "closed_on"], since.label("since"))
        .outerjoin_from(household, first_cases, first_cases.c.household_id == household.c.household_id)
        .subquery("households_since")
    )


def registered_on(on: date) -> ColumnElement[bool]:
    """SQL: whether a household is on the register on a day: `households_since` covers all days."""
    cases = monitoring_case.alias("cases")  # apart from those that a query around it may be about
    identified = select(cases.c.household_id).where(cases.c.identified_on <= on)
    return and_(
        or_(household.c.registered_on <= on, household.c.household_id.in_(identified)),
        or_(household.c.closed_on.is_(None), household.c.closed_on > on),
    )


def member_on(on: date, *, person: FromClause = member) -> ColumnElement[bool]:
    """SQL: whether a person is a member of the household on a day; `person`: rows with their days of joining and
    leaving."""
    return and_(person.c.joined_on <= on, or_(person.c.left_on.is_(None), person.c.left_on > on))


def households_on(on: date, *, scope: Scope, of: Homes = None) -> FromClause:
    """Households on the register on a day with the indicators in force on it; one row per household, NULLs where
    nothing was collected.

    Args:
        of: only these households, as in `in_force_on`.
    """
    indicators = select(household_indicator).where(in_force_on(on, of=of)).subquery("in_force")
    return (
        select(
            *household.c["household_id", "village_code", "household_type"],
            *(column for column in indicators.c if column.name != "household_id"),
        )
        .outerjoin_from(household, indicators, indicators.c.household_id == household.c.household_id)
        .where(registered_on(on), scope.rows(household.c.village_code), is_of(household, of))
        .subquery("households_on")
    )


def _household_entries(_snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per household on the register; values households (1), persons (current members)."""
    persons = (
        select(func.count()).where(member.c.household_id == household.c.household_id, member_on(on)).scalar_subquery()
    )
    return select(
        *household.c["household_id", "village_code", "household_type", "group_no", "grid_code", "registered_on"],
        literal(1).label("households"),
        persons.label("persons"),
    ).where(registered_on(on), scope.rows(household.c.village_code))


LISTINGS = {
    "households": Listing(
        entries=_household_entries,
        details={
            "persons": "number",
            "household_type": "household_type",
            "group_no": "number",
            "grid_code": "text",
            "registered_on": "date",
        },
        facets={"household_type": "household_type"},
    )
}
