"""The record of who did what. Every entry carries a keyed hash of itself and of the one before it, and says what
records were written with it: none of them can be changed, left out or slipped in without `verify` finding it.

Entries from before there was a key are hashed without one. An entry that seals the record (`SEALED`) covers them, and
whatever else was in the ledger; so does one that is written when the key is changed. That the end was cut off is found
by the heads that were written elsewhere (`anchors.py`).
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import DDL, Column, Connection, RowMapping, String, Text, insert, inspect, select

from data_access.ledger.declaration import in_utc, record_table, record_tables
from data_access.ledger.digests import Claims, Erased, claim, read_erased, read_rows, row_digest
from data_access.ledger.keys import Key

audit_entry = record_table(
    "audit_entry",
    "一条审计记录",
    "one entry of the audit record",
    Column("event", String, nullable=False, index=True, comment="事件 / event"),
    Column("place", String, comment="地区代码 / region code"),
    Column("household_id", String, index=True, comment="户编号 / household number"),
    Column("detail", Text, nullable=False, comment="详情 / what more there is to say (JSON)"),
    Column("previous_hash", String, nullable=False, unique=True, comment="上一条的哈希 / hash of the entry before"),
    Column("hash", String, nullable=False, comment="哈希 / hash"),
    Column("records", Text, comment="同时写入的记录（JSON） / the records written with it (JSON)"),
    Column("key_id", String, comment="密钥编号；空为无密钥 / key of the hash; empty: none"),
    action=None,
)

BEFORE_THE_FIRST = "0" * 64
"""The previous hash in the first entry."""

SEALED = "record_sealed"
"""The event of an entry that covers everything before it."""

PROGRAM = "program_recorded"
"""The event of an entry for records that the program makes by itself."""

ANCHORED, CONFIRMED, RESTORED, KEY_PRINTED = "head_anchored", "record_confirmed", "record_restored", "key_printed"
BACKED_UP = "backed_up"
"""Events: its head was noted elsewhere, somebody confirmed what it is now, it comes from a backup, its key was
printed."""

ERASED = "words_erased"
"""The event of an entry for words that were taken out at the end of their time."""

OF_THE_RECORD = (SEALED, ANCHORED, CONFIRMED, RESTORED, BACKED_UP, KEY_PRINTED, ERASED, PROGRAM)
"""Events of the record itself."""

CAUSES = ("first_key", "key_was_there", "key_changed", "key_lost")
"""Why a record was sealed; `audit.cause_<cause>` in the catalogues."""

_WRITTEN = ("event", "place", "household_id", "detail", "recorded_by", "recorded_at")
"""The columns that went into the hash of an entry before there was a key."""

_HEAD = select(*audit_entry.c["record_id", "hash", "key_id"]).order_by(audit_entry.c.record_id.desc()).limit(1)

_SIGNED = (*_WRITTEN, "records", "key_id")
"""The columns that go into the hash of an entry."""


@dataclass(frozen=True)
class Event:
    """Something that is entered into the audit record; its name is in the catalogues as `audit.event_<kind>`."""

    kind: str
    place: str | None = None
    household_id: str | None = None
    detail: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Head:
    """The newest entry."""

    record_id: int = 0
    hash: str = BEFORE_THE_FIRST
    key_id: str | None = None


@dataclass(frozen=True)
class Verdict:
    """What `verify` found: how many entries are valid, the newest hash, and the number of the first invalid one."""

    entries: int
    newest_hash: str
    broken_at: int | None
    table: str | None = None
    """Whose records are not those of the invalid entry; None: the entry itself is invalid."""


_ONLY_SIGNED = {
    "sqlite": """
BEFORE INSERT ON audit_entry WHEN NEW.key_id IS NULL
BEGIN SELECT RAISE(ABORT, 'the program is older than the ledger: restart it'); END
""",
    "postgresql": """
BEFORE INSERT ON audit_entry FOR EACH ROW WHEN (NEW.key_id IS NULL) EXECUTE FUNCTION refuse_change()
""",
}


def refuse_unsigned(connection: Connection) -> None:
    """Make the database itself refuse entries without a key: a program from before there was one, which is still
    running, must not go on writing."""
    there = connection.dialect.name
    on = "" if there == "sqlite" else " ON audit_entry"
    for statement in (
        f"DROP TRIGGER IF EXISTS audit_entry_only_signed{on}",
        f"CREATE TRIGGER audit_entry_only_signed {_ONLY_SIGNED[there]}",
    ):
        connection.execute(DDL(statement))  # type: ignore[no-untyped-call]


def read_head(connection: Connection) -> Head:
    """The newest entry of a ledger of the present revision."""
    newest = connection.execute(_HEAD).first()
    return Head(*newest) if newest else Head()


def is_signed(connection: Connection) -> bool:
    """Whether the ledger is of a revision whose entries are signed."""
    if not inspect(connection).has_table(audit_entry.name):
        return False
    return any(part["name"] == "key_id" for part in inspect(connection).get_columns(audit_entry.name))


def write(
    connection: Connection,
    events: Sequence[Event],
    *,
    head: Head,
    key: Key,
    recorded_by: str,
    at: datetime,
    records: Claims | None = None,
) -> Head:
    """Enter events after the newest entry, in order, within a transaction that nobody else writes in; returns the entry
    that is then the newest. The first one speaks for the records."""
    rows = []
    for event in events:
        row: dict[str, Any] = {
            "event": event.kind,
            "place": event.place,
            "household_id": event.household_id,
            "detail": json.dumps(dict(event.detail), ensure_ascii=False, sort_keys=True, default=str),
            "records": json.dumps(records, sort_keys=True) if records else None,
            "key_id": key.key_id,
            "recorded_by": recorded_by,
            "recorded_at": at,
        }
        row |= {"previous_hash": head.hash, "hash": _signature(key, row, previous=head.hash, erased=Erased())}
        head, records = Head(head.record_id + 1, row["hash"], key.key_id), None
        rows.append(row)
    if rows:
        numbers = connection.execute(insert(audit_entry).returning(audit_entry.c.record_id), rows).scalars().all()
        head = Head(max(numbers), head.hash, head.key_id)
    return head


def seal(
    connection: Connection, *, head: Head, key: Key, detail: Mapping[str, Any], recorded_by: str, at: datetime
) -> Head:
    """Enter that everything in the ledger is, from now on, as it is now; all that follows is signed with this key."""
    erased = read_erased(connection)
    everything = {
        name: claim(key, name, read_rows(connection, name), erased)
        for name in record_tables(connection)
        if next(read_rows(connection, name), None) is not None
    }
    event = Event(kind=SEALED, detail=detail)
    return write(connection, [event], head=head, key=key, recorded_by=recorded_by, at=at, records=everything)


def verify(connection: Connection, *, keys: Sequence[Key], signed: bool = True) -> Verdict:
    """Recompute the chain from its first entry, and the records with it; stops at the first entry that does not follow
    from the one before it, or whose records are not there as they were written.

    Args:
        connection: sees the ledger as of one moment (`turn.at_one_moment`).
        keys: those of the ledger, the oldest first.
        signed: whether it is of a revision whose entries are signed.
    """
    return _Walk(connection, keys, signed=signed).verdict()


def is_genuine(entry: Mapping[Any, Any], *, keys: Sequence[Key]) -> bool:
    """Whether an entry, taken by itself, is signed with one of the keys."""
    key = next((key for key in keys if key.key_id == entry["key_id"]), None)
    return key is not None and entry["hash"] == _signature(key, entry, previous=entry["previous_hash"], erased=Erased())


class _Walk:
    """One walk along the chain; the records are read beside it, table by table."""

    def __init__(self, connection: Connection, keys: Sequence[Key], *, signed: bool) -> None:
        self._connection = connection
        self._keys = {key.key_id: (position, key) for position, key in enumerate(keys)}
        self._signed = signed
        self._erased = read_erased(connection)
        self._position = -1
        """Of the key that signed the last entry; -1 while there was none that is known."""
        self._unproved: int | None = None
        """The first entry that cannot be recomputed by itself: a seal further on must cover it."""
        self._tables: dict[str, Iterator[RowMapping]] = {
            name: read_rows(connection, name) for name in record_tables(connection) if name != audit_entry.name
        }

    def verdict(self) -> Verdict:
        previous, entries, number = BEFORE_THE_FIRST, 0, 0
        for entry in read_rows(self._connection, audit_entry.name):
            number = entry["record_id"] if isinstance(entry["record_id"], int) else number + 1
            if number != entry["record_id"] or entry["previous_hash"] != previous or not self._holds(entry):
                return Verdict(entries=entries, newest_hash=previous, broken_at=number)
            table = self._other_records(entry)
            if table is not None:
                return Verdict(entries=entries, newest_hash=previous, broken_at=number, table=table)
            previous, entries = entry["hash"], entries + 1
        broken, table = self._at_the_end(number)
        return Verdict(entries=entries, newest_hash=previous, broken_at=broken, table=table)

    def _at_the_end(self, number: int) -> tuple[int | None, str | None]:
        """What does not hold once every entry does, given the number of the newest: an entry and a table."""
        if self._unproved is not None:
            return self._unproved, None
        if not self._signed:
            return None, None
        if number and self._position < 0:
            return number, None
        table = next((table for table, rows in self._tables.items() if next(rows, None) is not None), None)
        return (number if table else None), table

    def _holds(self, entry: RowMapping) -> bool:
        """Whether an entry is as it was written; a key that was changed signs nothing more."""
        position, key = self._keys.get(entry.get("key_id") or "", (-1, None))
        if key is None:
            return self._held_before_the_key(entry)
        if position < self._position:
            return False
        self._position = position
        return entry["hash"] == _signature(key, entry, previous=entry["previous_hash"], erased=self._erased)

    def _held_before_the_key(self, entry: RowMapping) -> bool:
        """Whether an entry without a key, or with one that was lost, may stand where it stands."""
        if self._position >= 0:
            return False
        if entry.get("key_id") is None and entry["hash"] == _unsigned(entry):
            return True
        erased = (audit_entry.name, entry["record_id"], "detail") in self._erased.digests
        if entry.get("key_id") is None and not erased:
            return False
        self._unproved = entry["record_id"] if self._unproved is None else self._unproved
        return True

    def _other_records(self, entry: RowMapping) -> str | None:
        """The table whose records are not those that an entry speaks for."""
        if self._position < 0 or not entry.get("records"):
            return None
        _, key = self._keys[entry["key_id"]]
        claims: Claims = json.loads(entry["records"])
        if entry["event"] == SEALED:
            return self._not_sealed(claims, key, before=entry["record_id"])
        for table, told in claims.items():
            rows = self._next(table, until=told["ids"][-1][1])
            if claim(key, table, rows, self._erased) != told:
                return table
        return None

    def _not_sealed(self, claims: Claims, key: Key, *, before: int) -> str | None:
        """The table that is not as it was when it was sealed."""
        for table in {*claims, *self._tables}:
            told = claims.get(table, {"ids": [], "digest": hashlib.sha256().hexdigest()})
            last = told["ids"][-1][1] if told["ids"] else None
            if table == audit_entry.name:
                last = before - 1
            there = () if last is None else _until(read_rows(self._connection, table), last)
            if claim(key, table, there, self._erased) != told:
                return table
            if table in self._tables and last is not None:
                self._tables[table] = read_rows(self._connection, table, after=last)
        self._unproved = None
        return None

    def _next(self, table: str, *, until: int) -> Iterator[RowMapping]:
        """The records of a table that no entry has spoken for so far."""
        rows = self._tables.get(table, iter(()))
        for row in rows:
            yield row
            if not isinstance(row["record_id"], int) or row["record_id"] >= until:
                return


def _until(rows: Iterator[RowMapping], last: int) -> Iterator[RowMapping]:
    for row in rows:
        if isinstance(row["record_id"], int) and row["record_id"] > last:
            return
        yield row


def _signature(key: Key, row: Mapping[Any, Any], *, previous: str, erased: Erased) -> str:
    """The keyed hash of an entry. A value that was erased from it has left its own hash."""
    told = {name: row[name] for name in _SIGNED} | {"recorded_at": _moment(row["recorded_at"])}
    number = row.get("record_id", 0)
    return key.sign(previous.encode() + row_digest(key, audit_entry.name, told, erased, number=number))


def _unsigned(row: Mapping[Any, Any]) -> str:
    told = [row["event"], row["place"], row["household_id"], row["detail"], row["recorded_by"]]
    content = row["previous_hash"] + json.dumps([*told, _moment(row["recorded_at"])], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def _moment(at: datetime | str) -> str:
    """A time as it is hashed; SQLite keeps it as a text, in which anything can stand."""
    try:
        return in_utc(datetime.fromisoformat(at) if isinstance(at, str) else at).isoformat()
    except ValueError:
        return str(at)
