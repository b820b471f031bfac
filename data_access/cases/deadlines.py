"""The work itself: clues checked in time, measures that follow an identification in time."""

from datetime import date

import pandas as pd
from sqlalchemy import ColumnElement, Date, Integer, Interval, String, cast, func, literal, select, true, union_all
from sqlalchemy.sql import Subquery

from data_access.cases.spells import open_end
from data_access.clock import Months, count_spells, stocks
from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.schema.limits import limit
from data_access.schema.tables import clue, household, measure, monitoring_case
from data_access.scope import Scope


def read_clues_monthly(snapshot: Snapshot, *, scope: Scope, months: Months) -> pd.DataFrame:
    """Clues by village and month: what came in, what was checked, what is open and what is overdue at the month end.

    Columns: village_code, month, received, checked, open, overdue (条). A clue is overdue from the day after it was
    due.
    """
    number = months.number
    received, checked = number(clue.c.received_on), number(clue.c.checked_on)
    late = func.greatest(number(clue.c.due_on + literal(1, Integer)), received)
    spells = {
        "received": (received, received + 1, months.contains(clue.c.received_on)),
        "checked": (checked, checked + 1, months.contains(clue.c.checked_on)),
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
    return stocks(read_frame(snapshot.connection, union_all(*counts)), months=months, values=list(spells))


def read_measures_monthly(snapshot: Snapshot, *, scope: Scope, months: Months) -> pd.DataFrame:
    """Open cases past the limit for their first measure; one row per village and month.

    Columns: village_code, month, due (户: open cases past the limit), in_time (户: first measure before the limit),
    overdue (户: none yet).
    """
    cases = dated_cases(on=months.cut_off)
    first, end, helped = (months.number(cases.c[name]) for name in ("deadline", "end", "helped"))
    in_time = cases.c.helped < cases.c.deadline
    spells = {"due": (first, end), "in_time": (first, end), "overdue": (first, func.least(end, helped))}
    counts = [
        count_spells(
            select(household.c.village_code, start.label("first_month"), stop.label("end_month"))
            .join_from(cases, household, household.c.household_id == cases.c.household_id)
            .where(scope.rows(household.c.village_code), in_time if counted == "in_time" else true()),
            values=list(spells),
            counted=counted,
        )
        for counted, (start, stop) in spells.items()
    ]
    return stocks(read_frame(snapshot.connection, union_all(*counts)), months=months, values=list(spells))


def dated_cases(*, on: date) -> Subquery:
    """Identified cases with the days that matter for help; one row per case.

    Columns: household_id, case_id, identified_on, deadline (for the first measure), helped (first measure started,
    NULL if none), end (the day it leaves the open state).
    """
    first_measures = (
        select(measure.c.household_id, measure.c.case_id, func.min(measure.c.started_on).label("helped"))
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


def months_later(day: ColumnElement[date], months: int) -> ColumnElement[date]:
    """SQL: the same day some calendar months later (the last day of a shorter month), on DuckDB and PostgreSQL
    alike."""
    return cast(day + cast(literal(f"{months} months", String), Interval), Date)
