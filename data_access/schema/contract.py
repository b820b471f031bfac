"""Checks a database against the contract in `tables.py` when it is opened: one message names all that is missing."""

from sqlalchemy import Connection, String, column, func, select, table

from data_access.errors import DatabaseError
from data_access.schema.tables import metadata

_columns = table(
    "columns",
    column("table_schema", String),
    column("table_name", String),
    column("column_name", String),
    column("data_type", String),
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


def present_tables(connection: Connection) -> dict[str, dict[str, str]]:
    """The tables and views of the schema in use that may be read: name -> column -> type, as the database says it."""
    query = select(_columns.c.table_name, _columns.c.column_name, _columns.c.data_type).where(
        _columns.c.table_schema == func.current_schema()
    )
    present: dict[str, dict[str, str]] = {}
    for table_name, column_name, data_type in connection.execute(query):
        present.setdefault(table_name, {})[column_name] = str(data_type).lower()
    return present


def check_contract(connection: Connection) -> None:
    """Raises DatabaseError naming every table and column that is missing."""
    missing = missing_parts(connection)
    if missing:
        raise DatabaseError("contract_broken", missing=", ".join(missing))
