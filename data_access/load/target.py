"""Where a load writes: a new version of the embedded database, or one transaction on a server.

Nothing is visible until `publish`; a load that ends without it, or is killed, leaves everything as it was.
"""

import os
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import psycopg
from filelock import Timeout
from sqlalchemy import URL, Connection, create_engine, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import DDL

from data_access.addresses import AddressError, read_address, shown
from data_access.database import versions
from data_access.database.engine import household_url, in_schema
from data_access.database.server_tables import drop_outdated
from data_access.errors import DatabaseError
from data_access.load import posted
from data_access.load.errors import LoadError, UnderWayError
from data_access.load.kept_results import keep_older, keep_results, newest_load
from data_access.load.merge import BEFORE
from data_access.load.provenance import BROUGHT, REPLACED
from data_access.one_look import look_again
from data_access.schema.contract import add_columns, bring_up, missing_parts, name_of, present_tables
from data_access.schema.statistics import analyze_written

_MEMORY = "1GB"
"""How much of a load DuckDB may keep in memory; the rest goes to disk."""

_LOAD_LOCK = 610_902
"""Number of the lock that makes loads into a server wait for each other."""


class Target(ABC):
    """A household database that is being written, in one transaction."""

    connection: Connection

    @abstractmethod
    def publish(self, *, post: bool = False) -> None:
        """Make everything written visible, in one step; `post`: what is written came from reports, not from a file."""

    @abstractmethod
    def close(self) -> None:
        """Release the database; what was not published is dropped."""


class EmbeddedTarget(Target):
    """Writes into a copy of the current version, which becomes the next version."""

    def __init__(self, pointer: Path, *, create: bool) -> None:
        self._pointer = pointer
        self._lock = versions.writing(pointer)
        try:
            self._lock.acquire()
        except Timeout as error:
            raise UnderWayError("under_way", database=str(pointer)) from error
        self._draft = pointer.with_name(f"{pointer.name}.loading")
        try:
            self._drop_draft()  # of a load that was killed
            self._copy_current(create=create)
            self._engine = create_engine(
                URL.create("duckdb", database=str(self._draft)),
                connect_args={"config": {"memory_limit": _MEMORY, "temp_directory": f"{self._draft}.tmp"}},
            )
            with self._engine.begin() as connection:
                _bring_up(connection)
            self.connection = self._engine.connect()
        except BaseException:
            self._drop_draft()
            self._lock.release()
            raise
        self._transaction = self.connection.begin()

    def _copy_current(self, *, create: bool) -> None:
        try:
            shutil.copyfile(versions.current_file(self._pointer), self._draft)
        except versions.NoVersionError as error:
            if not create:
                raise LoadError("no_database", database=str(self._pointer)) from error

    def publish(self, *, post: bool = False) -> None:
        self._transaction.commit()
        self.connection.execute(DDL("CHECKPOINT"))  # type: ignore[no-untyped-call]
        self._release()
        file = versions.next_file(self._pointer, post=post)
        self._draft.replace(file)
        versions.publish(self._pointer, file)
        look_again()

    def _release(self) -> None:
        self.connection.close()
        self._engine.dispose()

    def _drop_draft(self) -> None:
        for suffix in ("", ".wal"):
            Path(f"{self._draft}{suffix}").unlink(missing_ok=True)
        shutil.rmtree(f"{self._draft}.tmp", ignore_errors=True)

    def close(self) -> None:
        self._release()
        self._drop_draft()
        self._lock.release()


class ServerTarget(Target):
    """Writes in one transaction on a PostgreSQL server; any other load waits for it."""

    def __init__(self, url: URL, *, create: bool) -> None:
        self._engine = create_engine(url, connect_args={"connect_timeout": 5})
        self.connection = self._engine.connect()
        self._transaction = self.connection.begin()
        self.connection.execute(select(func.pg_advisory_xact_lock(_LOAD_LOCK)))
        try:
            self._before = newest_load(self.connection)
            if create:
                _bring_up(self.connection)
            else:
                _require_newest(self.connection, database=shown(url))
        except BaseException:
            self.close()
            raise

    def publish(self, *, post: bool = False) -> None:
        analyze_written(self.connection)
        keep_results(self.connection, before=self._before, only_what_holds=post)
        self._transaction.commit()
        look_again()
        drop_outdated(self._engine, before=self._before)
        if not post:
            keep_older(self._engine.url, newest_too=not self._before)

    def close(self) -> None:
        self.connection.close()
        self._engine.dispose()


def _bring_up(connection: Connection) -> None:
    """Add everything in the contract to a database, and the tables that an undo, the provenance of rows and
    reports need."""
    present = present_tables(connection)
    bring_up(connection, present)
    for beside in (*BEFORE.values(), *BROUGHT.values(), *REPLACED.values()):
        kept = present.get(beside.name, set(beside.c.keys()))
        add_columns(connection, [column for column in beside.c if column.name not in kept])
    if posted.posted_report.name not in present:
        posted.make_table(connection)


def _require_newest(connection: Connection, *, database: str) -> None:
    """A load writes every column of the contract, but its database user need not own the tables."""
    missing = missing_parts(connection)
    if missing:
        raise LoadError("needs_upgrade", database=database, missing=", ".join(map(name_of, missing)))


@contextmanager
def open_target(url: URL, *, create: bool = False) -> Iterator[Target]:
    """A household database to write into.

    Args:
        create: whether to create an empty one if there is none, and to add what a server lacks of the contract. A new
            version of an embedded one always has all of it.

    Raises LoadError if there is none, if another load is running, if a server lacks what a later version of the
    contract added, or if the database or the disk refuses.
    """
    target: Target | None = None
    try:
        if url.get_backend_name() == "postgresql":
            target = ServerTarget(url, create=create)
        else:
            target = EmbeddedTarget(_pointer(url, create=create), create=create)
        yield target
    except (SQLAlchemyError, duckdb.Error, psycopg.Error, OSError) as error:
        reason = str(getattr(error, "orig", error)).splitlines()[0]
        raise LoadError("refused", database=shown(url), reason=reason) from error
    finally:
        if target is not None:
            target.close()


def can_load() -> bool:
    """Whether this program may load: into versions of an embedded database, or through an address configured for
    loads."""
    url = load_url()
    if url.get_backend_name() == "postgresql":
        return bool(os.environ.get("HOUSEHOLD_LOAD_URL"))
    pointer = Path(url.database or "")
    return pointer.is_file() and not versions.is_database(pointer)


def can_create() -> bool:
    """Whether this program may load, or make the database that is not there yet."""
    url = load_url()
    pointer = Path(url.database or "")
    return can_load() or (url.get_backend_name() == "duckdb" and not pointer.exists() and pointer.parent.is_dir())


def _pointer(url: URL, *, create: bool) -> Path:
    pointer = Path(url.database or "")
    if versions.is_database(pointer):
        raise LoadError("needs_versions", database=str(pointer))
    if create:
        pointer.parent.mkdir(parents=True, exist_ok=True)
    if not pointer.parent.is_dir():
        raise LoadError("no_database", database=str(pointer))
    return pointer


def load_url() -> URL:
    """Where loads go: HOUSEHOLD_LOAD_URL, for a server whose app may only read; else the database of the app.

    Raises DatabaseError when it is not a valid address.
    """
    text = os.environ.get("HOUSEHOLD_LOAD_URL")
    if not text:
        return household_url()
    try:
        return in_schema(read_address(text))
    except AddressError as error:
        raise DatabaseError("bad_url", variable="HOUSEHOLD_LOAD_URL") from error
