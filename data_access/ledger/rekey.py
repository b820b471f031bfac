"""Changing the key of the audit record, and printing it for the safe."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import URL

from data_access.addresses import shown
from data_access.clock import in_place
from data_access.ledger.audit_chain import KEY_PRINTED, Event, read_head, seal
from data_access.ledger.keys import keep_keys, key_file, load_keys, new_key
from data_access.ledger.ledger import Ledger, opened
from data_access.ledger.record_error import RecordError
from data_access.ledger.turn import alone

_GROUP = 8
"""Digits of a key that are written together."""


def change_key(url: URL, *, lost: bool, recorded_by: str) -> None:
    """Sign with a new key from now on. The entry that says so covers everything before it; with the former keys, which
    stay in the file, that is still verified entry by entry.

    Args:
        lost: the former key is not there any more; what it signed must be confirmed by somebody.

    Raises RecordError for a key that is said to be lost and is not, or the other way round.
    """
    file = key_file(url)
    with opened(url) as engine, alone(engine) as connection:
        keys, head = load_keys(file), read_head(connection)
        known = head.key_id is None or head.key_id in {key.key_id for key in keys}
        if known is lost:
            wrong = "key_is_there" if lost else "key_missing"
            raise RecordError(wrong, ledger=shown(url), file=str(file))
        # A change that was not finished left its key in the file.
        begun = bool(keys) and known and keys[-1].key_id != head.key_id
        if not begun:
            keys = (*keys, new_key())
            keep_keys(file, keys)
        detail = {"cause": "key_lost" if lost else "key_changed", "before": head.hash}
        seal(connection, head=head, key=keys[-1], detail=detail, recorded_by=recorded_by, at=datetime.now(UTC))


def print_key(ledger: Ledger, *, recorded_by: str) -> str:
    """The key for the safe, in groups; that it was printed is entered. Raises RecordError if it was printed before."""
    key, before = ledger.keys[-1], read_printing(ledger)
    if before is not None:
        at = f"{in_place(before['recorded_at']):%Y-%m-%d %H:%M}"
        raise RecordError("key_printed", by=before["recorded_by"], at=at, file=str(key_file(ledger.engine.url)))
    ledger.note(Event(KEY_PRINTED, detail={"key": key.key_id}), recorded_by=recorded_by)
    text = key.secret.hex()
    return " ".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def read_printing(ledger: Ledger) -> dict[str, Any] | None:
    """The entry that says that the key was printed; None while it was not."""
    printed = ledger.signed_entries(KEY_PRINTED)
    return next((entry for entry in printed if entry["detail"].get("key") == ledger.keys[-1].key_id), None)


def read_advice(ledger: Ledger) -> list[RecordError]:
    """What whoever keeps the server should still do for the audit record. Raises LedgerError when the ledger cannot be
    read."""
    found = []
    if ledger.owns_tables():
        found.append(RecordError("tables_owned", ledger=str(ledger)))
    if read_printing(ledger) is None:
        found.append(RecordError("key_not_printed", ledger=str(ledger), file=str(key_file(ledger.engine.url))))
    return found
