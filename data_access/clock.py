"""The time of the place, whatever the clock of the server says, and months as whole numbers, in SQL and in Python."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd
from pydantic import field_validator
from sqlalchemy import ColumnElement, Integer, and_, case, literal, or_

from data_access.declarations import Declared, Words, read_declared, refuse
from data_access.sql import month_of

_FILE = Path(__file__).with_suffix(".yaml")

NEVER_ENDS = date(9999, 12, 31)
"""The end of whatever has not ended yet, where ends are compared."""


class PlaceTime(Declared):
    """The time zone of the place."""

    zone: str
    reference: Words

    @field_validator("zone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise refuse("unknown_time_zone", name=name) from error
        return name


@cache
def load_place_time(file: Path = _FILE) -> PlaceTime:
    """What `clock.yaml` declares. Raises DeclarationError."""
    return read_declared(file, PlaceTime)


def in_place(at: datetime) -> datetime:
    """A moment in the time of the place; without a zone it is in UTC, as the ledger keeps times."""
    return (at.replace(tzinfo=UTC) if at.tzinfo is None else at).astimezone(ZoneInfo(load_place_time().zone))


def column_in_place(times: pd.Series) -> pd.Series:
    """A column of moments in the time of the place, as `in_place`; what is missing stays missing."""
    return pd.to_datetime(times, utc=True).dt.tz_convert(load_place_time().zone)


def start_of(day: date) -> datetime:
    """The moment at which a day begins in the place, in UTC, as the ledger keeps times."""
    return datetime.combine(day, time(), tzinfo=ZoneInfo(load_place_time().zone)).astimezone(UTC)


def end_of_day(at: datetime) -> datetime:
    """The moment, in UTC, at which the day of a moment ends in the place."""
    return start_of(in_place(at).date() + timedelta(days=1))


def local_now() -> datetime:
    """The present time in the place."""
    return in_place(datetime.now(UTC))


def today() -> date:
    """Today's date in the place."""
    return local_now().date()


def moment_now() -> datetime:
    """The present time in the place without a time zone or fractions of a second, as `data_load` stores it."""
    return local_now().replace(tzinfo=None, microsecond=0)


def month_number(day: date) -> int:
    """Months since the year 0: consecutive months are consecutive numbers."""
    return day.year * 12 + day.month - 1


def month_text(number: int) -> str:
    """A month number as text, such as 2022-09."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def month_first_day(number: int) -> date:
    """The first day of a month number."""
    return date(number // 12, number % 12 + 1, 1)


def months_after(day: date, months: int) -> date:
    """The same day some calendar months later; the last day of a shorter month."""
    number = month_number(day) + months
    return date(number // 12, number % 12 + 1, min(day.day, monthrange(number // 12, number % 12 + 1)[1]))


def last_day(month: str) -> date:
    """The last day of a month such as 2022-09."""
    year, number = (int(part) for part in month.split("-"))
    return date(year, number, monthrange(year, number)[1])


@dataclass(frozen=True)
class Months:
    """The months that facts cover, first and last included; the last one is the month of the cut-off."""

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
        """SQL: whether a day is in one of the months, up to the cut-off."""
        return and_(column >= month_first_day(self.first), column <= self.cut_off)
