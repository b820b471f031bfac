"""The scripts that give the rights for a connection: on PostgreSQL for who makes roles and for who owns the source
tables, on MySQL and MariaDB for their administrator. The board's reader sees our schema alone; the refresher sees of
theirs the tables that are mapped."""

from collections.abc import Iterator

from sqlalchemy import URL
from sqlalchemy.dialects.mysql import dialect as mysql_dialect
from sqlalchemy.dialects.postgresql import dialect
from sqlalchemy.engine.interfaces import Dialect

from data_access.connect.errors import ConnectError
from data_access.connect.mapping import SourceMapping

READER, REFRESHER = "household_reader", "household_refresher"
SCHEMA = "household_board"

_IN_WORDS_OF_MYSQL = ("mysql", "mariadb")

_DIALECT: Dialect = dialect()  # type: ignore[no-untyped-call]
_MYSQL: Dialect = mysql_dialect()


def scripts(mapping: SourceMapping, *, source: URL | None = None) -> dict[str, str]:
    """File name -> script, in the order in which they are run: by who makes roles, by the owner of the source tables,
    by the refresher itself. On MySQL and MariaDB there is one, for the administrator of the source.

    Args:
        source: by default a PostgreSQL.

    Raises ConnectError for another make, which names the tables to be granted by hand.
    """
    make = "postgresql" if source is None else source.get_backend_name()
    if make not in (*_IN_WORDS_OF_MYSQL, "postgresql"):
        raise ConnectError("no_scripts", kind=make, tables=", ".join(source_tables(mapping)))
    if source is not None and make in _IN_WORDS_OF_MYSQL:
        return {"1_refresher.sql": "\n".join(_on_mysql(mapping, database=source.database or "")) + "\n"}
    return {
        "1_roles.sql": "\n".join(_roles()) + "\n",
        "2_schema.sql": "\n".join(_schema(mapping)) + "\n",
        "3_refresher.sql": "\n".join(_later_tables()) + "\n",
    }


def _roles() -> Iterator[str]:
    yield "-- Run by who may make roles (a superuser); may be run again. Set the passwords with \\password afterwards."
    for role in (READER, REFRESHER):
        yield (
            f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}')"
            f" THEN CREATE ROLE {role} LOGIN; END IF; END $$;"
        )
    yield f"ALTER ROLE {READER} SET default_transaction_read_only = on;"
    yield f"ALTER ROLE {READER} SET search_path = {SCHEMA};"
    yield f"ALTER ROLE {REFRESHER} SET search_path = {SCHEMA};"


def _schema(mapping: SourceMapping) -> Iterator[str]:
    quote = _DIALECT.identifier_preparer.quote
    theirs = quote(mapping.source_schema or "public")
    yield "-- Run by the owner of the database (CREATE on it) and of the source tables; may be run again."
    yield f"CREATE SCHEMA IF NOT EXISTS {SCHEMA};"
    yield f"GRANT USAGE, CREATE ON SCHEMA {SCHEMA} TO {REFRESHER};"
    yield f"GRANT USAGE ON SCHEMA {SCHEMA} TO {READER};"
    yield f"GRANT SELECT ON ALL TABLES IN SCHEMA {SCHEMA} TO {READER};"
    yield f"GRANT USAGE ON SCHEMA {theirs} TO {REFRESHER};"
    for table in source_tables(mapping):
        yield f"GRANT SELECT ON {theirs}.{quote(table)} TO {REFRESHER};"
    yield from _beside(mapping)


def _on_mysql(mapping: SourceMapping, *, database: str) -> Iterator[str]:
    quote = _MYSQL.identifier_preparer.quote
    user = f"'{REFRESHER}'@'%'"
    yield "-- Run by an administrator of the MySQL or MariaDB; may be run again. Write the address of the board's"
    yield "-- machine instead of % if the user is to sign in from there alone, and set the password afterwards:"
    yield f"--   ALTER USER {user} IDENTIFIED BY '...' ACCOUNT UNLOCK;"
    yield f"CREATE USER IF NOT EXISTS {user} ACCOUNT LOCK;"
    for table in source_tables(mapping):
        yield f"GRANT SELECT ON {quote(mapping.source_schema or database)}.{quote(table)} TO {user};"
    yield from _beside(mapping)


def _beside(mapping: SourceMapping) -> Iterator[str]:
    if any(part.sql for part in (*mapping.tables.values(), *mapping.indicators)):
        yield "-- The mapping has SELECTs of its own: grant SELECT on the tables that they read too."


def _later_tables() -> Iterator[str]:
    yield f"-- Run as {REFRESHER}, so that the reader sees the tables that a refresh makes, now and later."
    yield f"ALTER DEFAULT PRIVILEGES IN SCHEMA {SCHEMA} GRANT SELECT ON TABLES TO {READER};"


def source_tables(mapping: SourceMapping) -> list[str]:
    """The tables of theirs that the mapping reads by name, each once."""
    named = [part.table for part in (*mapping.tables.values(), *mapping.indicators) if part.table]
    return list(dict.fromkeys([*named, *([mapping.cut_off.table] if mapping.cut_off.table else [])]))
