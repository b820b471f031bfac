"""What a condition of a validation rule returns, and small expressions shared by several conditions."""

from calendar import isleap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func

from data_access.schema.contract import name_of
from data_access.schema.tables import measure

Columns = Mapping[str, ColumnElement]
"""The columns of what is checked, by name."""


@dataclass(frozen=True)
class Check:
    """A condition that is true if something is in doubt; unknown (NULL) does not count as doubt."""

    holds: ColumnElement[bool]
    found: ColumnElement | None = None
    """The number that is in doubt."""
    against: ColumnElement | None = None
    """The number it disagrees with."""
    column: ColumnElement[str] | None = None
    """The name of the column that is in doubt, if the rule looks at several."""


@dataclass(frozen=True)
class Day:
    """The days a check is made for."""

    on: date
    """The day whose register, members, indicators, cases and jobs count."""
    known: date
    """The cut-off: the day of columns without history, and so of the ages they are compared with."""
    missing: frozenset[str] = frozenset()
    """Columns that the database does not keep, as `contract.name_of` names them: there nothing was collected."""

    @property
    def undated_kept(self) -> bool:
        """Whether the database keeps which measures began on an unknown day."""
        return name_of(measure.c.begun) not in self.missing


Condition = Callable[[Columns, Mapping[str, Any], Day], Check]
"""Builds a condition from the columns, the thresholds in force and the days."""


def years_before(day: date, years: int) -> date:
    """The same day some years earlier; a person born on or before it is that old."""
    year = day.year - years
    return date(year, 3, 1) if (day.month, day.day) == (2, 29) and not isleap(year) else day.replace(year=year)


def is_aged(birth_date: ColumnElement[date], *, day: date, low: int, below: int) -> ColumnElement[bool]:
    """SQL: whether a person is at least `low` and not yet `below` years old on a day."""
    return (birth_date <= years_before(day, low)) & (birth_date > years_before(day, below))


def plain_number(number: ColumnElement[str]) -> ColumnElement[str]:
    """SQL: an ID number without blanks and in capitals; NULL if nothing is left of it."""
    return func.nullif(func.upper(func.replace(number, " ", "")), "")
