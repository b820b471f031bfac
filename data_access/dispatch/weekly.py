"""周统计: what was done in a week, by township."""

from datetime import date, timedelta

import pandas as pd
from sqlalchemy import ColumnElement, FromClause, Select, func, literal, select, union_all

from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.region_codes import cut_codes
from data_access.schema.tables import clue, household, measure, monitoring_case, screening
from data_access.scope import Scope

DONE: dict[str, tuple[FromClause, ColumnElement[date]]] = {
    "screened": (screening, screening.c.screened_on),
    "clues": (clue, clue.c.received_on),
    "checked": (clue, clue.c.checked_on),
    "identified": (monitoring_case, monitoring_case.c.identified_on),
    "measures": (measure, measure.c.started_on),
}
"""What is counted -> the table and the date column used."""

_DAYS = 7


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def read_weekly(snapshot: Snapshot, *, scope: Scope, until: date, weeks: int) -> pd.DataFrame:
    """What was done in the weeks up to a day, Monday to Sunday; one row per township, week and kind with any.

    Columns: township_code, week (its Monday), kind (a key of `DONE`), amount (screenings, clues received, clues
    checked, cases identified, measures started).

    Args:
        until: the last day included; its week may be in progress.
        weeks: how many weeks, including that of `until`.
    """
    first = week_of(until) - timedelta(days=_DAYS * (weeks - 1))
    days = union_all(
        *(_days(kind, table, day, scope=scope).where(day >= first, day <= until) for kind, (table, day) in DONE.items())
    ).subquery("days")
    key = days.c["village_code", "kind", "day"]
    found = read_frame(snapshot.connection, select(*key, func.count().label("amount")).group_by(*key))
    found["week"] = [week_of(pd.Timestamp(day).date()) for day in found["day"]]
    found["township_code"] = cut_codes(found["village_code"], level="township")
    summed = found.groupby(["township_code", "week", "kind"])["amount"].sum().astype("int64")
    return summed.reset_index()


def _days(kind: str, table: FromClause, day: ColumnElement[date], *, scope: Scope) -> Select:
    return (
        select(household.c.village_code, literal(kind).label("kind"), day.label("day"))
        .join_from(table, household, household.c.household_id == table.c.household_id)
        .where(scope.rows(household.c.village_code))
    )
