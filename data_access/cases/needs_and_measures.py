"""需求清单 and 任务清单: what open cases need, and the measures meant to answer it, one by one."""

from datetime import date

import pandas as pd
from sqlalchemy import ColumnElement, Select, String, Table, and_, case, cast, literal, null, or_, select, union_all
from sqlalchemy.sql import Subquery

from data_access.cases.deadlines import begun_undated
from data_access.cases.lists import is_open
from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.database.listing import Listing
from data_access.schema.tables import household, measure, monitoring_case, need
from data_access.scope import Scope
from data_access.sql import flag


def needs_on(snapshot: Snapshot, on: date, *, scope: Scope) -> Subquery:
    """Needs raised up to a day, of cases open on that day; one row per need.

    Columns: village_code, household_id, case_id, cause (the main one), need_id, kind, department, raised_on, term_on,
    met_on (NULL if it is not met by the day).
    """
    return (
        select(
            household.c.village_code,
            *need.c["household_id", "case_id", "need_id", "kind", "department", "raised_on"],
            monitoring_case.c.cause_1.label("cause"),
            need.c.due_on.label("term_on"),
            case((snapshot.counted_on(need.c.met_on) <= on, need.c.met_on)).label("met_on"),
        )
        .join_from(need, monitoring_case, _same_case(need))
        .join(household, household.c.household_id == need.c.household_id)
        .where(is_open(on), _raised(snapshot, on), scope.rows(household.c.village_code))
        .subquery("needs_on")
    )


def tasks_on(snapshot: Snapshot, on: date, *, scope: Scope) -> Subquery:
    """Measures of cases open on a day, except those that answer a need raised later; one row per measure.

    Columns: village_code, household_id, case_id, cause (the main one), measure_id, kind, department, term_on,
    started_on, done_on (NULL if it has not begun, or is not done, by the day), undated (whether it has begun on an
    unknown day).
    """
    answers = and_(need.c.household_id == measure.c.household_id, need.c.need_id == measure.c.need_id)
    return (
        select(
            household.c.village_code,
            *measure.c["household_id", "case_id", "measure_id", "kind", "department"],
            monitoring_case.c.cause_1.label("cause"),
            measure.c.due_on.label("term_on"),
            case((snapshot.counted_on(measure.c.started_on) <= on, measure.c.started_on)).label("started_on"),
            case((snapshot.counted_on(measure.c.done_on) <= on, measure.c.done_on)).label("done_on"),
            begun_undated(kept=snapshot.keeps(measure.c.begun)).label("undated"),
        )
        .join_from(measure, monitoring_case, _same_case(measure))
        .join(household, household.c.household_id == measure.c.household_id)
        .outerjoin(need, answers)
        .where(is_open(on), _raised(snapshot, on), scope.rows(household.c.village_code))
        .subquery("tasks_on")
    )


def read_tasks(snapshot: Snapshot, *, scope: Scope, household_ids: tuple[str, ...], on: date) -> pd.DataFrame:
    """The measures of the open cases of some households on a day, by the day they were to begin; one row per measure.

    Columns: household_id, kind, department (codes), term_on, started_on, done_on.
    """
    tasks = tasks_on(snapshot, on, scope=scope)
    query = select(*tasks.c["household_id", "kind", "department", "term_on", "started_on", "done_on"])
    query = query.where(tasks.c.household_id.in_(household_ids))
    return read_frame(snapshot.connection, query.order_by(tasks.c.term_on, tasks.c.kind, tasks.c.measure_id))


def read_help(snapshot: Snapshot, *, scope: Scope, household_id: str, on: date) -> pd.DataFrame:
    """The measures of a household's open case that are not done on a day, and its needs that are not met; one row each.

    Columns: household_id, village_code, kind, measure_id or need_id (the other is None).
    """
    tasks, needs = tasks_on(snapshot, on, scope=scope), needs_on(snapshot, on, scope=scope)
    nothing = cast(null(), String)
    measures = select(*tasks.c["household_id", "village_code", "kind", "measure_id"], nothing.label("need_id")).where(
        tasks.c.household_id == household_id, tasks.c.done_on.is_(None)
    )
    wanted = select(
        *needs.c["household_id", "village_code", "kind"], nothing.label("measure_id"), needs.c.need_id
    ).where(needs.c.household_id == household_id, needs.c.met_on.is_(None))
    rows = read_frame(snapshot.connection, union_all(measures, wanted)).astype(object)
    return rows.where(rows.notna(), None)


def _same_case(part: Table) -> ColumnElement[bool]:
    return and_(monitoring_case.c.household_id == part.c.household_id, monitoring_case.c.case_id == part.c.case_id)


def _raised(snapshot: Snapshot, on: date) -> ColumnElement[bool]:
    return or_(need.c.raised_on.is_(None), snapshot.counted_on(need.c.raised_on) <= on)


def _need_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per need of an open case; values needs (1), open (not met), overdue (not met although already due)."""
    needs = needs_on(snapshot, on, scope=scope)
    is_met = needs.c.met_on.is_not(None)
    return _with_state(needs, settled=((is_met, "done"),), on=on, name="needs")


def _task_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per measure of an open case; values tasks (1), open (not begun), overdue (not begun although already
    due), running (begun, not done)."""
    tasks = tasks_on(snapshot, on, scope=scope)
    is_done, has_begun = tasks.c.done_on.is_not(None), or_(tasks.c.started_on.is_not(None), tasks.c.undated)
    return _with_state(tasks, settled=((is_done, "done"), (has_begun, "running")), on=on, name="tasks")


def _with_state(rows: Subquery, *, settled: tuple[tuple[ColumnElement[bool], str], ...], on: date, name: str) -> Select:
    """The rows with `help_state` and the values derived from it; `settled`: states in which nothing more is awaited."""
    state = case(
        *settled,
        (rows.c.term_on.is_(None), "no_limit"),
        (rows.c.term_on < on, "overdue"),
        else_="waiting",
    )
    stated = select(rows, state.label("help_state")).subquery("stated")
    values = {
        "open": stated.c.help_state.in_(("overdue", "waiting", "no_limit")),
        "overdue": stated.c.help_state == "overdue",
        "running": stated.c.help_state == "running",
    }
    return select(
        stated,
        literal(1).label(name),
        *(flag(holds).label(value) for value, holds in values.items()),
    )


LISTINGS = {
    "open_needs": Listing(
        entries=_need_entries,
        order="term_on",
        details={
            "kind": "measure_kind",
            "department": "department",
            "help_state": "help_state",
            "cause": "cause",
            "raised_on": "date",
            "term_on": "date",
            "met_on": "date",
            "need_id": "text",
        },
        thing="need_id",
        facets={"kind": "measure_kind", "help_state": "help_state", "cause": "cause"},
    ),
    "open_tasks": Listing(
        entries=_task_entries,
        order="term_on",
        details={
            "kind": "measure_kind",
            "department": "department",
            "help_state": "help_state",
            "cause": "cause",
            "term_on": "date",
            "started_on": "date",
            "done_on": "date",
            "measure_id": "text",
        },
        thing="measure_id",
        facets={"kind": "measure_kind", "help_state": "help_state", "cause": "cause"},
    ),
}
