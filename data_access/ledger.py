"""The app's own records, in a small database of its own: the household database is never written to.

Records are evidence: they are added, never changed and never deleted, which the database itself sees to. What changes
in the course of time (a problem, a saved filter) is a row of records, of which the newest tells the state. Every
subject declares its tables beside its functions, with `record_table`.

`LEDGER_DATABASE_URL` names the database; by default a SQLite file beside the program.
"""

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import (
    DDL,
    URL,
    Column,
    Connection,
    DateTime,
    Engine,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    create_engine,
    event,
    insert,
    make_url,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from data_access.problems import LedgerProblemError
from data_access.scope import Scope

DEFAULT_FILE = Path(__file__).parent.parent / "ledger" / "ledger.sqlite"

LONGEST_TEXT = 200
"""Letters that a name or a short note may have."""

PLACE_COLUMNS = ("village_code", "township_code")
"""Columns that say where a record belongs: nobody writes one outside the own scope."""

metadata = MetaData()

Batch = tuple[Table, Sequence[Mapping[Any, Any]]]
"""A table of records and rows for it, without what `append` fills in itself."""


def record_table(name: str, zh: str, en: str, *columns: Column) -> Table:
    """A table of records; `zh` and `en` say what one row is.

    Before its own columns stands `record_id`, the order in which records were written; after them `recorded_by` and
    `recorded_at` (UTC). A String with a length refuses longer text.
    """
    return Table(
        name,
        metadata,
        Column("record_id", Integer, primary_key=True, autoincrement=True, comment="序号 / number"),
        *columns,
        Column("recorded_by", String(LONGEST_TEXT), nullable=False, comment="登记人 / who recorded it"),
        Column("recorded_at", DateTime(timezone=True), nullable=False, comment="登记时间 / when it was recorded"),
        comment=f"{zh} / {en}",
        info={"zh": zh, "en": en},
    )


class Ledger:
    """The ledger at an address; made there when it is not there yet."""

    def __init__(self, url: URL) -> None:
        self._name = url.render_as_string(hide_password=True)
        self._lock = threading.Lock()
        self._prepared: set[str] = set()
        if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
            Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
        self._engine = create_engine(url)
        if url.get_backend_name() == "sqlite":
            event.listen(self._engine, "connect", _prepare_sqlite)
        with self._problems_named():
            self._prepare()

    @property
    def engine(self) -> Engine:
        """The engine, for tests and maintenance."""
        return self._engine

    def append(self, *batches: Batch, by: str, scope: Scope) -> int:
        """Write records, all or none; returns how many.

        Args:
            batches: tables and rows for them; rows leave out `record_id`, `recorded_by` and `recorded_at`.
            by: who records them.
            scope: every place that a row names must lie in it.

        Raises LedgerProblemError for a missing name, text that is too long, a place outside the scope, and when the
        ledger cannot be written.
        """
        if not by.strip():
            raise LedgerProblemError("ledger_name_missing")
        own = {"recorded_by": by.strip(), "recorded_at": datetime.now(UTC)}
        filled = [(table, [{**row, **own} for row in rows]) for table, rows in batches if rows]
        for table, rows in filled:
            for row in rows:
                _check(row, table=table, scope=scope)
        with self._problems_named():
            self._prepare()
            with self._engine.begin() as connection:
                for table, rows in filled:
                    connection.execute(insert(table), rows)
        return sum(len(rows) for _, rows in filled)

    def read(self, query: Select) -> pd.DataFrame:
        """The rows of a query over records, columns named as selected. The query says whose rows: with `scope.rows`.

        Raises LedgerProblemError when the ledger cannot be read.
        """
        with self._problems_named():
            self._prepare()
            with self._engine.connect() as connection:
                result = connection.execute(query)
                return pd.DataFrame(result.fetchall(), columns=list(result.keys()))

    def dispose(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def _prepare(self) -> None:
        """Make the tables that are not there yet, and have the database refuse to change or delete records."""
        with self._lock:
            new = [table for name, table in metadata.tables.items() if name not in self._prepared]
            if not new:
                return
            with self._engine.begin() as connection:
                metadata.create_all(connection, tables=new)
                for table in new:
                    _keep_for_ever(connection, table)
            self._prepared |= {table.name for table in new}

    @contextmanager
    def _problems_named(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            reason = str(getattr(error, "orig", error)).splitlines()[0]
            raise LedgerProblemError("ledger_unreachable", ledger=self._name, reason=reason) from error


def ledger_url() -> URL:
    """Where the ledger is. Raises LedgerProblemError when the environment names no address."""
    text = os.environ.get("LEDGER_DATABASE_URL") or f"sqlite:///{DEFAULT_FILE.as_posix()}"
    try:
        return make_url(text)
    except ArgumentError as error:
        raise LedgerProblemError("ledger_bad_url", variable="LEDGER_DATABASE_URL") from error


def _check(row: Mapping[str, Any], *, table: Table, scope: Scope) -> None:
    for name in PLACE_COLUMNS:
        place = row.get(name)
        if place is not None and not scope.covers(place):
            raise LedgerProblemError("ledger_outside_scope", place=place)
    for name, value in row.items():
        most = getattr(table.c[name].type, "length", None)
        if most is not None and isinstance(value, str) and len(value) > most:
            raise LedgerProblemError("ledger_text_too_long", most=str(most))


_REFUSAL = "records are added, never changed"

_SQLITE_TRIGGER = """
CREATE TRIGGER IF NOT EXISTS {table}_no_{change} BEFORE {change} ON {table}
BEGIN SELECT RAISE(ABORT, '{refusal}'); END
"""
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN RAISE EXCEPTION '{refusal}'; END$$
"""
_POSTGRES_TRIGGER = """
CREATE OR REPLACE TRIGGER {table}_no_{change} BEFORE {change} ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def _keep_for_ever(connection: Connection, table: Table) -> None:
    # Triggers are no part of SQLAlchemy's language; nothing in this text comes from outside the program.
    sqlite = connection.dialect.name == "sqlite"
    changes = ("UPDATE", "DELETE") if sqlite else ("UPDATE", "DELETE", "TRUNCATE")
    statements = [] if sqlite else [_POSTGRES_FUNCTION.format(refusal=_REFUSAL)]
    trigger = _SQLITE_TRIGGER if sqlite else _POSTGRES_TRIGGER
    statements += [trigger.format(table=table.name, change=change, refusal=_REFUSAL) for change in changes]
    for statement in statements:
        connection.execute(DDL(statement))  # type: ignore[no-untyped-call]


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    # Write-ahead log: readers and the writer do not wait for each other. Full: a power cut loses nothing written.
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA busy_timeout=10000")
    cursor.close()
