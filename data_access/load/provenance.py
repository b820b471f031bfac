"""When was it known? For intervals of indicators and for cases: which load brought each row, and what every row said
before a load or its undo replaced it.

These tables grow and are never cleared. They lie beside the contract, as the journal of an undo does: a database of
before has none until its next load, and says nothing about loads of before.
"""

from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    MetaData,
    Select,
    Table,
    and_,
    delete,
    exists,
    insert,
    literal,
    select,
)
from sqlalchemy.schema import CreateTable

from data_access.load.merge import BEFORE
from data_access.schema.tables import household_indicator, metadata, monitoring_case

_KEPT = (household_indicator.name, monitoring_case.name)
_KEYS = {key.name for name in _KEPT for key in metadata.tables[name].primary_key.columns}
_beside = MetaData()

BROUGHT: dict[str, Table] = {
    name: Table(
        f"brought_{name}",
        _beside,
        *(Column(key.name, key.type) for key in metadata.tables[name].primary_key.columns),
        Column("load_id", Integer, nullable=False),
    )
    for name in _KEPT
}
"""The key of every row that a load brought or changed, and the first number of the load: not of one that only ended
it."""

REPLACED: dict[str, Table] = {
    name: Table(
        f"replaced_{name}",
        _beside,
        *(Column(column.name, column.type) for column in metadata.tables[name].c),
        Column("brought_by", Integer),
        Column("replaced_by", Integer, nullable=False),
    )
    for name in _KEPT
}
"""Rows as they were: what the load `brought_by` said (NULL: one of before this was recorded), known until the load
`replaced_by`."""


def record(connection: Connection, *, load_id: int, tables: Collection[str]) -> None:
    """Record what a load replaced and what it brought; the journal still holds what it changed.

    Args:
        tables: those in which it changed anything.
    """
    for name, target in _tables(connection, [name for name in _KEPT if name in tables]):
        before, brought = BEFORE[name], BROUGHT[name]
        _keep(connection, name, select(*before.c[_names(target)]).where(before.c.was_there), replaced_by=load_id)
        touched = select(*_key(target)).join_from(before, target, _same(before, target))
        if target is household_indicator:
            # An interval that ended because the next one began still says what it said.
            ended = and_(before.c.was_there, before.c.valid_to.is_distinct_from(target.c.valid_to))
            touched = touched.where(~ended)
        rows = touched.subquery("touched")
        connection.execute(delete(brought).where(exists().where(_same(rows, brought))))
        names = [column.name for column in brought.c]
        new = select(*rows.c, literal(load_id, Integer))
        connection.execute(insert(brought).from_select(names, new))


def take_back(connection: Connection, *, load_id: int, undone: int) -> None:
    """Record what an undo replaces, and that what it restores is of the loads that once brought it; the journal still
    holds what the load changed, and the rows are as that load left them.

    Args:
        load_id: the number of the undo.
        undone: the first number of the load that is undone.
    """
    for name, target in _tables(connection, _KEPT):
        before, brought, replaced = BEFORE[name], BROUGHT[name], REPLACED[name]
        now = select(*target.c[_names(target)]).join_from(target, before, _same(before, target))
        _keep(connection, name, now, replaced_by=load_id)
        connection.execute(delete(brought).where(exists().where(_same(before, brought))))
        names = [column.name for column in brought.c]
        restored = select(*replaced.c[(*names[:-1], "brought_by")]).where(
            replaced.c.replaced_by == undone, replaced.c.brought_by.is_not(None)
        )
        connection.execute(insert(brought).from_select(names, restored))


def _tables(connection: Connection, names: Iterable[str]) -> Iterator[tuple[str, Table]]:
    for name in names:
        for table in (BROUGHT[name], REPLACED[name], BEFORE[name]):
            connection.execute(CreateTable(table, if_not_exists=True))
        yield name, metadata.tables[name]


def _keep(connection: Connection, name: str, rows: Select, *, replaced_by: int) -> None:
    """Keep rows of a table as they are, with the load that brought them."""
    said, brought, replaced = rows.subquery("said"), BROUGHT[name], REPLACED[name]
    query = select(*said.c, brought.c.load_id, literal(replaced_by, Integer)).outerjoin_from(
        said, brought, _same(said, brought)
    )
    connection.execute(insert(replaced).from_select([*said.c.keys(), "brought_by", "replaced_by"], query))


def _names(target: Table) -> tuple[str, ...]:
    return tuple(column.name for column in target.c)


def _key(target: Table) -> list[Column]:
    return list(target.primary_key.columns)


def _same(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    """Whether rows of both have the key of their table: every column of `brought_…` but the load."""
    names = [column.name for column in one.c if column.name in _KEYS and column.name in other.c]
    return and_(*(one.c[name] == other.c[name] for name in names))
