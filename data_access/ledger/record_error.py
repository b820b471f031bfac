"""Why the audit record cannot be continued or trusted, in sentences shared by pages and command lines."""

from pathlib import Path

from data_access.errors import LedgerError, WordedError


class RecordError(WordedError, LedgerError):
    """The key of the audit record is missing or another one, or the ledger is not the one it was."""

    texts = Path(__file__).with_suffix(".yaml")
