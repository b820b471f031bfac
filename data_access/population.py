"""Households and persons on the register, by village and month."""

import pandas as pd
from sqlalchemy import func, select, union_all

from data_access.engine import Snapshot
from data_access.frames import read_frame
from data_access.months import Months, count_spells, month_number, stocks
from data_access.scope import Scope
from data_access.tables import household, household_indicator, member


def read_households_monthly(snapshot: Snapshot, *, scope: Scope, months: Months) -> pd.DataFrame:
    """Households on the register and their current members at each month end; one row per village, month and
    household type.

    Columns: village_code, household_type, month, households (户), persons (人).
    """
    values = ["households", "persons"]
    key = household.c["village_code", "household_type"]
    registered, closed = months.number(household.c.registered_on), months.number(household.c.closed_on)
    homes = select(*key, registered.label("first_month"), closed.label("end_month")).where(
        scope.rows(household.c.village_code)
    )
    people = (
        select(
            *key,
            func.greatest(months.number(member.c.joined_on), registered).label("first_month"),
            func.least(months.number(member.c.left_on), closed).label("end_month"),
        )
        .join_from(household, member, member.c.household_id == household.c.household_id)
        .where(scope.rows(household.c.village_code))
    )
    counts = union_all(
        count_spells(homes, values=values, counted="households"), count_spells(people, values=values, counted="persons")
    )
    return stocks(read_frame(snapshot.connection, counts), months=months, values=values)


def read_first_month(snapshot: Snapshot, *, scope: Scope) -> int | None:
    """The month number from which indicators are held, or None when there are none."""
    query = (
        select(func.min(household_indicator.c.valid_from))
        .join_from(household_indicator, household, household.c.household_id == household_indicator.c.household_id)
        .where(scope.rows(household.c.village_code))
    )
    first = snapshot.connection.execute(query).scalar()
    return None if first is None else month_number(first)
