"""Heads of the audit record, noted where whoever can write the ledger cannot: that its end was cut off, that it is an
older one or another, only shows by comparing.

`LEDGER_ANCHORS` names the place: a file, best one of another owner that can only be added to, or `syslog`, which gets
each line as well as the file beside the key. Every line is signed; every one is an entry, too, so that a line that was
taken out is missed.
"""

import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, select

from data_access.clock import in_place
from data_access.ledger.audit_chain import ANCHORED, CONFIRMED, RESTORED, SEALED, Event, Head, audit_entry
from data_access.ledger.declaration import in_utc
from data_access.ledger.keys import Key, key_file
from data_access.ledger.ledger import Ledger
from data_access.ledger.record_error import RecordError
from data_access.scope import Scope

VARIABLE = "LEDGER_ANCHORS"

SYSLOG = "syslog"

LOG_SOCKET = "/dev/log"

_PRIORITY = 4 * 8 + 5
"""Of the system's log: authorisation, notice."""

_TO_CONFIRM = ("key_was_there", "key_lost")
"""Reasons for a seal that somebody must confirm."""


@dataclass(frozen=True)
class Doubt:
    """Something that does not agree between a ledger and what was noted of it."""

    about: str
    """What it is about: who confirms it names this."""
    error: RecordError


@dataclass(frozen=True)
class _Line:
    at: str
    entry: int
    hash: str
    signature: str

    @property
    def text(self) -> str:
        return f"{self._signed} {self.signature}"

    @property
    def _signed(self) -> str:
        return f"{self.at} {self.entry} {self.hash}"

    def holds(self, keys: tuple[Key, ...]) -> bool:
        return any(key.signed(self._signed.encode(), self.signature) for key in keys)

    @classmethod
    def of(cls, head: Head, key: Key) -> "_Line":
        at = datetime.now(UTC).isoformat(timespec="seconds")
        return cls(at, head.record_id, head.hash, key.sign(f"{at} {head.record_id} {head.hash}".encode()))


def anchor_file(url: URL) -> Path:
    """Where the heads of a ledger are noted."""
    named = os.environ.get(VARIABLE, "")
    return Path(named) if named not in ("", SYSLOG) else key_file(url).with_suffix(".anchors")


def note_head(ledger: Ledger, *, recorded_by: str, newest_hash: str | None = None) -> None:
    """Note the newest entry, or an earlier one that was the newest when a copy was begun.

    Raises RecordError if the place cannot be written, or if the ledger does not agree with what was noted before: that
    must be confirmed first.
    """
    for doubt in read_doubts(ledger):
        raise doubt.error
    head = ledger.head() if newest_hash is None else _entry(ledger, newest_hash)
    if head.record_id == 0:
        return
    line = _Line.of(head, ledger.keys[-1])
    file = anchor_file(ledger.engine.url)
    try:
        _add(file, line)
        if os.environ.get(VARIABLE) == SYSLOG:
            _log(line)
    except OSError as error:
        raise RecordError("anchor_not_noted", file=str(file), reason=str(error), variable=VARIABLE) from error
    detail = {"entry": head.record_id, "hash": head.hash, "at": line.at}
    ledger.note(Event(ANCHORED, detail=detail), recorded_by=recorded_by)


def note_head_daily(ledger: Ledger, *, recorded_by: str) -> bool:
    """Note the newest entry unless one was noted today; returns whether it was. Raises as `note_head` does."""
    newest = select(audit_entry.c.recorded_at).where(audit_entry.c.event == ANCHORED)
    known = ledger.read(newest.order_by(audit_entry.c.record_id.desc()).limit(1))["recorded_at"]
    if len(known) and in_utc(known.iloc[0]).date() == datetime.now(UTC).date():
        return False
    note_head(ledger, recorded_by=recorded_by)
    return True


def confirm(ledger: Ledger, *, reason: str, recorded_by: str, scope: Scope) -> None:
    """Confirm that the ledger is lawfully what it is now, for example after a restore; its newest entry is noted.

    Raises ScopeError for a user who may not, LedgerError without a reason, RecordError as `note_head` does.
    """
    with ledger.refusals_noted(recorded_by=recorded_by):
        scope.require("confirm_record")
    if not reason.strip():
        raise RecordError("reason_missing")
    head = ledger.head()
    detail = {
        "reason": reason.strip(),
        "entry": head.record_id,
        "hash": head.hash,
        "confirmed": [doubt.about for doubt in read_doubts(ledger)],
    }
    ledger.note(Event(CONFIRMED, detail=detail), recorded_by=recorded_by)
    note_head(ledger, recorded_by=recorded_by)


def read_doubts(ledger: Ledger) -> list[Doubt]:
    """What does not agree between a ledger and what was noted of it, but for what was confirmed. Raises LedgerError
    when the ledger or the place cannot be read."""
    told = ledger.signed_entries(ANCHORED, CONFIRMED, RESTORED, SEALED)
    confirmed = {
        about for entry in told if entry["event"] == CONFIRMED for about in entry["detail"].get("confirmed", ())
    }
    found = [*_of_the_key(ledger), *_of_the_file(ledger, told), *_of_entries(told, ledger=str(ledger))]
    return [doubt for doubt in found if doubt.about not in confirmed]


def _of_the_key(ledger: Ledger) -> Iterator[Doubt]:
    """A ledger that goes on with a former key is from before the key was changed."""
    used, newest = ledger.head().key_id, ledger.keys[-1].key_id
    if used not in (None, newest):
        yield Doubt(f"key {used} {newest}", RecordError("key_not_newest", ledger=str(ledger)))


def _of_the_file(ledger: Ledger, told: list[dict[str, Any]]) -> Iterator[Doubt]:
    file, name = anchor_file(ledger.engine.url), str(ledger)
    texts, keys = _lines(file), ledger.keys
    lines = [line for text in texts if (line := _parsed(text)) is not None and line.holds(keys)]
    genuine = {line.text for line in lines}
    for number, text in enumerate(texts, start=1):
        if text not in genuine:
            yield Doubt(f"line {text}"[:200], RecordError("anchor_forged", file=str(file), line=str(number)))
    entries = audit_entry.c["record_id", "hash"]
    query = select(*entries).where(audit_entry.c.record_id.in_([line.entry for line in lines]))
    there = set(ledger.read(query).itertuples(index=False, name=None))
    for line in lines:
        if (line.entry, line.hash) not in there:
            yield Doubt(
                f"head {line.hash}", RecordError("head_missing", ledger=name, entry=str(line.entry), at=line.at)
            )
    noted = {(line.entry, line.hash, line.at) for line in lines}
    for entry in told:
        detail = entry["detail"]
        if entry["event"] == ANCHORED and tuple(map(detail.get, ("entry", "hash", "at"))) not in noted:
            missing = RecordError(
                "anchor_cut", file=str(file), entry=str(detail.get("entry")), at=str(detail.get("at"))
            )
            yield Doubt(f"noted {entry['hash']}", missing)


def _of_entries(told: list[dict[str, Any]], *, ledger: str) -> Iterator[Doubt]:
    for entry in told:
        cause = {RESTORED: "restored"}.get(entry["event"]) or entry["detail"].get("cause")
        if entry["event"] == RESTORED or (entry["event"] == SEALED and cause in _TO_CONFIRM):
            at = in_place(entry["recorded_at"]).isoformat(timespec="minutes")
            yield Doubt(f"entry {entry['hash']}", RecordError(f"to_confirm_{cause}", ledger=ledger, at=at))


def _entry(ledger: Ledger, newest_hash: str) -> Head:
    columns = audit_entry.c["record_id", "hash", "key_id"]
    rows = ledger.read(select(*columns).where(audit_entry.c.hash == newest_hash)).itertuples(index=False, name=None)
    return next((Head(*row) for row in rows), Head())


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise RecordError("anchor_not_noted", file=str(file), reason=str(error), variable=VARIABLE) from error


def _parsed(text: str) -> _Line | None:
    try:
        at, entry, head, signature = text.split(" ")
        return _Line(at, int(entry), head, signature)
    except ValueError:
        return None


def _add(file: Path, line: _Line) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "w", encoding="ascii") as stream:
        stream.write(f"{line.text}\n")
        stream.flush()
        os.fsync(stream.fileno())


def _log(line: _Line) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
        log.connect(LOG_SOCKET)
        log.send(f"<{_PRIORITY}>household-ledger: {line.text}".encode())
