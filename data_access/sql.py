"""SQL expressions that any subject may need; they know no table, and mean the same on DuckDB and PostgreSQL."""

from datetime import date

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Interval,
    Select,
    String,
    bindparam,
    case,
    cast,
    func,
    literal,
)
from sqlalchemy.sql import Subquery


def flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """SQL: 1 if a condition holds, 0 if it does not or is unknown."""
    return case((condition, 1), else_=0)


def month_of(day: ColumnElement[date]) -> ColumnElement[int]:
    """SQL: the month of a day as months since the year 0, as `clock.month_number` counts them."""
    return _part("year", day) * 12 + _part("month", day) - 1


def month_text_of(day: ColumnElement[date]) -> ColumnElement[str]:
    """SQL: the month of a day as text, such as 2022-09, as `clock.month_text` writes it."""
    year, month = (cast(_part(part, day), String) for part in ("year", "month"))
    return year.concat("-").concat(func.lpad(month, 2, "0"))


def _part(name: str, day: ColumnElement[date]) -> ColumnElement[int]:
    # Not EXTRACT, which PostgreSQL computes in decimals: it takes twice as long.
    return cast(func.date_part(_written(name), day), Integer)


def _written(text: str) -> ColumnElement[str]:
    """A value that stands in the statement: what is grouped by must be the same expression wherever it stands."""
    return literal(text, String, literal_execute=True)


def month_began(day: ColumnElement[date], *, months_before: ColumnElement[int]) -> ColumnElement[date]:
    """SQL: the first day of the month that lies some months before that of a day, or after it if negative."""
    month = cast(literal("1 month", String), Interval)
    # SQLAlchemy knows no product of an interval; it binds as one, so that a sum of months stands in brackets.
    return cast(func.date_trunc(_written("month"), day) - month.op("*", precedence=8)(months_before), Date)


def months_later(day: ColumnElement[date], months: int) -> ColumnElement[date]:
    """SQL: the same day some calendar months later, or earlier if negative (the last day of a shorter month)."""
    return cast(day + cast(literal(f"{months} months", String), Interval), Date)


def computed_once(query: Select, *, name: str) -> Subquery:
    """SQL: the rows of a query, each of whose columns is computed once however often it is spoken of.

    Otherwise PostgreSQL puts the expression of a column wherever the column stands, and computes it there again: sums
    of sums a dozen times. It leaves alone what begins at a row, even at the first.
    """
    first = bindparam(
        None, 0, Integer, literal_execute=True
    )  # written out: one that is sent later forbids parallel work
    return query.offset(first).subquery(name)
