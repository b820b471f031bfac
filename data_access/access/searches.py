"""What a search leaves in the audit record: what it was by, a keyed hash of what was typed, and how much it found."""

from data_access.households.search import asked_by, cleaned
from data_access.ledger.audit_chain import Event
from data_access.ledger.keys import Key


def search_event(text: str, *, hits: int, key: Key) -> Event | None:
    """The entry of a search for a text; None for a text too short to find anybody.

    Equal texts have equal hashes, so that repetition and chains of searches show, and the text itself does not: whoever
    reads the record, or steals the ledger, cannot try out which telephone number a hash stands for.

    Args:
        key: one of the audit record.
    """
    by = asked_by(text)
    if by is None:
        return None
    term = key.sign(b"searched for " + cleaned(text).encode())
    return Event(kind="searched", detail={"by": by, "term": term, "hits": hits})
