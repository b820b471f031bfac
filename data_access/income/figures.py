"""Incomes of many households: what they are made of, how they are distributed, and which year they belong to."""

from collections.abc import Sequence
from datetime import date
from functools import partial

import pandas as pd
from sqlalchemy import BigInteger, ColumnElement, Double, Integer, Select, case, cast, func, literal, select
from sqlalchemy.sql import Subquery

from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.income.incomes import PARTS, judged_incomes
from data_access.region_codes import cut_in_sql
from data_access.schema.tables import income_record
from data_access.scope import Scope
from data_access.sql import computed_once, month_began

SUB_ITEMS = (
    "wage_public_post",
    "business_crops",
    "business_livestock",
    "property_dividend",
    "transfer_relief",
    "transfer_pension",
)

_SUMS = ("households", "known", "persons", "net", *PARTS, "now_net", "now_persons", "last_net", "last_persons")


def read_periods(snapshot: Snapshot, *, scope: Scope, basis: str, on: date) -> pd.DataFrame:
    """The years that the known incomes belong to; one row per year and line.

    Columns: period_end (date), months (of the year, 12 for a whole one), line (yuan per person, NA if none applies),
    households (户).
    """
    own = judged_incomes(snapshot, scope=scope, basis=basis, on=on).c
    key = (own.period_end, own.months, own.line)
    query = (
        select(*key, func.count().label("households"))
        .where(own.known == 1, own.period_end.is_not(None))
        .group_by(*key)
        .order_by(own.period_end)
    )
    rows = read_frame(snapshot.connection, query).astype({"line": "Int64"})
    return rows.assign(period_end=pd.to_datetime(rows["period_end"]).dt.date)


def read_incomes(snapshot: Snapshot, *, scope: Scope, basis: str, on: date, level: str) -> pd.DataFrame:
    """Incomes by place; one row per place that has households.

    Args:
        level: the level of the places: county, township or village.

    Columns: place; households, known (户); persons of the known households (人); net and the five PARTS (yuan, of the
    known households); now_net, now_persons, last_net, last_persons (of the households known in both years); median
    (yuan per head, over the known households; NaN if there are none).
    """
    rows = _placed(snapshot, scope=scope, basis=basis, on=on, level=level)
    per_head = case((rows.c.known == 1, cast(rows.c.net, Double) / func.nullif(rows.c.persons, 0)))
    query = (
        select(
            rows.c.place,
            *(cast(func.sum(rows.c[name]), BigInteger).label(name) for name in _SUMS),
            func.percentile_cont(0.5).within_group(per_head).label("median"),
        )
        .group_by(rows.c.place)
        .order_by(rows.c.place)
    )
    return read_frame(snapshot.connection, query).astype({"median": "float64"})


def read_sub_items(snapshot: Snapshot, *, scope: Scope, basis: str, on: date, level: str) -> pd.DataFrame:
    """The incomes by sub-item, from the records of the year that each income belongs to; one row per place.

    Columns: place, SUB_ITEMS (yuan, of the households whose income is known).
    """
    make = partial(_sub_items_of_villages, snapshot, basis=basis, on=on)
    kept = snapshot.kept_rows("sub_items", basis, on, scope=scope, make=make, server_only=True)
    villages = make(scope).subquery("sub_items") if kept is None else kept
    place = cut_in_sql(villages.c.village_code, level=level).label("place")
    placed = select(place, *villages.c[SUB_ITEMS]).subquery("placed")
    query = (
        select(placed.c.place, *(cast(func.sum(placed.c[name]), BigInteger).label(name) for name in SUB_ITEMS))
        .group_by(placed.c.place)
        .order_by(placed.c.place)
    )
    return read_frame(snapshot.connection, query)


def _sub_items_of_villages(snapshot: Snapshot, scope: Scope, *, basis: str, on: date) -> Select:
    """The incomes by sub-item; one row per village with a household whose income is known."""
    own, record = judged_incomes(snapshot, scope=scope, basis=basis, on=on).c, income_record
    # Days, each worked out once for a household: not a month for each of millions of records.
    rows = computed_once(
        select(
            *own["village_code", "household_id"],
            month_began(own.period_end, months_before=own.months - 1).label("began"),
            month_began(own.period_end, months_before=literal(-1, Integer)).label("ended"),
        ).where(own.known == 1),
        name="years",
    )
    return (
        select(rows.c.village_code, *(cast(func.sum(record.c[name]), BigInteger).label(name) for name in SUB_ITEMS))
        .join_from(rows, record, record.c.household_id == rows.c.household_id)
        .where(record.c.period_end >= rows.c.began, record.c.period_end < rows.c.ended)
        .group_by(rows.c.village_code)
    )


def read_histogram(snapshot: Snapshot, *, scope: Scope, basis: str, on: date, limits: Sequence[int]) -> pd.DataFrame:
    """Households by net income per head; one row per class that has any.

    Args:
        limits: the upper limits of the classes, in yuan, ascending; the last class has none.

    Columns: below (the upper limit, NA for the last class), households (户, of those known).
    """
    own = judged_incomes(snapshot, scope=scope, basis=basis, on=on).c
    below: ColumnElement[int] = case(
        *((own.net < own.persons * limit, literal(limit, Integer)) for limit in limits), else_=None
    )
    classed = select(below.label("below")).where(own.known == 1).subquery("classed")
    query = select(classed.c.below, func.count().label("households")).group_by(classed.c.below)
    rows = read_frame(snapshot.connection, query.order_by(classed.c.below.asc().nulls_last()))
    return rows.astype({"below": "Int64"})


def _placed(snapshot: Snapshot, *, scope: Scope, basis: str, on: date, level: str) -> Subquery:
    judged = judged_incomes(snapshot, scope=scope, basis=basis, on=on)
    place = cut_in_sql(judged.c.village_code, level=level).label("place")
    return select(place, *judged.c).subquery("placed")
