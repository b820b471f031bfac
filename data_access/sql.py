"""SQL expressions that any subject may need; they know no table, and mean the same on DuckDB and PostgreSQL."""

from datetime import date

from sqlalchemy import ColumnElement, Date, Integer, Interval, String, case, cast, extract, func, literal


def flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """SQL: 1 if a condition holds, 0 if it does not or is unknown."""
    return case((condition, 1), else_=0)


def month_of(day: ColumnElement[date]) -> ColumnElement[int]:
    """SQL: the month of a day as months since the year 0, as `clock.month_number` counts them."""
    return cast(extract("year", day), Integer) * 12 + cast(extract("month", day), Integer) - 1


def month_text_of(day: ColumnElement[date]) -> ColumnElement[str]:
    """SQL: the month of a day as text, such as 2022-09, as `clock.month_text` writes it."""
    year, month = (cast(cast(extract(part, day), Integer), String) for part in ("year", "month"))
    return year.concat("-").concat(func.lpad(month, 2, "0"))


def months_later(day: ColumnElement[date], months: int) -> ColumnElement[date]:
    """SQL: the same day some calendar months later, or earlier if negative (the last day of a shorter month)."""
    return cast(day + cast(literal(f"{months} months", String), Interval), Date)
