"""The app's own records, in a small database of its own: the household database is never written to.

Every write is checked here against what the writer may see and do, and entered into the audit record in the same
transaction.

`LEDGER_DATABASE_URL` names the database; by default a SQLite file beside the program.
"""

import getpass
import json
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import URL, Engine, Integer, Select, Table, column, create_engine, event, func, select, table
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError

from data_access.addresses import AddressError, read_address, shown
from data_access.errors import AccessError, LedgerError, ScopeError
from data_access.ledger import audit_chain, migration
from data_access.ledger.audit_chain import PROGRAM, Event, Head, Verdict, audit_entry, is_signed, read_head
from data_access.ledger.declaration import PLACE_COLUMNS, owns_tables, record_tables
from data_access.ledger.digests import Batch as Batch
from data_access.ledger.digests import add_rows
from data_access.ledger.keys import FOLDER, Key, key_file, load_keys
from data_access.ledger.record_error import RecordError
from data_access.ledger.turn import alone, at_one_moment
from data_access.one_look import look_again
from data_access.scope import Scope

DEFAULT_FILE = FOLDER / "ledger.sqlite"


def utc_now() -> datetime:
    """The present moment, as the ledger keeps it."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Unless:
    """What must not be in the ledger yet when records are written to it, whoever else writes at that moment."""

    found: Select[Any]
    error: LedgerError
    """Raised where the query finds something; then nothing is written."""


class Ledger:
    """The ledger at an address; created if it does not exist yet, upgraded where that is allowed (`migration.prepare`).

    Args:
        now: tells when something is recorded. Only the demonstration ledger has another clock than the present.

    Raises LedgerError when it cannot be opened or read, is of another revision, or its key is missing.
    """

    def __init__(self, url: URL, *, now: Callable[[], datetime] = utc_now) -> None:
        self._now = now
        self._writing = threading.Lock()
        self._newest: Select[Any] | None = None
        self._engine = _make_engine(url)
        with _errors_named(self._engine.url):
            migration.prepare(self._engine)
            self._keys: tuple[Key, ...] = load_keys(key_file(url))
            with self._engine.connect() as connection:
                self._head = read_head(connection)
            self._key_of(self._head)

    def __str__(self) -> str:
        return shown(self._engine.url)

    @property
    def keys(self) -> tuple[Key, ...]:
        """The keys of its audit record, the newest last; one may have been added meanwhile. Raises RecordError as
        `load_keys` does."""
        self._keys = load_keys(key_file(self._engine.url)) or self._keys
        return self._keys

    @property
    def engine(self) -> Engine:
        """The engine, for tests and maintenance."""
        return self._engine

    def append(
        self,
        *batches: Batch,
        recorded_by: str,
        scope: Scope,
        events: Sequence[Event] = (),
        unless: Unless | None = None,
    ) -> int:
        """Write records and their entries in the audit record, all or nothing; returns the number of records.

        Args:
            batches: tables and rows for them; rows leave out `record_id`, `recorded_by` and `recorded_at`.
            recorded_by: who records them.
            scope: every place that a row names must be in it, and it must allow the actions that the tables require.
            events: what is entered into the audit record; by default that records were made.
            unless: what must not be there yet.

        Raises ScopeError for anything the scope does not allow, LedgerError for a missing name, text that is too long,
        a place outside the scope, as `unless` says, and when the ledger cannot be written.
        """
        if not recorded_by.strip():
            raise LedgerError("ledger_name_missing")
        who, at = recorded_by.strip(), self._now()
        filled: list[Batch] = [
            (table, [{**row, "recorded_by": who, "recorded_at": at} for row in rows]) for table, rows in batches
        ]
        with self.refusals_noted(recorded_by=who):
            for table, rows in filled:
                if table.info["action"] is not None:
                    scope.require(table.info["action"])
                for row in rows:
                    _check(row, table=table, scope=scope)
        told = [*events] or [*_events_of(filled)]
        with _errors_named(self._engine.url):
            self._write(filled, told, recorded_by=who, at=at, unless=unless)
        return sum(len(rows) for _, rows in filled)

    def note(self, *events: Event, recorded_by: str) -> None:
        """Enter events into the audit record that have no records of their own. Raises LedgerError as `append` does."""
        self.append(recorded_by=recorded_by, scope=Scope.everything(), events=events)

    @contextmanager
    def refusals_noted(self, *, recorded_by: str, place: str | None = None) -> Iterator[None]:
        """Anything refused inside is entered into the audit record and raised again. Raises LedgerError when it cannot
        be entered."""
        try:
            yield
        except (AccessError, ScopeError) as error:
            self.note(
                Event(kind="refused", place=place, detail={"why": error.key, **error.details}), recorded_by=recorded_by
            )
            raise

    def _write(
        self, batches: list[Batch], events: Sequence[Event], *, recorded_by: str, at: datetime, unless: Unless | None
    ) -> None:
        with self._writing, alone(self._engine) as connection:
            if unless is not None and connection.execute(unless.found.limit(1)).first() is not None:
                raise unless.error
            head = read_head(connection)
            if head.record_id < self._head.record_id or (
                head.record_id == self._head.record_id and head.hash != self._head.hash
            ):
                raise RecordError("ledger_went_back", ledger=str(self), entry=str(self._head.record_id))
            key = self._key_of(head)
            records = add_rows(connection, key, batches)
            told = [*events] or [Event(kind=PROGRAM)] * bool(records)
            head = audit_chain.write(
                connection, told, head=head, key=key, recorded_by=recorded_by, at=at, records=records
            )
        self._head = head
        if records:
            look_again()

    def _key_of(self, head: Head) -> Key:
        """The key that goes on where an entry stands. Raises RecordError if it is not there."""
        file = key_file(self._engine.url)
        if head.key_id is None and self._keys:
            return self._keys[-1]
        if head.key_id not in {key.key_id for key in self._keys}:
            self._keys = load_keys(file)  # it may have been changed meanwhile
        if not self._keys:
            raise RecordError("key_missing", ledger=str(self), file=str(file))
        found = next((key for key in self._keys if key.key_id == head.key_id), None)
        if found is None:
            raise RecordError("key_of_another", ledger=str(self), file=str(file))
        return found

    def verify(self) -> Verdict:
        """Recompute the audit record and the records it speaks for; as `audit_chain.verify`. Raises LedgerError when
        the ledger cannot be read."""
        with _errors_named(self._engine.url), at_one_moment(self._engine) as connection:
            return audit_chain.verify(connection, keys=self.keys)

    def owns_tables(self) -> bool:
        """Whether its user on a server could lift what guards the records. Raises LedgerError when it cannot be
        read."""
        with _errors_named(self._engine.url), self._engine.connect() as connection:
            return owns_tables(connection)

    def head(self) -> Head:
        """The newest entry of the audit record. Raises LedgerError when the ledger cannot be read."""
        with _errors_named(self._engine.url), self._engine.connect() as connection:
            return read_head(connection)

    def signed_entries(self, *events: str) -> list[dict[str, Any]]:
        """Entries of some events that are signed with one of the keys, oldest first; `detail` is read. Raises
        LedgerError when the ledger cannot be read."""
        query = select(audit_entry).where(audit_entry.c.event.in_(events)).order_by(audit_entry.c.record_id)
        with _errors_named(self._engine.url), self._engine.connect() as connection:
            found = [dict(row) for row in connection.execute(query).mappings()]
        keys = self.keys
        genuine = [row for row in found if audit_chain.is_genuine(row, keys=keys)]
        return [row | {"detail": json.loads(row["detail"])} for row in genuine]

    def newest(self) -> tuple[int, ...]:
        """The newest record of every table but those of sign-in and of the audit record itself: while they stay,
        nothing was recorded that figures or lists could differ by. Raises LedgerError when it cannot be read."""
        with _errors_named(self._engine.url), self._engine.connect() as connection:
            if self._newest is None:
                self._newest = _newest_of(record_tables(connection))
            return tuple(connection.execute(self._newest).one())

    def read(self, query: Select) -> pd.DataFrame:
        """The rows of a query over records, columns named as selected. The query itself restricts the rows, with
        `scope.rows`.

        Raises LedgerError when the ledger cannot be read.
        """
        with _errors_named(self._engine.url), self._engine.connect() as connection:
            result = connection.execute(query)
            return pd.DataFrame(result.fetchall(), columns=list(result.keys()))

    def dispose(self) -> None:
        """Close every connection."""
        self._engine.dispose()


_ABOUT_READERS = ("audit_entry", "session_event")
"""Tables that grow while people only look."""


def _newest_of(tables: Iterable[str]) -> Select[Any]:
    known = [table(name, column("record_id", Integer)) for name in tables if name not in _ABOUT_READERS]
    return select(*(select(func.coalesce(func.max(one.c.record_id), 0)).scalar_subquery() for one in known))


@contextmanager
def opened(url: URL) -> Iterator[Engine]:
    """An engine on the ledger at an address, whatever its revision, for as long as it is needed. Raises LedgerError for
    anything the database refuses inside."""
    engine = _make_engine(url)
    try:
        with _errors_named(url):
            yield engine
    finally:
        engine.dispose()


def recount(engine: Engine, *, url: URL) -> Verdict:
    """Recompute the audit record of a ledger of any revision, or of a copy of one, with the keys of the ledger at an
    address. Raises RecordError if there are none and its entries are signed."""
    file = key_file(url)
    keys = load_keys(file)
    with at_one_moment(engine) as connection:
        signed = is_signed(connection) or migration.standing(connection).state is migration.State.CURRENT
        if signed and not keys and read_head(connection).key_id is not None:
            raise RecordError("key_missing", ledger=shown(url), file=str(file))
        return audit_chain.verify(connection, keys=keys, signed=signed)


@contextmanager
def _errors_named(url: URL) -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, ValueError) as error:  # ValueError: no text or time at all, on the way in or out
        reason = str(getattr(error, "orig", error)).splitlines()[0]
        raise LedgerError("ledger_unreachable", ledger=shown(url), reason=reason) from error


def _make_engine(url: URL) -> Engine:
    engine = create_engine(url)
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        if url.database not in (None, "", ":memory:"):
            file = Path(str(url.database))
            file.parent.mkdir(parents=True, exist_ok=True)
            _refuse_another_file(engine, file)
    return engine


def command_line_user() -> str:
    """The name in records of a user who works on the server's command line."""
    return f"{getpass.getuser()} (command line)"


def ledger_url() -> URL:
    """Where the ledger of this installation is, whatever is demonstrated: what commands record makes it. Raises
    LedgerError when the environment does not name a valid address."""
    text = os.environ.get("LEDGER_DATABASE_URL") or f"sqlite:///{DEFAULT_FILE.as_posix()}"
    try:
        return read_address(text)
    except AddressError as error:
        raise LedgerError("ledger_bad_url", variable="LEDGER_DATABASE_URL") from error


def _events_of(batches: Sequence[Batch]) -> Iterator[Event]:
    """One entry for the records that a person makes in one write; those of the program come with their own entries."""
    rows = {table.name: list(rows) for table, rows in batches if rows and table.info["action"] is not None}
    if not rows:
        return
    yield Event(
        kind="recorded",
        place=_only_one(rows, PLACE_COLUMNS),
        household_id=_only_one(rows, ("household_id",)),
        detail={name: len(records) for name, records in rows.items()},
    )


def _only_one(rows: Mapping[str, list[Mapping[Any, Any]]], columns: Sequence[str]) -> str | None:
    """The value that all records share in the first of some columns; None if they have several values, or none."""
    found = {
        next((row[name] for name in columns if row.get(name)), None) for records in rows.values() for row in records
    }
    return found.pop() if len(found) == 1 else None


def _check(row: Mapping[str, Any], *, table: Table, scope: Scope) -> None:
    for name in PLACE_COLUMNS:
        place = row.get(name)
        if place is not None and not scope.covers(place):
            raise ScopeError("ledger_outside_scope", place=place)
    for name, value in row.items():
        most = getattr(table.c[name].type, "length", None)
        if most is not None and isinstance(value, str) and len(value) > most:
            raise LedgerError("ledger_text_too_long", most=str(most))


def _refuse_another_file(engine: Engine, file: Path) -> None:
    """A connection whose file was taken away or exchanged would go on reading and writing what nobody sees any more,
    and the next one would take up what somebody put in its place."""
    known: list[int | None] = []

    def standing_there() -> int | None:
        try:
            return file.stat().st_ino
        except FileNotFoundError:
            return None

    def note(*_: object) -> None:
        if not known:
            known.append(standing_there())

    def compare(*_: object) -> None:
        if known != [standing_there()]:
            raise RecordError("ledger_replaced", ledger=shown(engine.url))

    def compare_first(*_: object) -> None:
        if known:  # before a new connection reads the log of the file that was there with the one that is there now
            compare()

    event.listen(engine, "do_connect", compare_first)
    event.listen(engine, "connect", note)
    event.listen(engine, "checkout", compare)


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    # Write-ahead log: readers and the writer do not wait for each other. Full: a power cut loses nothing that was
    # written.
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA busy_timeout=10000")
    cursor.close()
