"""What departments did on time: clues they sent, needs and measures they are responsible for, in the year so far."""

from datetime import date

import pandas as pd
from sqlalchemy import ColumnElement, Integer, Select, exists, func, literal, or_, select, union_all

from data_access.cases.deadlines import begun_undated
from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.schema.limits import limit
from data_access.schema.tables import clue, household, measure, need
from data_access.scope import Scope
from data_access.sql import flag


def read_department_work(snapshot: Snapshot, *, scope: Scope, on: date) -> pd.DataFrame:
    """What was due from departments from the start of the year to a day; one row per department and item.

    Columns: unit (department), item (`department_clues_in_time`: clues due to be checked, and checked by their due day;
    `department_needs_answered`: needs whose days for an answer are over, and met, or with a measure begun for them,
    within these days; `department_measures_in_time`: measures due to be started, and started by their due day), count
    (on time), base (due), value (count per 100 of base).
    """
    start = on.replace(month=1, day=1)
    clues = (
        _due(
            "department_clues_in_time",
            flag(clue.c.checked_on <= clue.c.due_on),
            department=clue.c.department,
        )
        .join_from(clue, household, household.c.household_id == clue.c.household_id)
        .where(clue.c.due_on.between(start, on), clue.c.department.is_not(None))
    )
    last_day = need.c.raised_on + literal(limit("need_answer_within_days", on=on), Integer)
    begun = exists().where(
        measure.c.household_id == need.c.household_id,
        measure.c.need_id == need.c.need_id,
        measure.c.started_on <= last_day,
    )
    needs = (
        _due("department_needs_answered", flag(or_(need.c.met_on <= last_day, begun)), department=need.c.department)
        .join_from(need, household, household.c.household_id == need.c.household_id)
        .where(need.c.raised_on >= start, last_day <= on, need.c.department.is_not(None))
    )
    measures = (
        _due(
            "department_measures_in_time",
            flag(measure.c.started_on <= measure.c.due_on),
            department=measure.c.department,
        )
        .join_from(measure, household, household.c.household_id == measure.c.household_id)
        .where(
            measure.c.due_on.between(start, on),
            measure.c.department.is_not(None),
            ~begun_undated(kept=snapshot.keeps(measure.c.begun)),
        )
    )
    inside = scope.rows(household.c.village_code)
    rows = union_all(*(one.where(inside) for one in (clues, needs, measures))).subquery("rows")
    key = rows.c["unit", "item"]
    query = (
        select(*key, func.sum(rows.c.in_time).label("count"), func.count().label("base")).group_by(*key).order_by(*key)
    )
    found = read_frame(snapshot.connection, query).astype({"count": "int64", "base": "int64"})
    kept = [item for item in found["item"].unique() if snapshot.collects("departments", item)]
    return found.assign(value=100 * found["count"] / found["base"])[found["item"].isin(kept)]


def _due(item: str, in_time: ColumnElement[int], *, department: ColumnElement[str]) -> Select:
    return select(department.label("unit"), literal(item).label("item"), in_time.label("in_time"))
