"""What can stand in the way of bringing a ledger up, as sentences that pages and command lines say alike."""

from pathlib import Path

from data_access.errors import LedgerError, WordedError


class MigrationError(WordedError, LedgerError):
    """The ledger is of another revision than the program, and was not brought up. Nothing in it was changed."""

    texts = Path(__file__).with_suffix(".yaml")
