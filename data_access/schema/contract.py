"""The contract in `tables.py`, and whether a database keeps it.

A database must have the tables that are needed, and of each table that it has the key and the required columns
(`tables.py`): one message names everything that is missing. All else may be missing, because a district does not keep
it or because a later version of the contract added it (`since=`) and nobody has upgraded the database yet: whatever
needs it says that it is not collected here.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    Select,
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
from data_access.schema.column_types import fits
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


Present = Mapping[str, Mapping[str, str]]
"""Table -> column -> type, as the database names it."""


def is_needed(part: Part) -> bool:
    """Whether no database does without a table, or no table of this name without a column."""
    return bool(part.info["needed"]) if isinstance(part, Table) else not part.nullable


def missing_parts(connection: Connection) -> list[Part]:
    """Tables and columns of the contract that the database lacks, in the contract's order; the columns of a missing
    table are not listed."""
    return _missing_from(present_tables(connection))


def _missing_from(present: Present) -> list[Part]:
    missing: list[Part] = []
    for name, declared in metadata.tables.items():
        if name not in present:
            missing.append(declared)
        else:
            missing += [part for part in declared.c if part.name not in present[name]]
    return missing


def present_tables(connection: Connection) -> dict[str, dict[str, str]]:
    """The readable tables and views of the schema in use, materialised ones too: name -> column -> type, as the
    database reports it."""
    found = list(connection.execute(_embedded() if connection.dialect.name == "duckdb" else _on_a_server()))
    if connection.dialect.name == "postgresql":
        found += connection.execute(_materialised())
    present: dict[str, dict[str, str]] = {}
    for table_name, column_name, data_type in found:
        present.setdefault(table_name, {})[column_name] = str(data_type).lower()
    return present


def _on_a_server() -> Select:
    own = _columns.c
    return select(own.table_name, own.column_name, own.data_type).where(own.table_schema == func.current_schema())


def _embedded() -> Select:
    """What the standard's catalogue says, too, in half the time."""
    own = func.duckdb_columns().table_valued(
        *("database_name", "schema_name", "table_name", "column_name", "data_type")
    )
    here = own.c.database_name == func.current_database(), own.c.schema_name == func.current_schema()
    return select(own.c.table_name, own.c.column_name, own.c.data_type).where(*here)


def _materialised() -> Select:
    """The columns of materialised views, which the standard's catalogue leaves out."""
    view, schema, part = (
        table(name, *map(column, names.split()), schema="pg_catalog").alias(short)
        for name, names, short in (
            ("pg_class", "oid relname relkind relnamespace", "view"),
            ("pg_namespace", "oid nspname", "schema"),
            ("pg_attribute", "attrelid attname atttypid attnum attisdropped", "part"),
        )
    )
    return (
        select(view.c.relname, part.c.attname, func.format_type(part.c.atttypid, None))
        .join_from(view, schema, schema.c.oid == view.c.relnamespace)
        .join(part, part.c.attrelid == view.c.oid)
        .where(
            view.c.relkind == "m",
            schema.c.nspname == func.current_schema(),
            part.c.attnum > 0,
            ~part.c.attisdropped,
            func.has_column_privilege(view.c.oid, part.c.attnum, "SELECT"),
        )
    )


def check_contract(present: Present) -> frozenset[str]:
    """The columns of the contract that a database with these tables does not keep, by name; empty if it keeps all.

    Raises DatabaseError naming every table and column that no database does without, or that there are none.
    """
    missing = _missing_from(present)
    if [part.name for part in missing if isinstance(part, Table)] == list(metadata.tables):
        raise DatabaseError("no_tables")
    needed = [name_of(part) for part in missing if is_needed(part)]
    if needed:
        raise DatabaseError("contract_broken", missing=", ".join(needed))
    return frozenset(
        name_of(lacking) for part in missing for lacking in (part.c if isinstance(part, Table) else (part,))
    )


def changed_parts(before: Present, now: Present) -> list[str]:
    """The tables and columns of the contract that a database had and has no more, or no more as a type that fits (which
    stands in brackets)."""
    found = []
    for name, declared in metadata.tables.items():
        had, has = before.get(name, {}), now.get(name, {})
        if had and not has:
            found.append(name)
            continue
        for part in declared.c:
            if part.name in had and part.name not in has:
                found.append(name_of(part))
            elif fits(part, had) and not fits(part, has):
                found.append(f"{name_of(part)} ({had[part.name]} → {has[part.name]})")
    return found


def not_kept(part: Column) -> NotKeptError:
    """The error that says that a database does not keep a column."""
    return NotKeptError("not_kept", column=name_of(part), zh=part.info["zh"], en=part.info["en"])


def read_version(connection: Connection) -> int:
    """The version that a database was upgraded to; changes nothing."""
    return _version_of(connection, present_tables(connection))


def _version_of(connection: Connection, present: Present) -> int:
    if contract.name not in present:
        return FIRST_VERSION
    return connection.execute(select(func.max(contract.c.version))).scalar() or FIRST_VERSION


def bring_up(connection: Connection, present: Present | None = None) -> None:
    """Add the parts of the contract that a database lacks, empty, and store its new version; tell the planner of a
    server about its tables. Columns that are needed are not added to an existing table: such a table is damaged, and
    `check_contract` says so.

    Args:
        present: its tables, for who has asked for them already.
    """
    there = present_tables(connection) if present is None else present
    missing = _missing_from(there)
    metadata.create_all(connection, tables=[part for part in missing if isinstance(part, Table)])
    add_columns(connection, [part for part in missing if isinstance(part, Column) and not is_needed(part)])
    version = newest_version()
    if _version_of(connection, there) != version:
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
    catalogue = inspect(connection)
    views = catalogue.get_view_names()
    if connection.dialect.name == "postgresql":
        views += catalogue.get_materialized_view_names()
    return not metadata.tables.keys().isdisjoint(views)
