"""周统计: what was done in a week, by township."""

from datetime import date, timedelta

import pandas as pd
from sqlalchemy import ColumnElement, FromClause, func, literal, select, union_all
from sqlalchemy.sql import Subquery

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


def read_last_week_day(snapshot: Snapshot, *, scope: Scope, until: date, today: date) -> date:
    """The last day of the weekly figures of a month that ends on `until`: in the newest month the last day, not after
    today, on which something was done that the field reported after the cut-off, otherwise `until`. It counts in that
    month, and in the week of its own day."""
    if until < snapshot.cut_off:
        return until
    day = _done(scope=scope).c.day
    last = select(func.max(day)).where(day > until, day <= today)
    return snapshot.connection.execute(last).scalar() or until


def read_weekly(snapshot: Snapshot, *, scope: Scope, until: date, weeks: int) -> pd.DataFrame:
    """What was done in the weeks up to a day, Monday to Sunday; one row per township, week and kind with any.

    Columns: township_code, week (its Monday), kind (a key of `DONE`), amount (screenings, clues received, clues
    checked, cases identified, measures started).

    Args:
        until: the last day included; its week may be in progress.
        weeks: how many weeks, including that of `until`.
    """
    first = week_of(until) - timedelta(days=_DAYS * (weeks - 1))
    days = _done(scope=scope)
    key = days.c["village_code", "kind", "day"]
    counted = select(*key, func.count().label("amount")).where(days.c.day >= first, days.c.day <= until)
    found = read_frame(snapshot.connection, counted.group_by(*key))
    found["week"] = [week_of(pd.Timestamp(day).date()) for day in found["day"]]
    found["township_code"] = cut_codes(found["village_code"], level="township")
    summed = found.groupby(["township_code", "week", "kind"])["amount"].sum().astype("int64")
    return summed.reset_index()


def _done(*, scope: Scope) -> Subquery:
    """Everything that is counted; columns village_code, kind, day."""
    return union_all(
        *(
            select(household.c.village_code, literal(kind).label("kind"), day.label("day"))
            .join_from(table, household, household.c.household_id == table.c.household_id)
            .where(scope.rows(household.c.village_code))
            for kind, (table, day) in DONE.items()
        )
    ).subquery("done")
