"""What whoever keeps the server asks of the audit record, beside the door: whether it is whole, and what is still to be
done for it."""

import streamlit as st

from data_access import door
from data_access.ledger.anchors import note_head_daily as note_head_daily_in
from data_access.ledger.anchors import read_doubts
from data_access.ledger.ledger import Ledger
from data_access.ledger.record_error import RecordError
from data_access.ledger.rekey import read_advice


def record_doubts() -> list[RecordError]:
    """What does not agree between the ledger and what was noted of it, the newest of each kind: looked up again after a
    minute, or at once after `forget_doubts`. Raises LedgerError when the ledger cannot be read."""
    held = door.ledger()
    return _record_doubts(str(held.engine.url), held)


def record_advice() -> list[RecordError]:
    """What whoever keeps the server should still do for the audit record. Raises LedgerError."""
    return read_advice(door.ledger())


def forget_doubts() -> None:
    """Look up again what does not agree, after somebody confirmed it."""
    _record_doubts.clear()


@st.cache_resource(show_spinner=False, ttl=60.0, max_entries=16)
def _record_doubts(url: str, _ledger: Ledger) -> list[RecordError]:
    try:
        return list({doubt.error.key: doubt.error for doubt in read_doubts(_ledger)}.values())
    except RecordError as error:  # what was noted, or the key, cannot be read any more
        return [error]


def note_head_daily() -> None:
    """Note the newest entry of the audit record elsewhere, once a day. Raises LedgerError."""
    note_head_daily_in(door.ledger(), recorded_by="server")
