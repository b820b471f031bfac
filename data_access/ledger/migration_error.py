"""Why a ledger could not be upgraded, in sentences shared by pages and command lines."""

from pathlib import Path

from data_access.errors import LedgerError, WordedError


class MigrationError(WordedError, LedgerError):
    """The ledger is not at the program's revision, and was not upgraded. Nothing in it was changed."""

    texts = Path(__file__).with_suffix(".yaml")
