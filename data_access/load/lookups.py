"""Temporary tables of a load, and how they are looked up row by row."""

from functools import lru_cache
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table
from sqlalchemy.schema import DDL
from sqlalchemy.types import TypeEngine


@lru_cache(maxsize=200)
def temporary_table(name: str, *columns: tuple[str, TypeEngine[Any] | type[TypeEngine[Any]]]) -> Table:
    """A temporary table with columns of these names and types; the same one for every load, so that statements about it
    are put into words once."""
    return Table(name, MetaData(), *(Column(each, kind) for each, kind in columns), prefixes=["TEMPORARY"])


def make_findable(connection: Connection, table: Table, *columns: Column) -> None:
    """Let a server find the rows of a filled temporary table by each of some columns, and count them; an embedded
    database needs neither. Nobody but the load sees the table: a server that knows nothing of it reads it whole for
    every row that asks."""
    if connection.dialect.name != "postgresql":
        return
    quote = connection.dialect.identifier_preparer
    name = quote.format_table(table)
    for column in columns:
        connection.execute(DDL(f"CREATE INDEX ON {name} ({quote.format_column(column)})"))  # type: ignore[no-untyped-call]
    connection.execute(DDL(f"ANALYZE {name}"))  # type: ignore[no-untyped-call]
