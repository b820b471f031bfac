"""History from intervals.

A row that holds over days [from, to) is in force at the month ends of the months [month of from, month of to): it adds
at its first month and subtracts at its end. The running sum is the state at every month end, at a cost that grows with
the number of changes and not with the number of months. What happens on a day is a row that holds for that month alone.
The last month ends at the cut-off, so days after the cut-off count as after it.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sqlalchemy import BigInteger, ColumnElement, FromClause, Select, cast, func, literal, select, union

from data_access.clock import Months


def one_in_force(rows: FromClause, *, order: Sequence[ColumnElement]) -> Select:
    """SQL: what is in force of rows that may overlap: on any day one row of a household at most, the first in `order`.

    Args:
        rows: one row per time: household_id, start, end (not included; NEVER_ENDS while it lasts), and what is kept.
        order: columns of `rows`, so that no two are equal.

    Columns: those of `rows`, with start and end cut; a row that another one interrupts gives two.
    """
    edges = union(
        *(select(rows.c.household_id, rows.c[edge].label("day")) for edge in ("start", "end")),
    ).subquery("edges")
    following = func.lead(edges.c.day).over(partition_by=edges.c.household_id, order_by=edges.c.day)
    pieces = select(*edges.c["household_id", "day"], following.label("until")).subquery("pieces")
    place = func.row_number().over(partition_by=(rows.c.household_id, pieces.c.day), order_by=tuple(order))
    kept = [column for column in rows.c if column.name not in ("start", "end")]
    ranked = (
        select(*kept, pieces.c.day.label("start"), pieces.c.until.label("end"), place.label("place"))
        .join_from(pieces, rows, rows.c.household_id == pieces.c.household_id)
        .where(rows.c.start <= pieces.c.day, rows.c.end > pieces.c.day)
        .subquery("ranked")
    )
    return select(*(column for column in ranked.c if column.name != "place")).where(ranked.c.place == 1)


def count_spells(spells: Select, *, values: Sequence[str], counted: str | None, summed: Sequence[str] = ()) -> Select:
    """SQL: groups of equal spells, each with its number of rows.

    Args:
        spells: one row per spell: `first_month` (included), `end_month` (not included), keys, and the columns to sum.
        Empty spells are dropped.
        values: the value columns to return, in order; those neither counted nor summed are 0, so that several selects
        can be stacked.
        counted: the value that is the number of spells.
        summed: the values that are the sum of the column of the same name.
    """
    rows = spells.subquery()
    keys = [column for column in rows.c if column.name not in summed]

    def value(name: str) -> ColumnElement[int]:
        if name == counted:
            return func.count()
        return cast(func.sum(rows.c[name]), BigInteger) if name in summed else literal(0, BigInteger)

    # Grouped by the columns of a subquery: databases do not recognise two equal expressions with bound values as the
    # same.
    return (
        select(*keys, *(value(name).label(name) for name in values))
        .where(rows.c.first_month < rows.c.end_month)
        .group_by(*keys)
    )


def stocks(spells: pd.DataFrame, *, months: Months, values: Sequence[str]) -> pd.DataFrame:
    """The state at every month end from spells.

    Args:
        spells: one row per group of equal spells; `first_month` (included), `end_month` (not included), the `values`;
        all other columns are keys.
        months: the months to report.
        values: whole-number columns to sum.

    Returns one row per key combination and month in which any value is not zero: the keys, `month` (text), the values.
    """
    keys = [column for column in spells.columns if column not in ("first_month", "end_month", *values)]
    groups = spells.groupby(keys, sort=True, dropna=False)
    combinations = groups.size().index.to_frame(index=False)
    group = groups.ngroup().to_numpy()
    span = months.after - months.first
    cube = np.zeros((len(combinations), span + 1, len(values)), dtype=np.int64)
    amounts = spells[list(values)].to_numpy(dtype=np.int64)
    for edge, apply in (("first_month", np.add), ("end_month", np.subtract)):
        number = spells[edge].to_numpy(dtype=np.int64).clip(months.first, months.after)
        apply.at(cube, (group, number - months.first), amounts)
    state = cube.cumsum(axis=1)[:, :span]
    row, month = np.nonzero(state.any(axis=2))
    frame = combinations.iloc[row].reset_index(drop=True)
    frame["month"] = np.array(months.texts, dtype=object)[month] if len(row) else np.array([], dtype=object)
    frame["month"] = frame["month"].astype("str")
    for position, value in enumerate(values):
        frame[value] = state[row, month, position]
    return frame
