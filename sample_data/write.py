"""Writing the sample: a new version of the embedded database, or the tables of a PostgreSQL server."""

import hashlib
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, Self, cast

import pyarrow as pa
import sqlalchemy as sa

from data_access.database.server_tables import drop_outdated
from data_access.database.versions import NoVersionError, current_file, next_file, publish
from data_access.load.bulk import append_rows
from data_access.load.kept_results import finish_older, keep_older, keep_results
from data_access.schema.contract import bring_up
from data_access.schema.statistics import analyze_written
from data_access.schema.tables import metadata

_NEWEST_LOAD = sa.select(sa.func.max(metadata.tables["data_load"].c.load_id))


class Writer(ABC):
    """Takes Arrow tables, counts and hashes them; `publish` makes them visible; without it they are dropped."""

    _connection: sa.Connection

    def __init__(self) -> None:
        self.rows: dict[str, int] = {}
        self._hashes: dict[str, Any] = {}

    def write(self, name: str, rows: pa.Table) -> None:
        """Append rows to a table."""
        with pa.BufferOutputStream() as buffer:
            with pa.ipc.new_stream(buffer, rows.schema) as stream:
                stream.write_table(rows.combine_chunks())
            self._hashes.setdefault(name, hashlib.sha256()).update(buffer.getvalue())
        self.rows[name] = self.rows.get(name, 0) + rows.num_rows
        append_rows(self._connection, metadata.tables[name], rows)

    def sha256(self, name: str) -> str:
        """Hash of everything written to a table so far."""
        return str(self._hashes[name].hexdigest())

    @property
    @abstractmethod
    def last_load_id(self) -> int:
        """The newest load in the database that this build replaces; 0 if there is none."""

    @abstractmethod
    def publish(self) -> str:
        """Make the new tables current; returns where they are."""

    @abstractmethod
    def close(self) -> None:
        """Release the database; what was not published is dropped."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class DuckdbWriter(Writer):
    """Writes a version file of its own and moves the pointer to it at the end."""

    def __init__(self, pointer: Path) -> None:
        super().__init__()
        self._pointer = pointer
        pointer.parent.mkdir(parents=True, exist_ok=True)
        self._last_load_id = self._read_last_load_id()
        self._file = next_file(pointer)
        self._published = False
        self._engine = sa.create_engine(f"duckdb:///{self._file}")
        with self._engine.begin() as connection:
            bring_up(connection)
        self._connection = self._engine.connect()
        self._duckdb = cast(Any, self._connection.connection.driver_connection)
        self._duckdb.execute("SET memory_limit = '2GB'")

    def _read_last_load_id(self) -> int:
        try:
            file = current_file(self._pointer)
        except NoVersionError:
            return 0
        engine = sa.create_engine(f"duckdb:///{file}", connect_args={"read_only": True})
        try:
            with engine.connect() as connection:
                return connection.execute(_NEWEST_LOAD).scalar() or 0
        except sa.exc.DBAPIError:
            return 0
        finally:
            engine.dispose()

    @property
    def last_load_id(self) -> int:
        return self._last_load_id

    def publish(self) -> str:
        self._duckdb.execute("CHECKPOINT")
        self._release()
        publish(self._pointer, self._file)
        self._published = True
        return str(self._file)

    def _release(self) -> None:
        self._connection.close()
        self._engine.dispose()

    def close(self) -> None:
        self._release()
        if not self._published:
            for leftover in (self._file, self._file.with_name(self._file.name + ".wal")):
                leftover.unlink(missing_ok=True)


class PostgresqlWriter(Writer):
    """Drops and recreates the tables and copies the rows, all in one transaction."""

    def __init__(self, url: sa.URL) -> None:
        super().__init__()
        self._engine = sa.create_engine(url)
        self._connection = self._engine.connect()
        self._transaction = self._connection.begin()
        known = sa.inspect(self._connection).has_table("data_load")
        self._last_load_id = (self._connection.execute(_NEWEST_LOAD).scalar() or 0) if known else 0
        metadata.drop_all(self._connection)
        bring_up(self._connection)

    @property
    def last_load_id(self) -> int:
        return self._last_load_id

    def publish(self) -> str:
        analyze_written(self._connection)
        keep_results(self._connection, before=0)  # nothing of before holds: the tables are new
        self._transaction.commit()
        drop_outdated(self._engine, before=self._last_load_id)
        keep_older(self._engine.url)
        finish_older()
        return self._engine.url.render_as_string(hide_password=True)

    def close(self) -> None:
        self._connection.close()
        self._engine.dispose()


def open_writer(url: sa.URL) -> Writer:
    """The writer for a database address."""
    if url.get_backend_name() == "postgresql":
        return PostgresqlWriter(url)
    return DuckdbWriter(Path(url.database or ""))
