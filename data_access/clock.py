"""Months as whole numbers, in SQL and in Python, and history from intervals.

A row that holds over days [from, to) is in force at the month ends of the months [month of from, month of to): it
adds at its first month and subtracts at its end. Summed up, that is the state at every month end, at a cost that
grows with changes and not with months. What happens on a day is a row that holds for that month alone. The last month
ends at the cut-off, so days after the cut-off count as after it.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy import BigInteger, ColumnElement, Integer, Select, and_, case, cast, func, literal, or_, select

from data_access.sql import month_of

NEVER_ENDS = date(9999, 12, 31)
"""Stands for the end of what lasts, where ends are compared."""


def month_number(day: date) -> int:
    """Months since the year 0: consecutive months are consecutive numbers."""
    return day.year * 12 + day.month - 1


def month_text(number: int) -> str:
    """A month number as text, such as 2022-09."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def month_first_day(number: int) -> date:
    """The first day of a month number."""
    return date(number // 12, number % 12 + 1, 1)


def last_day(month: str) -> date:
    """The last day of a month such as 2022-09."""
    year, number = (int(part) for part in month.split("-"))
    return date(year, number, monthrange(year, number)[1])


@dataclass(frozen=True)
class Months:
    """The months that facts cover, first and last included; the last one is that of the cut-off."""

    first: int
    cut_off: date

    @property
    def last(self) -> int:
        """The month of the cut-off."""
        return month_number(self.cut_off)

    @property
    def after(self) -> int:
        """The number that stands for every day after the cut-off, and for "still"."""
        return self.last + 1

    @property
    def texts(self) -> list[str]:
        """The months as texts, oldest first."""
        return [month_text(number) for number in range(self.first, self.after)]

    def number(self, column: ColumnElement[date]) -> ColumnElement[int]:
        """SQL: the month number of a date column, within [first, after]; NULL and days after the cut-off give
        `after`."""
        return case(
            (or_(column.is_(None), column > self.cut_off), literal(self.after, Integer)),
            (column < month_first_day(self.first), literal(self.first, Integer)),
            else_=month_of(column),
        )

    def contains(self, column: ColumnElement[date]) -> ColumnElement[bool]:
        """SQL: whether a day lies in one of the months, up to the cut-off."""
        return and_(column >= month_first_day(self.first), column <= self.cut_off)


def count_spells(spells: Select, *, values: Sequence[str], counted: str | None, summed: Sequence[str] = ()) -> Select:
    """SQL: groups of equal spells, each with its number of rows.

    Args:
        spells: one row per spell: `first_month` (included), `end_month` (not included), keys, and the columns to sum.
        Empty spells are dropped.
        values: the value columns to give, in order; those neither counted nor summed are 0, so that several selects
        can be stacked.
        counted: the value that is the number of spells.
        summed: the values that are sums of the column of the same name.
    """
    rows = spells.subquery()
    keys = [column for column in rows.c if column.name not in summed]

    def value(name: str) -> ColumnElement[int]:
        if name == counted:
            return func.count()
        return cast(func.sum(rows.c[name]), BigInteger) if name in summed else literal(0, BigInteger)

    # Grouped by the columns of a subquery: databases do not take two equal expressions with bound values for the same
    # one.
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
