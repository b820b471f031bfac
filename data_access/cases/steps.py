"""The steps of a case, from the discovery of a risk to its elimination: which cases are waiting for which step, who has
to take it, by when, and which are late.

A case waits for the step after the last one it has taken; rejected, ended and eliminated cases wait for none. Help
counts from the first measure that began, as in the metric `measures_overdue`, so that both give the same number; the
column `helped_on` of a case is entered separately and may differ.
"""

from datetime import date
from itertools import pairwise

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Select,
    String,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    null,
    select,
)
from sqlalchemy.sql import Subquery

from data_access.cases.deadlines import dated_cases, open_times
from data_access.cases.procedure import FIRST_MEASURE, MONTHS, Step, kept_steps, load_steps
from data_access.cases.spells import open_end
from data_access.clock import NEVER_ENDS
from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.database.listing import Listing
from data_access.schema.limits import limit, limit_if_any
from data_access.schema.tables import household, monitoring_case
from data_access.scope import Scope
from data_access.sql import flag

_IDENTIFIED = "identified"


def read_steps(snapshot: Snapshot, *, scope: Scope, on: date) -> pd.DataFrame:
    """The cases waiting on a day; one row per step that any case is waiting for.

    Columns: step, households (户), overdue (户), median_days and longest_days (whole days since the step before).
    """
    waiting = step_entries(snapshot, scope, on).subquery("waiting")
    query = select(
        waiting.c.step,
        func.sum(waiting.c.households).label("households"),
        func.sum(waiting.c.overdue).label("overdue"),
        func.percentile_disc(0.5).within_group(waiting.c.days).label("median_days"),
        func.max(waiting.c.days).label("longest_days"),
    ).group_by(waiting.c.step)
    numbers = ("households", "overdue", "median_days", "longest_days")
    return read_frame(snapshot.connection, query).astype(dict.fromkeys(numbers, "int64"))


def step_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per household with a case that is waiting for a step on a day; values households (1), overdue (1 if the
    day by which the step was due has passed). Of several such cases the one identified last is taken, or discovered
    last if none is identified.
    """
    steps = kept_steps(load_steps(on=on).steps, keeps=snapshot.keeps)
    taken = _taken_steps(snapshot, scope, steps, on)
    later_first = list(reversed(list(pairwise(steps))))
    newest = func.row_number().over(
        partition_by=taken.c.household_id,
        order_by=(
            flag(taken.c[_IDENTIFIED] <= on).desc(),
            *(taken.c[key].desc().nulls_last() for key in (_IDENTIFIED, steps[0].key)),
            taken.c.case_id.desc(),
        ),
    )
    waiting = (
        select(
            taken,
            newest.label("place"),
            case(*((taken.c[last.key] <= on, following.key) for last, following in later_first)).label("step"),
            case(*((taken.c[last.key] <= on, taken.c[last.key]) for last, _ in later_first)).label("since"),
        )
        .where(taken.c.discovered <= on, taken.c.left_on > on)
        .subquery("waiting_cases")
    )
    due_on = case(*((waiting.c.step == step.key, _due_on(step, waiting, on)) for step in steps))
    return (
        select(
            household.c.village_code,
            *waiting.c["household_id", "case_id", "category", "cause", "helped_first", "step", "since"],
            case(*((waiting.c.step == step.key, literal(step.acts, String)) for step in steps)).label("acts"),
            waiting.c.discovered.label("discovered_on"),
            (literal(on, Date) - waiting.c.since).label("days"),
            due_on.label("step_due_on"),
            literal(1, Integer).label("households"),
            flag(func.coalesce(due_on < on, false())).label("overdue"),
        )
        .join_from(waiting, household, household.c.household_id == waiting.c.household_id)
        .where(waiting.c.place == 1, scope.rows(household.c.village_code))
    )


def _due_on(step: Step, waiting: Subquery, on: date) -> ColumnElement[date]:
    """The last day on which a step is in time: NULL where nothing is laid down."""
    if step.limit == MONTHS:
        return waiting.c.deadline - literal(1, Integer)  # late from the day on which the months are complete
    days = None if step.limit is None else limit_if_any(step.limit, on=on)
    if days is None:
        return cast(null(), Date)
    whole = waiting.c.discovered + literal(days, Integer)
    own = None if step.within is None else limit_if_any(step.within, on=on)
    return whole if own is None else func.least(whole, waiting.c.since + literal(own, Integer))


def _taken_steps(snapshot: Snapshot, scope: Scope, steps: tuple[Step, ...], on: date) -> Subquery:
    """The day every case took each step; one row per case. A step that the field reports of a day after the cut-off
    counts on it.

    Columns: household_id, case_id, category, cause, helped_first (True, False), one per step (its key), deadline (for
    the first measure), left_on (the day it was eliminated, ended or rejected; far in the future if none of these).
    """
    identified = dated_cases(open_times(snapshot, scope=scope), on=on)
    columns = {
        step.key: snapshot.counted_on(
            _help_began(identified) if step.date == FIRST_MEASURE else monitoring_case.c[step.date]
        )
        for step in steps
    }
    rejected = func.coalesce(snapshot.counted_on(monitoring_case.c.rejected_on), literal(NEVER_ENDS, Date))
    return (
        select(
            *monitoring_case.c["household_id", "case_id", "category"],
            monitoring_case.c.cause_1.label("cause"),
            case((monitoring_case.c.helped_first, "True"), (~monitoring_case.c.helped_first, "False")).label(
                "helped_first"
            ),
            *(day.label(key) for key, day in columns.items()),
            identified.c.deadline,
            func.least(open_end(), rejected).label("left_on"),
        )
        .outerjoin_from(
            monitoring_case,
            identified,
            and_(
                identified.c.household_id == monitoring_case.c.household_id,
                identified.c.case_id == monitoring_case.c.case_id,
            ),
        )
        .subquery("taken_steps")
    )


def _help_began(identified: Subquery) -> ColumnElement[date]:
    """Help may come before the procedure is over (先行救助); the step is taken when both have happened. Of help that
    began on an unknown day only the procedure is dated."""
    helped, procedure = identified.c.helped, identified.c.identified_on
    return case((identified.c.undated, procedure), (helped.is_not(None), func.greatest(helped, procedure)))


def own_case(waiting: FromClause) -> ColumnElement[bool]:
    """Joins the case of each row, whose household and number it has, for what else is known of it."""
    own = monitoring_case.c
    return and_(own.household_id == waiting.c.household_id, own.case_id == waiting.c.case_id)


def _publicity_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per household whose case is being publicised in the village, or is to be; values households (1)."""
    waiting = step_entries(snapshot, scope, on).subquery("waiting")
    own = monitoring_case.c
    begun, days = own.publicised_from, limit("publicity_at_least_days", on=on)
    shown = snapshot.counted_on(begun) <= on
    return (
        select(
            *waiting.c["village_code", "household_id", "category", "households"],
            own.persons,
            case((shown, begun)).label("publicised_from"),
            case((shown, begun + literal(days, Integer))).label("publicised_until"),
        )
        .join_from(waiting, monitoring_case, own_case(waiting))
        .where(waiting.c.step == "publicised")
    )


LISTINGS = {
    "publicity": Listing(
        entries=_publicity_entries,
        order="publicised_from",
        details={
            "category": "monitor_category",
            "persons": "number",
            "publicised_from": "date",
            "publicised_until": "date",
        },
        posted=True,
    ),
    "steps": Listing(
        entries=step_entries,
        order="step_due_on",
        details={
            "step": "case_step",
            "case_id": "text",
            "acts": "step_level",
            "step_due_on": "date",
            "since": "date",
            "days": "number",
            "discovered_on": "date",
            "category": "monitor_category",
            "cause": "cause",
            "helped_first": "boolean",
        },
        thing="case_id",
        facets={
            "step": "case_step",
            "acts": "step_level",
            "category": "monitor_category",
            "cause": "cause",
            "helped_first": "boolean",
        },
    ),
}
