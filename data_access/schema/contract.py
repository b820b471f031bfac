"""The contract in `tables.py`, and whether a database keeps it.

The contract has versions. What belongs to the first must be present when a database is opened: one message names
everything that is missing. What a later version adds (`since=`) may be missing until the database is upgraded, by
`python -m data_access.upgrade` or by its owner: until then whatever needs it says that it is not kept here.
"""

from collections.abc import Iterable

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    column,
    delete,
    func,
    insert,
    inspect,
    select,
    table,
)
from sqlalchemy.schema import DDL, CreateColumn, SetColumnComment

from data_access.errors import DatabaseError, NotKeptError
from data_access.schema.statistics import declare_statistics
from data_access.schema.tables import metadata

FIRST_VERSION = 1
"""The version of a database that does not state one."""

contract = Table("contract", MetaData(), Column("version", Integer, primary_key=True, autoincrement=False))
"""One row: the version that a database was upgraded to. It is not part of the contract: without it, a database is of
the first version."""

Part = Table | Column
"""A table or a column of the contract."""

_columns = table(
    "columns",
    column("table_schema", String),
    column("table_name", String),
    column("column_name", String),
    column("data_type", String),
    schema="information_schema",
)


def newest_version() -> int:
    """The version of the contract that this program knows."""
    return max(since(part) for declared in metadata.tables.values() for part in declared.c)


def since(part: Part) -> int:
    """The version of the contract that added a table or a column."""
    own: int = part.info.get("since", FIRST_VERSION)
    return own if isinstance(part, Table) else max(own, since(part.table))


def name_of(part: Part) -> str:
    """`member` for a table, `member.labour` for a column."""
    return part.name if isinstance(part, Table) else f"{part.table.name}.{part.name}"


def missing_parts(connection: Connection) -> list[Part]:
    """Tables and columns of the contract that the database lacks, in the contract's order; the columns of a missing
    table are not listed."""
    present = present_tables(connection)
    missing: list[Part] = []
    for name, declared in metadata.tables.items():
        if name not in present:
            missing.append(declared)
        else:
            missing += [part for part in declared.c if part.name not in present[name]]
    return missing


def present_tables(connection: Connection) -> dict[str, dict[str, str]]:
    """The readable tables and views of the schema in use: name -> column -> type, as the database reports it."""
    query = select(_columns.c.table_name, _columns.c.column_name, _columns.c.data_type).where(
        _columns.c.table_schema == func.current_schema()
    )
    present: dict[str, dict[str, str]] = {}
    for table_name, column_name, data_type in connection.execute(query):
        present.setdefault(table_name, {})[column_name] = str(data_type).lower()
    return present


def check_contract(connection: Connection) -> frozenset[str]:
    """The columns of later versions that the database does not keep, by name; empty if it keeps all.

    Raises DatabaseError naming every table and column of the first version that is missing, or that there are none.
    """
    missing = missing_parts(connection)
    if [part.name for part in missing if isinstance(part, Table)] == list(metadata.tables):
        raise DatabaseError("no_tables")
    required = [name_of(part) for part in missing if since(part) == FIRST_VERSION]
    if required:
        raise DatabaseError("contract_broken", missing=", ".join(required))
    return frozenset(
        name_of(lacking) for part in missing for lacking in (part.c if isinstance(part, Table) else (part,))
    )


def not_kept(part: Column) -> NotKeptError:
    """The error that says that a database does not keep a column."""
    return NotKeptError("not_kept", column=name_of(part), zh=part.info["zh"], en=part.info["en"])


def read_version(connection: Connection) -> int:
    """The version that a database was upgraded to; changes nothing."""
    if contract.name not in present_tables(connection):
        return FIRST_VERSION
    return connection.execute(select(func.max(contract.c.version))).scalar() or FIRST_VERSION


def bring_up(connection: Connection) -> None:
    """Add the parts of the contract that a database lacks, empty, and store its new version; tell the planner of a
    server about its tables. Columns of the first version are not added to an existing table: such a table is damaged,
    and `check_contract` says so."""
    metadata.create_all(connection)
    later = [part for part in missing_parts(connection) if since(part) > FIRST_VERSION]
    add_columns(connection, [part for part in later if isinstance(part, Column)])
    version = newest_version()
    if read_version(connection) != version:
        contract.create(connection, checkfirst=True)
        connection.execute(delete(contract))
        connection.execute(insert(contract).values(version=version))
    declare_statistics(connection)


def add_columns(connection: Connection, columns: Iterable[Column]) -> None:
    """Add columns to existing tables; they are empty."""
    for part in columns:
        specification = CreateColumn(part).compile(dialect=connection.dialect)
        statement = f"ALTER TABLE {part.table.name} ADD COLUMN {specification}"
        connection.execute(DDL(statement.replace("%", "%%")))  # type: ignore[no-untyped-call]
        if connection.dialect.supports_comments and part.comment:
            connection.execute(SetColumnComment(part))


def is_connected(connection: Connection) -> bool:
    """Whether the tables of the contract are views on a database that is not ours: its owner upgrades it."""
    return not metadata.tables.keys().isdisjoint(inspect(connection).get_view_names())
