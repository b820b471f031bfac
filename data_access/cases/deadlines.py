"""The first measure after an identification, and whether it was in time: by village and month, and one by one."""

from datetime import date

import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, union_all
from sqlalchemy.sql import Subquery

from data_access.cases.spells import open_end
from data_access.clock import Months
from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.database.history import count_spells, stocks
from data_access.database.listing import Listing
from data_access.schema.limits import limit
from data_access.schema.tables import household, measure, monitoring_case
from data_access.scope import Scope
from data_access.sql import flag, months_later


def read_measures_monthly(snapshot: Snapshot, *, scope: Scope, months: Months) -> pd.DataFrame:
    """Open cases past the limit for their first measure; one row per village and month.

    Columns: village_code, month, due (户: open cases past the limit), in_time (户: first measure before the limit),
    overdue (户: none yet). Cases whose measures began on unknown days are in none of them.
    """
    cases = dated_cases(snapshot, on=months.cut_off)
    first, end, helped = (months.number(cases.c[name]) for name in ("deadline", "end", "helped"))
    in_time = cases.c.helped < cases.c.deadline
    spells = {"due": (first, end), "in_time": (first, end), "overdue": (first, func.least(end, helped))}
    counts_as = {"due": _judged(cases), "in_time": in_time, "overdue": _judged(cases)}
    counts = [
        count_spells(
            select(household.c.village_code, start.label("first_month"), stop.label("end_month"))
            .join_from(cases, household, household.c.household_id == cases.c.household_id)
            .where(scope.rows(household.c.village_code), counts_as[counted]),
            values=list(spells),
            counted=counted,
        )
        for counted, (start, stop) in spells.items()
    ]
    return stocks(read_frame(snapshot.connection, union_all(*counts)), months=months, values=list(spells))


def begun_undated(*, kept: bool) -> ColumnElement[bool]:
    """SQL: whether a measure has begun on a day that nobody knows: neither in time nor late.

    Args:
        kept: whether the database keeps the column that says so.
    """
    if not kept:
        return false()
    return and_(measure.c.started_on.is_(None), func.coalesce(measure.c.begun, false()))


def _judged(cases: Subquery) -> ColumnElement[bool]:
    """Whether a case can be called in time or late: not where a measure began on an unknown day, unless another one is
    known to have been in time."""
    return or_(~cases.c.undated, func.coalesce(cases.c.helped < cases.c.deadline, false()))


def dated_cases(snapshot: Snapshot, *, on: date) -> Subquery:
    """Identified cases with the dates that matter for help; one row per case.

    Columns: household_id, case_id, identified_on, deadline (for the first measure), helped (first measure started,
    NULL if none or on an unknown day), undated (whether a measure began on an unknown day), end (the day it leaves the
    open state).
    """
    first_measures = (
        select(
            measure.c.household_id,
            measure.c.case_id,
            func.min(measure.c.started_on).label("helped"),
            func.max(flag(begun_undated(kept=snapshot.keeps(measure.c.begun)))).label("undated"),
        )
        .group_by(measure.c.household_id, measure.c.case_id)
        .subquery("first_measures")
    )
    identified = monitoring_case.c.identified_on
    return (
        select(
            monitoring_case.c.household_id,
            monitoring_case.c.case_id,
            identified,
            months_later(identified, limit("measure_within_months", on=on)).label("deadline"),
            first_measures.c.helped,
            (func.coalesce(first_measures.c.undated, 0) == 1).label("undated"),
            open_end().label("end"),
        )
        .outerjoin(
            first_measures,
            (first_measures.c.household_id == monitoring_case.c.household_id)
            & (first_measures.c.case_id == monitoring_case.c.case_id),
        )
        .where(identified.is_not(None))
        .subquery("dated_cases")
    )


def _measure_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per open case past the limit of its first measure; values due (1), in_time, overdue."""
    # The same limit as in the facts, so that the number and its list agree.
    cases = dated_cases(snapshot, on=snapshot.cut_off)
    return (
        select(
            household.c.village_code,
            *cases.c["household_id", "case_id", "identified_on", "deadline", "helped"],
            flag(cases.c.deadline <= on).label("due"),
            flag(cases.c.helped < cases.c.deadline).label("in_time"),
            flag(or_(cases.c.helped.is_(None), cases.c.helped > on)).label("overdue"),
        )
        .join_from(cases, household, household.c.household_id == cases.c.household_id)
        .where(cases.c.deadline <= on, cases.c.end > on, _judged(cases), scope.rows(household.c.village_code))
    )


LISTINGS = {
    "measures": Listing(
        entries=_measure_entries,
        order="deadline",
        details={"identified_on": "date", "deadline": "date", "helped": "date"},
    ),
}
