"""Checks a database against the contract in `tables.py` when it is opened: one message names all that is missing."""

from sqlalchemy import Connection, String, column, func, select, table

from data_access.errors import DatabaseError
from data_access.schema.tables import metadata

_columns = table(
    "columns",
    column("table_schema", String),
    column("table_name", String),
    column("column_name", String),
    schema="information_schema",
)


def missing_parts(connection: Connection) -> list[str]:
    """Tables (`member`) and columns (`member.labour`) of the contract that the database lacks, in the contract's
    order."""
    present = present_tables(connection)
    missing = []
    for name, declared in metadata.tables.items():
        if name not in present:
            missing.append(name)
        else:
            missing += [f"{name}.{part.name}" for part in declared.c if part.name not in present[name]]
    return missing


def present_tables(connection: Connection) -> dict[str, set[str]]:
    """The tables and views of the schema in use that may be read: name -> columns."""
    query = select(_columns.c.table_name, _columns.c.column_name).where(
        _columns.c.table_schema == func.current_schema()
    )
    present: dict[str, set[str]] = {}
    for table_name, column_name in connection.execute(query):
        present.setdefault(table_name, set()).add(column_name)
    return present


def check_contract(connection: Connection) -> None:
    """Raises DatabaseError naming every table and column that is missing."""
    missing = missing_parts(connection)
    if missing:
        raise DatabaseError("contract_broken", missing=", ".join(missing))
