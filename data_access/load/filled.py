"""Which columns a connected source fills: what is taken out of its mapping is emptied by the next refresh, and what it
never filled is left alone.

The table lies beside the contract, as the journal of an undo does: what was filled before it was kept is not known.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, delete, func, insert, select
from sqlalchemy.schema import CreateTable

from data_access.schema.contract import present_tables

_filled = Table(
    "filled_by_source",
    MetaData(),
    Column("load_id", Integer, nullable=False),
    Column("table_name", String, nullable=False),
    Column("column_name", String, nullable=False),
)
"""One row per column and load after which other columns are filled than before it."""

Filled = dict[str, frozenset[str]]
"""Table -> the columns of it that are filled by a source."""


def read_filled(connection: Connection) -> Filled:
    """The columns that the connected source filled at last; nothing where none was ever connected."""
    if _filled.name not in present_tables(connection):
        return {}
    newest = select(func.max(_filled.c.load_id)).scalar_subquery()
    found: dict[str, set[str]] = {}
    rows = select(*_filled.c["table_name", "column_name"]).where(_filled.c.load_id == newest)
    for table, column in connection.execute(rows):
        found.setdefault(table, set()).add(column)
    return {table: frozenset(columns) for table, columns in found.items()}


def record_filled(connection: Connection, columns: Mapping[str, Collection[str]], *, load_id: int) -> None:
    """Record which columns a load filled, where they are others than before."""
    said = {table: frozenset(names) for table, names in columns.items()}
    if said == read_filled(connection):
        return
    connection.execute(CreateTable(_filled, if_not_exists=True))
    rows = [
        {"load_id": load_id, "table_name": table, "column_name": name}
        for table, names in said.items()
        for name in sorted(names)
    ]
    connection.execute(insert(_filled), rows)


def forget_filled(connection: Connection, *, load_id: int) -> None:
    """Go back to what was filled before a load, which is undone."""
    if _filled.name in present_tables(connection):
        connection.execute(delete(_filled).where(_filled.c.load_id == load_id))
