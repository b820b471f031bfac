"""The days of a case of which a sheet knows the month alone: what is known here says more."""

from datetime import date

from sqlalchemy import ColumnElement, Date, Subquery, and_, case, extract, func, literal

from data_access.sql import month_of


def identified(said: ColumnElement[date], *, known: Subquery, as_of: date) -> ColumnElement[date]:
    """SQL: the day of an identification: the one held, that of the approval here in the month that a sheet says, or
    what it says.

    Args:
        known: the case that is meant, as it is held.
    """
    approved = known.c.approved_on
    by_approval = case((month_of(approved) == month_of(said), func.least(approved, literal(as_of, Date))))
    return func.coalesce(known.c.identified_on, by_approval, said)


def eliminated(
    said: ColumnElement[date], *, known: Subquery, identified_on: ColumnElement[date], as_of: date
) -> ColumnElement[date]:
    """SQL: the day of an elimination: where a sheet says the first of a month, that of the approval here in that month,
    or else not before the identification."""
    approved, is_month = known.c.elimination_approved_on, extract("day", said) == 1
    approved_then = and_(is_month, month_of(approved) == month_of(said))
    begun_then = and_(is_month, month_of(identified_on) == month_of(said))
    return case(
        (approved_then, func.least(approved, literal(as_of, Date))),
        (begun_then, func.greatest(said, identified_on)),
        else_=said,
    )
