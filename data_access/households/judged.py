"""What rules judge: the indicators of households, and beside them which sources of events do not name the household.

A department lists those to whom something happened. Whom its files do not name had no such event, as far as they speak;
of whom they name nothing is known until it is collected. This is worked out here and written nowhere.
"""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, Date, FromClause, Select, and_, case, func, literal, or_, select, union
from sqlalchemy.sql import Subquery

from data_access.households.intervals import Homes, intervals_in_force
from data_access.households.population import households_on
from data_access.risk.rulebook import RuleBook
from data_access.risk.sources import UNNAMED, DataSource
from data_access.schema.tables import clue, household_indicator
from data_access.scope import Scope


def judged_on(on: date, *, scope: Scope, rulebook: RuleBook, of: Homes = None) -> Subquery:
    """Households on the register on a day as rules judge them: the columns of `households_on`, and `unnamed_<source>`
    for each source whose events speak of the day; one row per household. Of whom nothing was collected, it is not said
    that they are not named.

    Args:
        of: only these households, as in `in_force_on`.
    """
    homes, sources = households_on(on, scope=scope, of=of), rulebook.event_sources(on=on)
    if not sources:
        return select(homes).subquery("judged")
    first = _first_named(sources)
    joined = homes.outerjoin(first, first.c.household_id == homes.c.household_id)
    unnamed = _unnamed(sources, first=first, on=literal(on, Date))
    known = homes.c.valid_from.is_not(None)
    return (
        select(*homes.c, *(and_(known, condition).label(name) for name, condition in unnamed.items()))
        .select_from(joined)
        .subquery("judged")
    )


def judged_spells(*, rulebook: RuleBook, on: date, of: Homes = None) -> Subquery:
    """Every interval of indicators as the rules of a day judge it, for as long as they do not change: split where a
    source first names the household.

    Columns: those of `household_indicator`; spell_from and spell_to (not included; NEVER_ENDS: still);
    `unnamed_<source>` as in `judged_on`.

    Args:
        of: only those of these households, as in `in_force_on`.
    """
    held, sources = intervals_in_force(of=of), rulebook.event_sources(on=on)
    columns = [held.c[column.name] for column in household_indicator.c]
    if not sources:
        whole = (held.c.start.label("spell_from"), held.c.end.label("spell_to"))
        return select(*columns, *whole).subquery("judged_spells")
    first, spans = _first_named(sources), _spans(sources, held=held)
    inside = and_(
        spans.c.household_id == held.c.household_id, spans.c.starts >= held.c.start, spans.c.starts < held.c.end
    )
    unnamed = _unnamed(sources, first=first, on=spans.c.starts)
    return (
        select(
            *columns,
            spans.c.starts.label("spell_from"),
            func.least(func.coalesce(spans.c.ends, held.c.end), held.c.end).label("spell_to"),
            *(condition.label(name) for name, condition in unnamed.items()),
        )
        .join_from(held, spans, inside)
        .outerjoin(first, first.c.household_id == held.c.household_id)
        .subquery("judged_spells")
    )


def _names(source: DataSource) -> ColumnElement[bool]:
    if source.events is None:
        raise TypeError(f"{source.key} has no events; RuleBook.event_sources names those that have")
    return and_(clue.c.department == source.events.department, clue.c.kind.in_(source.events.kinds))


def _first_named(sources: Iterable[DataSource]) -> Subquery:
    """The day on which each source first named a household; one row per household that is named at all."""
    named = {source.key: _names(source) for source in sources}
    return (
        select(
            clue.c.household_id,
            *(func.min(case((condition, clue.c.received_on))).label(key) for key, condition in named.items()),
        )
        .where(or_(*named.values()))
        .group_by(clue.c.household_id)
        .subquery("first_named")
    )


def _unnamed(
    sources: Iterable[DataSource], *, first: Subquery, on: ColumnElement[date]
) -> dict[str, ColumnElement[bool]]:
    return {
        f"{UNNAMED}{source.key}": or_(first.c[source.key].is_(None), first.c[source.key] > on) for source in sources
    }


def _spans(sources: Iterable[DataSource], *, held: FromClause) -> Subquery:
    """The days from which something about a household may differ: an interval begins or a source first names it; one
    row per household and such day, with the next one."""
    sources = tuple(sources)
    first = _first_named(sources)
    days: list[Select] = [select(held.c.household_id, held.c.start.label("day"))]
    days += [
        select(first.c.household_id, first.c[source.key]).where(first.c[source.key].is_not(None)) for source in sources
    ]
    cuts = union(*days).subquery("cuts")
    following = func.lead(cuts.c.day).over(partition_by=cuts.c.household_id, order_by=cuts.c.day)
    return select(cuts.c.household_id, cuts.c.day.label("starts"), following.label("ends")).subquery("spans")
