"""Temporary tables of a load that are looked up row by row."""

from sqlalchemy import Column, Connection, Table
from sqlalchemy.schema import DDL


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
