"""The record of who did what: every entry carries the hash of the one before it, so that none can be changed, left
out or slipped in without the chain breaking (`verify`). Only the end could be cut off unnoticed: note the newest hash
elsewhere from time to time."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Column, Connection, Row, String, Text, insert, select

from data_access.ledger.declaration import in_utc, record_table

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
    action=None,
)

BEFORE_THE_FIRST = "0" * 64
"""The previous hash in the first entry."""

_WRITTEN = ("event", "place", "household_id", "detail", "recorded_by", "recorded_at")
"""The columns that go into the hash of an entry."""


@dataclass(frozen=True)
class Event:
    """Something that is entered into the audit record; its name is in the catalogues as `audit.event_<kind>`."""

    kind: str
    place: str | None = None
    household_id: str | None = None
    detail: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Verdict:
    """What `verify` found: how many entries are valid, the newest hash, and the number of the first invalid one."""

    entries: int
    newest_hash: str
    broken_at: int | None


def write(connection: Connection, events: Sequence[Event], *, recorded_by: str, at: datetime) -> None:
    """Enter events, in order, within the transaction of the connection.

    Two writers that start from the same entry cannot both succeed: the database refuses a second successor of an entry
    (IntegrityError), and the later writer must try again.
    """
    newest = select(audit_entry.c.hash).order_by(audit_entry.c.record_id.desc()).limit(1)
    previous = connection.execute(newest).scalar() or BEFORE_THE_FIRST
    rows = []
    for event in events:
        row: dict[str, Any] = {
            "event": event.kind,
            "place": event.place,
            "household_id": event.household_id,
            "detail": json.dumps(dict(event.detail), ensure_ascii=False, sort_keys=True, default=str),
            "recorded_by": recorded_by,
            "recorded_at": at,
        }
        row |= {"previous_hash": previous, "hash": _hash(previous, row)}
        previous = row["hash"]
        rows.append(row)
    if rows:
        connection.execute(insert(audit_entry), rows)


def verify(connection: Connection) -> Verdict:
    """Recompute the chain from its first entry; stops at the first entry that does not follow from the one before
    it."""
    previous, entries = BEFORE_THE_FIRST, 0
    # The columns of an entry since the first revision: a backup may be older than the program.
    columns = audit_entry.c["record_id", *_WRITTEN, "previous_hash", "hash"]
    query = select(*columns).order_by(audit_entry.c.record_id)
    found = connection.execution_options(yield_per=1_000).execute(query)
    for row in found:
        if row.previous_hash != previous or row.hash != _hash(previous, _as_written(row)):
            return Verdict(entries=entries, newest_hash=previous, broken_at=row.record_id)
        previous, entries = row.hash, entries + 1
    return Verdict(entries=entries, newest_hash=previous, broken_at=None)


def _as_written(row: Row) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _WRITTEN}


def _hash(previous: str, row: Mapping[str, Any]) -> str:
    moment = in_utc(row["recorded_at"]).isoformat()
    told = [row["event"], row["place"], row["household_id"], row["detail"], row["recorded_by"], moment]
    return hashlib.sha256((previous + json.dumps(told, ensure_ascii=False)).encode()).hexdigest()
