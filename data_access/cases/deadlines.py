"""The first measure after an identification, and whether it was in time: by village and month, and one by one.

A household with several open cases at a time is helped under all of them: its time begins with the first
identification, and the first measure of any of them counts.
"""

from collections.abc import Iterator
from datetime import date, timedelta

import pandas as pd
from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Select,
    and_,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.sql import Subquery

from data_access.cases.spells import case_pieces, open_end, open_spells
from data_access.clock import Months, month_first_day, month_number
from data_access.database.engine import Snapshot
from data_access.database.history import count_spells, stocks
from data_access.database.listing import Listing
from data_access.schema.limits import limit_if_any, limit_periods
from data_access.schema.tables import household, measure, monitoring_case
from data_access.scope import Scope
from data_access.sql import flag, months_later

_LIMIT = "measure_within_months"


def read_measures_monthly(snapshot: Snapshot, *, scope: Scope, months: Months) -> pd.DataFrame:
    """Households with open risk past the limit for their first measure; one row per village and month. Every month is
    judged by the limit in force at its end.

    Columns: village_code, month, due (户: past the limit), in_time (户: first measure before the limit), overdue (户:
    none yet). Households whose measures began on unknown days are in none of them.
    """
    values = ["due", "in_time", "overdue"]
    times = open_times(snapshot, scope=scope)
    counts = [
        count_spells(
            select(household.c.village_code, first.label("first_month"), stop.label("end_month"))
            .join_from(times, household, household.c.household_id == times.c.household_id)
            .where(scope.rows(household.c.village_code), _judged(times, deadline), condition),
            values=values,
            counted=counted,
        )
        for deadline, first, end in _periods(times, months=months)
        for counted, stop, condition in (
            ("due", end, true()),
            ("in_time", end, times.c.helped < deadline),
            ("overdue", func.least(end, months.number(snapshot.counted_on(times.c.helped))), true()),
        )
    ]
    if not counts:
        return pd.DataFrame(columns=["village_code", "month", *values])
    return stocks(snapshot.read_result(union_all(*counts)), months=months, values=values)


def _periods(
    times: FromClause, *, months: Months
) -> Iterator[tuple[ColumnElement[date], ColumnElement, ColumnElement]]:
    """For each period of the limit: the deadline, and from which month to which (not included) it is over."""
    for start, last, value in limit_periods(_LIMIT, first=month_first_day(months.first), until=months.cut_off):
        deadline = months_later(times.c.start, value)
        # A limit that starts within a month already applies at its end.
        after = months.after if last == months.cut_off else month_number(last + timedelta(days=1))
        yield (
            deadline,
            func.greatest(months.number(deadline), month_number(start)),
            func.least(months.number(times.c.end), after),
        )


def begun_undated(*, kept: bool) -> ColumnElement[bool]:
    """SQL: whether a measure has begun on a day that nobody knows: neither in time nor late.

    Args:
        kept: whether the database keeps the column that says so.
    """
    if not kept:
        return false()
    return and_(measure.c.started_on.is_(None), func.coalesce(measure.c.begun, false()))


def _judged(times: FromClause, deadline: ColumnElement[date]) -> ColumnElement[bool]:
    """Whether a household can be called in time or late: not where a measure began on an unknown day, unless another
    one is known to have been in time."""
    return or_(func.coalesce(times.c.undated, 0) == 0, func.coalesce(times.c.helped < deadline, false()))


def open_times(snapshot: Snapshot, *, scope: Scope) -> CTE:
    """The uninterrupted times for which a household is in the open state, under one case or several; one row per
    household and time.

    Columns: household_id, case_id (the last of them), start (the identification), end, helped (the first measure of any
    of these cases, NULL if none or on an unknown day), undated (1 if one began on an unknown day, otherwise 0 or NULL).
    """
    pieces = open_spells(case_pieces(snapshot, scope=scope))
    number = func.sum(flag(pieces.c.came.is_not(None))).over(
        partition_by=pieces.c.household_id, order_by=pieces.c.start
    )
    numbered = select(*pieces.c["household_id", "case_id", "start", "end"], number.label("number")).subquery("numbered")
    times = (
        select(
            numbered.c.household_id,
            func.max(numbered.c.case_id).label("case_id"),
            func.min(numbered.c.start).label("start"),
            func.max(numbered.c.end).label("end"),
        )
        .group_by(*numbered.c["household_id", "number"])
        .subquery("times")
    )
    own = monitoring_case.c
    helped = (
        select(
            *times.c["household_id", "start"],
            func.min(measure.c.started_on).label("helped"),
            func.max(flag(begun_undated(kept=snapshot.keeps(measure.c.begun)))).label("undated"),
        )
        .join_from(times, monitoring_case, _identified_within(times))
        .join(measure, and_(measure.c.household_id == own.household_id, measure.c.case_id == own.case_id))
        .group_by(*times.c["household_id", "start"])
        .subquery("helped")
    )
    same = and_(helped.c.household_id == times.c.household_id, helped.c.start == times.c.start)
    return select(times, *helped.c["helped", "undated"]).outerjoin_from(times, helped, same).cte("open_times")


def _identified_within(times: FromClause) -> ColumnElement[bool]:
    own = monitoring_case.c
    return and_(
        own.household_id == times.c.household_id,
        own.identified_on >= times.c.start,
        own.identified_on < times.c.end,
    )


def dated_cases(times: FromClause, *, on: date) -> Subquery:
    """Identified cases with the dates that matter for help on a day; one row per case.

    Columns: household_id, case_id, identified_on, deadline (for the first measure, by the limit in force on the day),
    helped (first measure started, NULL if none or on an unknown day), undated (whether a measure began on an unknown
    day), end (the day it leaves the open state).

    Args:
        times: those of `open_times`.
    """
    identified = monitoring_case.c.identified_on
    return (
        select(
            *monitoring_case.c["household_id", "case_id"],
            identified,
            _deadline(func.coalesce(times.c.start, identified), on=on).label("deadline"),
            times.c.helped,
            (func.coalesce(times.c.undated, 0) == 1).label("undated"),
            open_end().label("end"),
        )
        .outerjoin_from(monitoring_case, times, _identified_within(times))
        .where(identified.is_not(None))
        .subquery("dated_cases")
    )


def _deadline(since: ColumnElement[date], *, on: date) -> ColumnElement[date]:
    within = limit_if_any(_LIMIT, on=on)
    return cast(null(), Date) if within is None else months_later(since, within)


def _measure_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per household with open risk past the limit of its first measure; values due (1), in_time, overdue."""
    times = open_times(snapshot, scope=scope)
    deadline = _deadline(times.c.start, on=on)
    return (
        select(
            household.c.village_code,
            *times.c["household_id", "case_id"],
            times.c.start.label("identified_on"),
            deadline.label("deadline"),
            times.c.helped,
            literal(1, Integer).label("due"),
            flag(times.c.helped < deadline).label("in_time"),
            flag(or_(times.c.helped.is_(None), snapshot.counted_on(times.c.helped) > on)).label("overdue"),
        )
        .join_from(times, household, household.c.household_id == times.c.household_id)
        .where(deadline <= on, times.c.end > on, _judged(times, deadline), scope.rows(household.c.village_code))
    )


LISTINGS = {
    "measures": Listing(
        entries=_measure_entries,
        order="deadline",
        details={"identified_on": "date", "deadline": "date", "helped": "date"},
    ),
}
