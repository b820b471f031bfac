"""What was ever delivered to a household database, read once per version: since when a column holds a value in any
household, and which kinds of file were loaded up to which day."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import Column, CompoundSelect, Connection, Select, Table, case, func, literal, select, union_all

from data_access.risk.sources import Coverage, Files
from data_access.schema.collected import events
from data_access.schema.contract import name_of
from data_access.schema.tables import data_load, household_indicator, metadata

CONNECTED = "connected"
"""The kind of a load that read a connected source."""

UNDO = "undo"
"""The kind of a load that takes back the file before it."""

POST = "post"
"""The kind of a load that puts reports from the field into the data: not a file, and no undo takes it for one."""

_OWN = ("household_id", "valid_from", "valid_to", "source")


@dataclass(frozen=True)
class NewestLoad:
    """The newest load of a database: what tells it from another with the same number, of a backup."""

    load_id: int
    source: str
    loaded_at: datetime


def read_newest_load(connection: Connection) -> NewestLoad | None:
    """The newest load; None if nothing was ever loaded."""
    query = select(*data_load.c["load_id", "source", "loaded_at"]).order_by(data_load.c.load_id.desc()).limit(1)
    row = connection.execute(query).first()
    return None if row is None else NewestLoad(*row)


def tables_posted_since(connection: Connection, load: NewestLoad) -> frozenset[str] | None:
    """The tables in which reports changed rows since a load; None if anything else has changed since, or the load is
    not one of this database."""
    own = data_load.c
    rows = connection.execute(
        select(*own["load_id", "source", "loaded_at", "kind", "table_name"]).where(own.load_id >= load.load_id)
    ).all()
    there = any((row.load_id, row.source, row.loaded_at) == (load.load_id, load.source, load.loaded_at) for row in rows)
    later = [row for row in rows if row.load_id > load.load_id]
    if not there or not later or any(row.kind != POST for row in later):
        return None
    return frozenset(row.table_name for row in later if row.table_name)


def read_coverage(connection: Connection, *, records_kinds: bool, not_kept: Collection[str] = ()) -> Coverage:
    """The coverage of a database; it says nothing about households.

    Args:
        records_kinds: whether its loads say which kind of file they were. If not, columns alone tell what is connected.
        not_kept: columns of the contract that it does not have.
    """
    held = connection.execute(_first_values()).mappings().one()
    connected = records_kinds and _is_connected(connection)
    values = _read_values(connection)
    return Coverage(
        columns=tuple((name, day) for name, day in held.items() if day is not None),
        filled=_filled(values.get(household_indicator.name, {})),
        files=_read_files(connection) if records_kinds else (),
        never_filled=_never_filled(values, connected=connected, not_kept=not_kept),
        is_mapped=connected,
        first_load=connection.execute(select(func.min(data_load.c.load_id))).scalar() or 0,
    )


@cache
def _first_values() -> Select:
    """One row: of each indicator the day since when it holds a value in any household."""
    own = household_indicator.c
    indicators = (column for column in own if column.name not in _OWN)
    return select(*(func.min(case((column.is_not(None), own.valid_from))).label(column.name) for column in indicators))


def _is_connected(connection: Connection) -> bool:
    """Whether a source is read into the database: then a table without a row is one that the source does not keep."""
    return (
        connection.execute(select(data_load.c.load_id).where(data_load.c.kind == CONNECTED).limit(1)).first()
        is not None
    )


def _read_values(connection: Connection) -> dict[str, dict[str, int]]:
    """Table with rows -> column that may be missing -> how many rows have a value."""
    return {
        name: dict(connection.execute(_values_of(metadata.tables[name])).mappings().one())
        for name in connection.execute(_tables_with_rows()).scalars().all()
    }


def _never_filled(
    values: Mapping[str, Mapping[str, int]], *, connected: bool, not_kept: Collection[str]
) -> tuple[str, ...]:
    """The columns, of those that may be missing, which the database does not have, or of which no row has a value.

    In a database that people load files into, nothing may have happened yet: a table may be without a row, and a day
    that something happened on without a value.
    """
    found: list[str] = []
    for table in metadata.tables.values():
        for column in _optional(table):
            is_empty = not values.get(table.name, {}).get(column.name)
            tells = connected or (table.name in values and name_of(column) not in events())
            if name_of(column) in not_kept or (is_empty and tells):
                found.append(name_of(column))
    return tuple(found)


def _filled(values: Mapping[str, int]) -> tuple[tuple[str, float], ...]:
    """Indicator -> of how many rows it holds a value (%)."""
    return tuple((name, 100 * count / values["household_id"]) for name, count in values.items() if name not in _OWN)


@cache
def _tables_with_rows() -> CompoundSelect[Any]:
    """One row per table of the contract that has any: its name."""
    any_row = (select(literal(table.name)).select_from(table).limit(1) for table in metadata.tables.values())
    return union_all(*(select(row.subquery().c[0]) for row in any_row))


@cache
def _values_of(table: Table) -> Select:
    """One row: of each column that may be missing how many rows have a value."""
    return select(*(func.count(column).label(column.name) for column in _optional(table))).select_from(table)


def _optional(table: Table) -> list[Column[Any]]:
    return [column for column in table.c if column.nullable or column.primary_key]


def _read_files(connection: Connection) -> tuple[Files, ...]:
    """One entry per kind of file that was loaded and not taken back."""
    load = data_load.c
    query = select(*load["load_id", "kind", "as_of", "sha256", "loaded_at"]).order_by(load.load_id)
    rows = connection.execute(query.where(load.kind.is_distinct_from(POST)))
    standing: list[tuple[int, str | None, date | None]] = []
    for _, tables in groupby(rows, key=lambda row: tuple(row)[1:]):
        file = next(tables)
        if file.kind == UNDO:
            standing = standing[:-1]
        else:
            standing.append((file.load_id, file.kind, file.as_of))
    by_kind: dict[str, list[tuple[int, date]]] = {}
    for load_id, kind, day in standing:
        if kind is not None and day is not None:
            by_kind.setdefault(kind, []).append((load_id, day))
    return tuple(
        Files(kind, first=min(day for _, day in files), newest=max(day for _, day in files), load_id=files[0][0])
        for kind, files in sorted(by_kind.items())
    )
