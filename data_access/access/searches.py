"""What a search leaves in the audit record: what it was by, a keyed hash of what was typed, and how much it found."""

from data_access.households.search import asked_by, cleaned
from data_access.ledger.audit_chain import Event
from data_access.ledger.keyed_hash import keyed_hash


def search_event(text: str, *, hits: int) -> Event | None:
    """The entry of a search for a text; None for a text too short to find anybody.

    Equal texts have equal hashes, so that repetition and chains of searches show, and the text itself does not.
    Raises LedgerError where there is no key.
    """
    by = asked_by(text)
    if by is None:
        return None
    return Event(kind="searched", detail={"by": by, "term": keyed_hash(cleaned(text)), "hits": hits})
