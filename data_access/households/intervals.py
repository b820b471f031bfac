"""Which indicators are in force: on any day one interval of a household, the one that began last.

Intervals of a careful register follow one another. Where two hold on the same day the newer one is read, everywhere;
the validation rules name what is wrong with them.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Date, FromClause, and_, func, literal, or_, select, true, union_all

from data_access.clock import NEVER_ENDS
from data_access.database.engine import Snapshot
from data_access.database.history import one_in_force
from data_access.schema.tables import household, household_indicator
from data_access.scope import Scope

Homes = tuple[str, ...] | BindParameter[Any] | None
"""Some households by number, or those that are named when it is asked; None: all."""

_FAR = literal(NEVER_ENDS, Date)


def in_force_on(on: date, *, of: Homes = None) -> ColumnElement[bool]:
    """SQL: whether an interval of `household_indicator` is the one in force for its household on a day.

    Args:
        of: only those of these households. Named here, and not in the query around it, no others are read: DuckDB
            answers a question about each row for all rows at once.
    """
    own, newer = household_indicator.c, household_indicator.alias("newer_interval")
    replaced = select(newer.c.household_id).where(
        newer.c.household_id == own.household_id,
        newer.c.valid_from > own.valid_from,
        _holds(newer, on),
        is_of(newer, of),
    )
    holds = and_(_holds(household_indicator, on), is_of(household_indicator, of))
    return and_(holds, ~replaced.correlate(household_indicator).exists())


def is_of(rows: FromClause, homes: Homes) -> ColumnElement[bool]:
    """SQL: whether rows are of some households."""
    return true() if homes is None else rows.c.household_id.in_(homes)


def _holds(intervals: FromClause, on: date) -> ColumnElement[bool]:
    kept = intervals.c
    return and_(kept.valid_from <= on, or_(kept.valid_to.is_(None), kept.valid_to > on))


def intervals_in_force(*, of: Homes = None) -> FromClause:
    """All intervals, cut so that one of a household is in force on any day; one row per interval, or several where
    another one interrupts it.

    Columns: those of `household_indicator`, start and end (not included; NEVER_ENDS while it lasts).

    Args:
        of: only those of these households, as in `in_force_on`.
    """
    kept, overlap, own = household_indicator.c, _overlap(of), is_of(household_indicator, of)
    end = func.coalesce(kept.valid_to, _FAR)
    overlapping = (
        select(*kept["household_id", "valid_from"], kept.valid_from.label("start"), end.label("end"))
        .where(overlap, own)
        .subquery("overlapping")
    )
    pieces = one_in_force(overlapping, order=(overlapping.c.valid_from.desc(),)).subquery("interval_pieces")
    whole = select(household_indicator, kept.valid_from.label("start"), end.label("end")).where(~overlap, own)
    cut = select(household_indicator, *pieces.c["start", "end"]).join_from(
        pieces,
        household_indicator,
        and_(kept.household_id == pieces.c.household_id, kept.valid_from == pieces.c.valid_from),
    )
    return union_all(whole, cut).subquery("intervals_in_force")


def read_intervals(
    snapshot: Snapshot, *, scope: Scope, household_ids: tuple[str, ...]
) -> tuple[Mapping[str, Any], ...]:
    """The intervals of the indicators of some households, those of one together and the oldest first; the columns of
    `household_indicator`."""
    query = (
        select(household_indicator)
        .join(household, household.c.household_id == household_indicator.c.household_id)
        .where(household_indicator.c.household_id.in_(household_ids), scope.rows(household.c.village_code))
        .order_by(household_indicator.c.household_id, household_indicator.c.valid_from)
    )
    return tuple(dict(row) for row in snapshot.connection.execute(query).mappings())


def _overlap(of: Homes) -> ColumnElement[bool]:
    """SQL: whether any two intervals of the household of a `household_indicator` row hold on the same day.

    Two rows compared, and no window over all rows: so a server reads only its own of one household.
    """
    earlier, later = household_indicator.alias("earlier_interval"), household_indicator.alias("later_interval")
    return (
        select(earlier.c.household_id)
        .join_from(earlier, later, later.c.household_id == earlier.c.household_id)
        .where(
            earlier.c.household_id == household_indicator.c.household_id,
            later.c.valid_from > earlier.c.valid_from,
            later.c.valid_from < func.coalesce(earlier.c.valid_to, _FAR),
            is_of(earlier, of),
            is_of(later, of),
        )
        .correlate(household_indicator)
        .exists()
    )
