"""Undoes the last load: what it changed is restored, what it added is removed. The undo is a load of its own, so that
everything that watches the version notices, and no load disappears from the history. What reports from the field put
into the data since is taken out first: it is put there again."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, delete, exists, func, insert, select
from sqlalchemy.schema import CreateTable

from data_access.clock import moment_now
from data_access.database.coverage import POST, UNDO
from data_access.load import posted, provenance
from data_access.load.errors import LoadError
from data_access.load.filled import forget_filled
from data_access.load.merge import BEFORE
from data_access.schema.contract import present_tables
from data_access.schema.tables import data_load, metadata

LAST = Table(
    "before_load",
    MetaData(),
    Column("first_load_id", Integer),
    Column("last_load_id", Integer),
    Column("source", String),
)
"""The load that the journal belongs to; empty after an undo."""

UNDO_SOURCE = "undo: {source}"


@dataclass(frozen=True)
class LastLoad:
    """The load that can be undone."""

    source: str
    first_load_id: int
    last_load_id: int


def clear_journal(connection: Connection) -> None:
    """Forget what the previous load changed: only the last one can be undone."""
    there = present_tables(connection)
    for table in (*BEFORE.values(), LAST):
        if table.name in there:
            connection.execute(delete(table))


def remember_load(connection: Connection, *, first: int, last: int, source: str) -> None:
    """Record which load the journal belongs to."""
    connection.execute(CreateTable(LAST, if_not_exists=True))
    connection.execute(insert(LAST).values(first_load_id=first, last_load_id=last, source=source))


def last_load(connection: Connection) -> LastLoad | None:
    """The load that can be undone; None if there is none, or another was since."""
    row = connection.execute(select(LAST)).first()
    files = select(func.max(data_load.c.load_id)).where(data_load.c.kind.is_distinct_from(POST))
    newest = connection.execute(files).scalar()
    if row is None or row.last_load_id != newest:
        return None
    return LastLoad(source=row.source, first_load_id=row.first_load_id, last_load_id=row.last_load_id)


def undo_last(connection: Connection) -> LastLoad:
    """Restore everything to the state before the last load. Raises LoadError if there is none."""
    connection.execute(CreateTable(LAST, if_not_exists=True))
    last = last_load(connection)
    if last is None:
        raise LoadError("nothing_to_undo")
    posted.take_out(connection, after=last.last_load_id)
    provenance.take_back(connection, load_id=_next_id(connection), undone=last.first_load_id)
    there = present_tables(connection)
    for name, before in BEFORE.items():
        if before.name not in there:
            continue
        target = metadata.tables[name]
        keys = [before.c[column.name] == column for column in target.primary_key.columns]
        connection.execute(delete(target).where(exists().where(*keys)))
        kept = select(*(before.c[column.name] for column in target.c)).where(before.c.was_there)
        connection.execute(insert(target).from_select([column.name for column in target.c], kept))
    forget_filled(connection, load_id=last.first_load_id)
    taken_back = connection.execute(select(data_load).where(data_load.c.load_id == last.first_load_id)).one()
    clear_journal(connection)
    add_load(
        connection,
        source=UNDO_SOURCE.format(source=last.source),
        tables={"": 0},
        sha256=None,
        cut_off=_cut_off_before(connection, last) or taken_back.cut_off,
        sample=taken_back.is_sample,
        kind=UNDO,
    )
    return last


def _cut_off_before(connection: Connection, last: LastLoad) -> date | None:
    earlier = select(func.max(data_load.c.load_id)).where(data_load.c.load_id < last.first_load_id).scalar_subquery()
    return connection.execute(select(data_load.c.cut_off).where(data_load.c.load_id == earlier)).scalar()


def add_load(
    connection: Connection,
    *,
    source: str,
    tables: dict[str, int],
    sha256: str | None,
    cut_off: date,
    sample: bool,
    kind: str,
    as_of: date | None = None,
) -> tuple[int, int]:
    """Record a load, one row per table with its number of rows; returns the first and the last number.

    `kind`: the kind of file, UNDO or POST; `as_of`: the day that the file speaks of.
    """
    first = _next_id(connection)
    rows = [
        {
            "load_id": first + at,
            "source": source,
            "table_name": name or None,
            "rows": count,
            "sha256": sha256,
            "cut_off": cut_off,
            "is_sample": sample,
            "loaded_at": moment_now(),
            "kind": kind,
            "as_of": as_of,
        }
        for at, (name, count) in enumerate(tables.items())
    ]
    connection.execute(insert(data_load), rows)
    return first, first + len(rows) - 1


def _next_id(connection: Connection) -> int:
    return (connection.execute(select(func.max(data_load.c.load_id))).scalar() or 0) + 1
