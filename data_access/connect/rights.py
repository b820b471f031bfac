"""The scripts that give the rights for a connection: for whoever keeps the source, and for the household database where
that is on a PostgreSQL. The board's reader sees our schema alone; the refresher sees of theirs the tables that are
mapped."""

import re
from collections.abc import Iterator

from sqlalchemy import URL
from sqlalchemy.dialects.mssql import dialect as mssql_dialect
from sqlalchemy.dialects.mysql import dialect as mysql_dialect
from sqlalchemy.dialects.oracle import dialect as oracle_dialect
from sqlalchemy.dialects.postgresql import dialect
from sqlalchemy.engine.interfaces import Dialect

from data_access.connect.mapping import SourceMapping

READER, REFRESHER = "household_reader", "household_refresher"
SCHEMA = "household_board"

_IN_WORDS_OF_MYSQL = ("mysql", "mariadb")

_PORT = 5432
_UNREAD = re.compile(
    r"--[^\n]*|/\*.*?\*/|'[^']*'|\b(?:extract|trim|substring|overlay)\s*\([^()]*\)", re.IGNORECASE | re.DOTALL
)
"""Of a SELECT comments, texts, and functions with a FROM of their own."""
_AFTER_FROM = re.compile(
    r"\bfrom\b(.*?)(?=[()]|\b(?:join|where|group|order|union|limit)\b|$)", re.IGNORECASE | re.DOTALL
)
_JOINED = re.compile(r"\bjoin\s+([^\s(),;]+)", re.IGNORECASE)
_MADE = re.compile(r"([^\s(),;]+)\s+as\s*\(", re.IGNORECASE)
_FOLDED = ("postgresql", "oracle")
"""Makes to which the capitals of a name without quotes mean nothing."""
_BY_ROLE_MAKER = (
    "-- Run by who may make roles (a superuser); may be run again. Set the passwords with \\password afterwards."
)

_DIALECT: Dialect = dialect()  # type: ignore[no-untyped-call]
_MYSQL: Dialect = mysql_dialect()
_OTHERS: dict[str, Dialect] = {
    "mssql": mssql_dialect(),  # type: ignore[no-untyped-call]
    "oracle": oracle_dialect(),  # type: ignore[no-untyped-call]
}
_SIGNS_IN = {
    "mssql": (
        f"CREATE LOGIN {REFRESHER} WITH PASSWORD = '...';  -- then, in the database of the source:",
        f"CREATE USER {REFRESHER} FOR LOGIN {REFRESHER};",
    ),
    "oracle": (f'CREATE USER {REFRESHER} IDENTIFIED BY "...";', f"GRANT CREATE SESSION TO {REFRESHER};"),
}
"""How makes that were never tried make a user, as their manuals say."""


def scripts(mapping: SourceMapping, *, source: URL | None = None, target: URL | None = None) -> dict[str, str]:
    """File name -> script, in the order in which they are run: those for the source, then those for the household
    database. Where both are one PostgreSQL database, the owner of the source tables makes our schema beside them.

    Args:
        source: by default a PostgreSQL.
        target: the household database; by default in the source, where that is a PostgreSQL.
    """
    make = "postgresql" if source is None else source.get_backend_name()
    is_one = make == "postgresql" and (target is None or source is None or _place(target) == _place(source))
    parts: dict[str, Iterator[str]] = {}
    if is_one:
        return _numbered({"roles": _roles(), "schema": _schema(mapping), "refresher": _later_tables()})
    if make == "postgresql":
        parts |= {"source_roles": _refresher(), "source": _on_postgresql(mapping)}
    elif make in _IN_WORDS_OF_MYSQL:
        parts |= {"source": _on_mysql(mapping, database=(source and source.database) or "")}
    else:
        parts |= {"source": _by_hand(mapping, make=make)}
    if target is not None and target.get_backend_name() == "postgresql":
        parts |= {"roles": _roles(), "schema": _schema(None), "refresher": _later_tables()}
    return _numbered(parts)


def _numbered(parts: dict[str, Iterator[str]]) -> dict[str, str]:
    return {f"{number}_{name}.sql": "\n".join(lines) + "\n" for number, (name, lines) in enumerate(parts.items(), 1)}


def _place(url: URL) -> tuple[str, int, str]:
    """Where a PostgreSQL database is."""
    return (url.host or "", url.port or _PORT, url.database or "")


def _roles() -> Iterator[str]:
    yield _BY_ROLE_MAKER
    yield from (_role(role) for role in (READER, REFRESHER))
    yield f"ALTER ROLE {READER} SET default_transaction_read_only = on;"
    yield f"ALTER ROLE {READER} SET search_path = {SCHEMA};"
    yield f"ALTER ROLE {REFRESHER} SET search_path = {SCHEMA};"


def _refresher() -> Iterator[str]:
    yield _BY_ROLE_MAKER
    yield _role(REFRESHER)


def _role(role: str) -> str:
    return (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}')"
        f" THEN CREATE ROLE {role} LOGIN; END IF; END $$;"
    )


def _schema(mapping: SourceMapping | None) -> Iterator[str]:
    """Our schema, and what the refresher reads where the source tables are in the same database."""
    beside = "" if mapping is None else " and of the source tables"
    yield f"-- Run by the owner of the database (CREATE on it){beside}; may be run again."
    yield f"CREATE SCHEMA IF NOT EXISTS {SCHEMA};"
    yield f"GRANT USAGE, CREATE ON SCHEMA {SCHEMA} TO {REFRESHER};"
    yield f"GRANT USAGE ON SCHEMA {SCHEMA} TO {READER};"
    yield f"GRANT SELECT ON ALL TABLES IN SCHEMA {SCHEMA} TO {READER};"
    if mapping is not None:
        yield from _granted(mapping)


def _on_postgresql(mapping: SourceMapping) -> Iterator[str]:
    yield "-- Run by the owner of the source tables; may be run again."
    yield from _granted(mapping)


def _granted(mapping: SourceMapping) -> Iterator[str]:
    quote = _DIALECT.identifier_preparer.quote
    tables = [(quote(schema or "public"), quote(table)) for schema, table in source_tables(mapping, make="postgresql")]
    for theirs in dict.fromkeys(schema for schema, _ in tables):
        yield f"GRANT USAGE ON SCHEMA {theirs} TO {REFRESHER};"
    for theirs, table in tables:
        yield f"GRANT SELECT ON {theirs}.{table} TO {REFRESHER};"
    yield from _beside(mapping)


def _by_hand(mapping: SourceMapping, *, make: str) -> Iterator[str]:
    yield f"-- For the administrator of the source ({make}), untried: make a user {REFRESHER} first, who may sign in."
    yield from (f"--   {line}" for line in _SIGNS_IN.get(make, ()))
    quote = _OTHERS[make].identifier_preparer.quote if make in _OTHERS else str
    for schema, table in source_tables(mapping, make=make):
        named = ".".join(quote(part) for part in (schema, table) if part)
        yield f"GRANT SELECT ON {named} TO {REFRESHER};"
    yield from _beside(mapping)


def _on_mysql(mapping: SourceMapping, *, database: str) -> Iterator[str]:
    quote = _MYSQL.identifier_preparer.quote
    user = f"'{REFRESHER}'@'%'"
    yield "-- Run by an administrator of the MySQL or MariaDB; may be run again. Write the address of the board's"
    yield "-- machine instead of % if the user is to sign in from there alone, and set the password afterwards:"
    yield f"--   ALTER USER {user} IDENTIFIED BY '...' ACCOUNT UNLOCK;"
    yield f"CREATE USER IF NOT EXISTS {user} ACCOUNT LOCK;"
    for schema, table in source_tables(mapping, make="mysql"):
        yield f"GRANT SELECT ON {quote(schema or database)}.{quote(table)} TO {user};"
    yield from _beside(mapping)


def _beside(mapping: SourceMapping) -> Iterator[str]:
    if any(part.sql for part in (*mapping.tables.values(), *mapping.indicators)):
        yield "-- The mapping has SELECTs of its own: what stands after FROM and JOIN in them is among these; compare."


def _later_tables() -> Iterator[str]:
    yield f"-- Run as {REFRESHER}, so that the reader sees the tables that a refresh makes, now and later."
    yield f"ALTER DEFAULT PRIVILEGES IN SCHEMA {SCHEMA} GRANT SELECT ON TABLES TO {READER};"


def source_tables(mapping: SourceMapping, *, make: str) -> list[tuple[str | None, str]]:
    """Schema and name of the tables of theirs that the mapping reads, each once: those that it names, then those that
    stand in its SELECTs.

    Args:
        make: of the source, as in its address.
    """
    parts = (*mapping.tables.values(), *mapping.indicators)
    named = [part.table for part in parts] + [mapping.cut_off.table]
    own = [(mapping.source_schema, table) for table in named if table]
    selected = [table for part in parts for table in _tables_of(part.sql or "", make=make)]
    return list(dict.fromkeys([*own, *((schema or mapping.source_schema, table) for schema, table in selected)]))


def _tables_of(statement: str, *, make: str) -> Iterator[tuple[str | None, str]]:
    """What stands after FROM and JOIN in a SELECT, but for names that it makes itself."""
    said = _UNREAD.sub(" ", statement)
    listed = (piece.split() for clause in _AFTER_FROM.findall(said) for piece in clause.split(","))
    made = {_plain(name, make=make) for name in _MADE.findall(said)}
    for found in [*(words[0] for words in listed if words), *_JOINED.findall(said)]:
        *schema, table = (_plain(part, make=make) for part in found.rstrip(";").split("."))
        if schema or table not in made:
            yield (schema[-1] if schema else None), table


def _plain(name: str, *, make: str) -> str:
    inside = name.strip('"`[]')
    return inside.lower() if make in _FOLDED and inside == name else inside
