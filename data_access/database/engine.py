"""The one place that knows where the household database is and how it is opened: read only, one consistent view at a
time.

`HOUSEHOLD_DATABASE_URL` selects it. Without it, or with a `duckdb:///` URL, the path is a pointer file beside the
versions of an embedded DuckDB (see `versions.py`); a path that is a DuckDB file itself is opened as it is. PostgreSQL
is a URL of its own, and `HOUSEHOLD_SCHEMA` says in which of its schemas our tables are: no other is then looked at.
"""

import os
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from psycopg.errors import QueryCanceled
from sqlalchemy import (
    URL,
    Column,
    ColumnElement,
    CompoundSelect,
    Connection,
    Date,
    Engine,
    FromClause,
    Select,
    Table,
    case,
    create_engine,
    func,
    literal,
    select,
)
from sqlalchemy.exc import InterfaceError, NoSuchModuleError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.sql import Subquery

from data_access.addresses import AddressError, read_address, shown
from data_access.database import duckdb_dialect as duckdb_dialect  # registers itself
from data_access.database import versions
from data_access.database.coverage import read_coverage
from data_access.database.frames import read_frame
from data_access.database.lacking import read_as_empty
from data_access.database.server import load_server, session_options
from data_access.database.shared_tables import KeptTables
from data_access.errors import DatabaseError
from data_access.risk.rulebook import RuleBook
from data_access.risk.sources import Coverage, never_filled
from data_access.schema.collected import is_collected
from data_access.schema.contract import (
    Present,
    changed_parts,
    check_contract,
    name_of,
    not_kept,
    present_tables,
)
from data_access.schema.tables import data_load
from data_access.scope import Scope

DEFAULT_POINTER = Path(__file__).parents[2] / "sample_data" / "database" / "household"

EMBEDDED_OPTIONS: dict[str, Any] = {
    "read_only": True,
    "config": {"enable_external_access": "false", "lock_configuration": "true"},
}
"""How an embedded database is opened: whatever a query says, it can read this file and nothing else. Within a process
every connection to a file must have the same options."""


_LOST = (OperationalError, InterfaceError, PoolTimeoutError)
"""What a database says that cannot be reached; other errors are about a question that it was asked."""


@dataclass(frozen=True)
class DataVersion:
    """Which data a figure was read from: the place, its version there, and the newest load."""

    database: str
    load_id: int
    cut_off: date | None
    """None if nothing was ever loaded."""
    is_sample: bool
    not_kept: frozenset[str] = frozenset()
    """Columns of the contract that the database lacks."""
    coverage: Coverage | None = None
    """What was delivered to it; None where nobody asked."""


@dataclass(frozen=True)
class Snapshot:
    """One consistent view of the household database, with the rule book that is applied to it: every query reads from
    one. Rules whose sources were never connected to this database are not in force in it."""

    connection: Connection
    version: DataVersion
    rulebook: RuleBook
    kept: KeptTables | None = None
    """Where results are kept that other readers can build on too."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "rulebook", self.rulebook.here(self.version.coverage))

    @property
    def cut_off(self) -> date:
        """The newest day that the data covers. Raises DatabaseError when nothing was loaded."""
        if self.version.cut_off is None:
            raise DatabaseError("nothing_loaded", database=self.version.database)
        return self.version.cut_off

    def counted_on(self, day: ColumnElement[date]) -> ColumnElement[date]:
        """SQL: the day on which something counts that the field reports. What happened after the cut-off counts on it,
        in the newest month; once a file has moved the cut-off, on its own day."""
        return case((day > literal(self.cut_off, Date), literal(self.cut_off, Date)), else_=day)

    def keeps(self, column: Column) -> bool:
        """Whether the database has a column; of those that are not needed each may be missing."""
        return name_of(column) not in self.version.not_kept

    def collects(self, fact: str, *columns: str) -> bool:
        """Whether the database keeps what a fact is counted by (`schema/collected.yaml`)."""
        return is_collected(fact, *columns, never_filled=never_filled(self.version.coverage))

    def require(self, *columns: Column) -> None:
        """Raises NotKeptError for the first of some columns that the database does not have."""
        for column in columns:
            if not self.keeps(column):
                raise not_kept(column)

    def begin_with(self, name: str, *key: Hashable, scope: Scope, make: Callable[[Scope], Select[Any]]) -> Subquery:
        """Rows that many queries start from, within a scope: taken from a table kept for everybody, or computed.

        Args:
            name: the name of these rows.
            key: everything they depend on besides the version, the rule book and the scope.
            make: builds the query for a scope; one of its columns is `village_code`.
        """
        kept = self.kept_rows(name, *key, scope=scope, make=make)
        return make(scope).subquery(name) if kept is None else kept

    def kept_rows(
        self,
        name: str,
        *key: Hashable,
        scope: Scope,
        make: Callable[[Scope], Select[Any]],
        server_only: bool = False,
    ) -> Subquery | None:
        """The rows of `begin_with` if a table is kept of them: made now in an embedded database, unless they are
        `server_only`, and on a server by the newest load. None if there is none."""
        if self.kept is None or (server_only and self.connection.dialect.name == "duckdb"):
            return None
        table = self.kept.find(
            self.connection,
            key=(name, *key),
            rules=self.rulebook.hash,
            make=lambda: make(Scope.everything()),
            load_id=self.version.load_id,
        )
        return None if table is None else select(table).where(scope.rows(table.c.village_code)).subquery(name)

    def read_result(self, query: Select[Any] | CompoundSelect[Any]) -> pd.DataFrame:
        """The rows of a query that a load may have kept on a server, as `read_frame` gives them."""
        table = self._kept_result(query)
        return read_frame(self.connection, query if table is None else select(table))

    def begin_with_result(self, query: Select[Any] | CompoundSelect[Any], *, name: str) -> FromClause:
        """The rows of a query that a load may have kept on a server, for others to begin with."""
        table = self._kept_result(query)
        return query.cte(name) if table is None else table

    def _kept_result(self, query: Select[Any] | CompoundSelect[Any]) -> Table | None:
        if self.kept is None:
            return None
        return self.kept.find_result(self.connection, query, load_id=self.version.load_id)


def household_url() -> URL:
    """The URL of the household database. Raises DatabaseError when it is not a valid URL."""
    text = os.environ.get("HOUSEHOLD_DATABASE_URL") or f"duckdb:///{DEFAULT_POINTER.as_posix()}"
    try:
        url = read_address(text)
    except AddressError as error:
        raise DatabaseError("bad_url", variable="HOUSEHOLD_DATABASE_URL") from error
    if url.get_backend_name() not in ("duckdb", "postgresql"):
        raise DatabaseError("unknown_database_kind", kind=url.get_backend_name())
    return in_schema(url)


def in_schema(url: URL) -> URL:
    """The URL of a household database with the schema that HOUSEHOLD_SCHEMA names, whoever opens it; names in any other
    schema are then not seen. Raises DatabaseError where there are no schemas."""
    schema = os.environ.get("HOUSEHOLD_SCHEMA")
    if not schema:
        return url
    if url.get_backend_name() != "postgresql":
        raise DatabaseError("schema_without_server", schema=schema, database=shown(url))
    quoted = '"' + schema.replace('"', '""') + '"'
    escaped = "".join(f"\\{letter}" if letter in "\\ " else letter for letter in quoted)
    return url.update_query_dict({"options": f"{_options(url)} -csearch_path={escaped}".strip()})


def _options(url: URL) -> str:
    """What an address of PostgreSQL says of the session (`?options=-c…`)."""
    said = url.query.get("options", "")
    return said if isinstance(said, str) else " ".join(said)


@dataclass(frozen=True)
class _Opened:
    """An engine on a version, and the tables that it had when it was opened."""

    engine: Engine
    name: str
    present: Present
    not_kept: frozenset[str]


class HouseholdDatabase:
    """The household database behind a URL. It follows the pointer of an embedded database from version to version.

    An engine is made once per version and checked against the contract. When the pointer moves, the old engine is
    disposed of: connections in use keep reading the old version until they are returned, and are not handed out again.

    What it had when it was opened it must have as long as it is read: after an error, and in every new version, the
    contract is looked at again, and what was renamed, dropped or changed is named until it is back.
    """

    def __init__(self, url: URL, *, limited: bool = False) -> None:
        """`limited`: statements on a server are ended after the declared time. A reader waits for them; a command of
        the administrator may take its time."""
        self.url = url
        self._limited = limited
        self._lock = threading.Lock()
        self._opened: _Opened | None = None
        self._first: Present | None = None
        """What it had when it was opened last."""
        self._version: DataVersion | None = None
        self._coverage: tuple[DataVersion, Coverage] | None = None
        """What was delivered, and the version that it was read from."""

    def version(self) -> DataVersion:
        """The current data version, cheap enough to read on every run. Raises DatabaseError.

        A version of an embedded database never changes, so following the pointer is enough; a server is queried.
        """
        held = self._version
        if held is not None and held.database == self._current_name():
            return held
        with self.connect() as (_, version):
            return version

    @contextmanager
    def connect(self) -> Iterator[tuple[Connection, DataVersion]]:
        """A read-only connection in one transaction, and the version it reads. Raises DatabaseError."""
        name = self._current_name()
        opened: _Opened | None = None
        try:
            opened = self._open(name)
            with opened.engine.connect() as connection:
                yield connection, self._version_of(connection, opened)
        except SQLAlchemyError as error:
            if isinstance(getattr(error, "orig", None), QueryCanceled):
                seconds = str(load_server().statement_seconds)
                raise DatabaseError("too_slow", database=name, seconds=seconds) from error
            if isinstance(error, _LOST):
                raise DatabaseError("unreachable", database=name, reason=_first_line(error)) from error
            if opened is not None:
                self._look_again(opened)
            raise DatabaseError("query_failed", database=name, reason=_first_line(error)) from error

    def _version_of(self, connection: Connection, opened: _Opened) -> DataVersion:
        held = self._version
        if held is not None and held.database == opened.name:
            return held
        version = replace(_read_version(connection, database=opened.name), not_kept=opened.not_kept)
        version = replace(version, coverage=self._read_coverage(connection, version))
        if connection.dialect.name == "duckdb":
            self._version = version
        return version

    def _open(self, name: str) -> _Opened:
        """The engine on the current version, checked against the contract when it is opened."""
        held = self._opened
        if held is not None and held.name == name:
            return held
        engine = _engine(self.url, name, limited=self._limited)
        try:
            with engine.connect() as connection:
                present = present_tables(connection)
            self._compare(present)
            not_kept = check_contract(present)
        except BaseException:
            engine.dispose()
            raise
        if not_kept:  # a new one, because statements are compiled differently
            engine.dispose()
            engine = read_as_empty(_engine(self.url, name, limited=self._limited), not_kept)
        with self._lock:
            if self._opened is not None and self._opened.name == name:  # somebody else was faster
                engine.dispose()
                return self._opened
            if self._opened is not None:
                self._opened.engine.dispose()
            self._opened = _Opened(engine=engine, name=name, present=present, not_kept=not_kept)
            self._first = present
            return self._opened

    def _compare(self, present: Present) -> None:
        """Raises DatabaseError naming what the database had when it was first opened and has no more."""
        changed = changed_parts(self._first or present, present)
        if changed:
            raise DatabaseError("contract_changed", changed=", ".join(changed))

    def _look_again(self, opened: _Opened) -> None:
        """After an error: if something was renamed, dropped or changed, every connection looks at the contract again
        until it is back. Raises DatabaseError."""
        try:
            with opened.engine.connect() as connection:
                present = present_tables(connection)
        except SQLAlchemyError:
            return  # nothing can be read at all: what went wrong first is told
        if opened.present != present:
            self._close()
        self._compare(present)

    def _read_coverage(self, connection: Connection, version: DataVersion) -> Coverage:
        held = self._coverage
        if held is None or held[0] != version:
            kept = name_of(data_load.c.kind) not in version.not_kept
            self._coverage = held = version, read_coverage(connection, records_kinds=kept, not_kept=version.not_kept)
        return held[1]

    def dispose(self) -> None:
        """Close all connections; the next one opens the database again, whatever it has then."""
        self._close()
        self._first = None

    def _close(self) -> None:
        with self._lock:
            if self._opened is not None:
                self._opened.engine.dispose()
            self._opened, self._version = None, None

    def _current_name(self) -> str:
        if self.url.get_backend_name() == "postgresql":
            return shown(self.url)
        pointer = Path(self.url.database or "")
        try:
            return str(pointer) if versions.is_database(pointer) else str(versions.current_file(pointer))
        except (versions.NoVersionError, OSError, UnicodeDecodeError) as error:
            raise DatabaseError("no_database", path=str(pointer)) from error


def open_engine(url: URL) -> Engine:
    """A read-only engine on a database, whether or not it keeps the contract. Raises DatabaseError."""
    return _engine(url, HouseholdDatabase(url)._current_name())


def _engine(url: URL, name: str, *, limited: bool = False) -> Engine:
    try:
        if url.get_backend_name() == "duckdb":
            # Never wait for a connection: they cost nothing here, and making a table while readers wait for it (see
            # shared_tables.py) takes one in addition to theirs.
            return create_engine(URL.create("duckdb", database=name), connect_args=EMBEDDED_OPTIONS, max_overflow=-1)
        options = f"{_options(url)} {session_options(limited=limited)}".strip()
        # One transaction sees one state of the data, so a fact carries the version it was read from.
        return create_engine(
            url,
            isolation_level="REPEATABLE READ",
            execution_options={"postgresql_readonly": True},
            pool_pre_ping=True,
            connect_args={"connect_timeout": 5, "options": options},
        )
    except (NoSuchModuleError, ImportError) as error:
        raise DatabaseError("unknown_database_kind", kind=url.drivername) from error


def version_written(connection: Connection, *, database: str) -> DataVersion:
    """The version that a connection has written, with what was delivered to it; it keeps the whole contract."""
    version = _read_version(connection, database=database)
    return replace(version, coverage=read_coverage(connection, records_kinds=True))


def _read_version(connection: Connection, *, database: str) -> DataVersion:
    newest = select(func.max(data_load.c.load_id)).scalar_subquery()
    query = select(data_load.c.load_id, data_load.c.cut_off, data_load.c.is_sample).where(data_load.c.load_id == newest)
    row = connection.execute(query).first()
    if row is None:
        return DataVersion(database=database, load_id=0, cut_off=None, is_sample=False)
    return DataVersion(database=database, load_id=row.load_id, cut_off=row.cut_off, is_sample=row.is_sample)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
