"""The household database as it was known when editions were frozen: what was told later is not in it yet."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date

from sqlalchemy import ColumnElement, Connection, CreateTableAs, FromClause, Select, case, literal, null, select, tuple_
from sqlalchemy import or_ as any_of
from sqlalchemy.schema import DropTable

from data_access.schema.tables import monitoring_case
from sample_data.demonstration.story import Late

_WHOLE = "cases_told_by_now"
_OPEN_AGAIN = {"eliminated_on": null(), "elimination_way": null(), "outcome": literal("open")}
"""What a case without its elimination says."""


@contextmanager
def known_then(connection: Connection, *, late: Mapping[date, Late]) -> Iterator[None]:
    """Within it the connection to an embedded database reads its cases as they were known: without those identified
    last before some days, and with the last eliminations before them still open. The database itself stays as it is."""
    whole = CreateTableAs(select(monitoring_case), _WHOLE, temporary=True)
    connection.execute(whole)
    # A temporary table stands before the one of the database that has the same name.
    then = CreateTableAs(_told(whole.table, late=late), monitoring_case.name, temporary=True)
    connection.execute(then)
    try:
        yield
    finally:
        connection.execute(DropTable(then.table))
        connection.execute(DropTable(whole.table))


def _told(cases: FromClause, *, late: Mapping[date, Late]) -> Select:
    untold = [_newest(cases, cases.c.identified_on, on=day, limit=own.cases) for day, own in late.items()]
    going_on = [_newest(cases, cases.c.eliminated_on, on=day, limit=own.eliminations) for day, own in late.items()]
    columns = [
        case((any_of(*going_on), _OPEN_AGAIN[column.name]), else_=column).label(column.name)
        if column.name in _OPEN_AGAIN
        else column
        for column in cases.c
    ]
    return select(*columns).where(~any_of(*untold))


def _newest(cases: FromClause, day: ColumnElement[date], *, on: date, limit: int) -> ColumnElement[bool]:
    """Whether a case is one of the last for which something happened up to a day."""
    key = cases.c["household_id", "case_id"]
    last = select(*key).where(day <= on).order_by(day.desc(), *key).limit(limit)
    return tuple_(*key).in_(last)
