"""When the board shows the demonstration ledger (演示台账) that `sample_data.demonstration` makes: while nobody has a
ledger of their own."""

import os

from sqlalchemy import URL, make_url

from data_access.ledger.keys import FOLDER
from data_access.ledger.ledger import DEFAULT_FILE

DEMONSTRATION_FILE = FOLDER.parent / "sample_data/database/demonstration.sqlite"

ONES_OWN = ("LEDGER_DATABASE_URL", "LEDGER_KEY_FILE", "HOUSEHOLD_DATABASE_URL", "SIGN_IN")
"""Whoever sets one of these keeps records, or has data or people: nothing is demonstrated."""


def is_ones_own() -> bool:
    """Whether there is a ledger besides that of the demonstration, or anything that speaks of one."""
    return DEFAULT_FILE.exists() or any(os.environ.get(name) for name in ONES_OWN)


def is_demonstrated() -> bool:
    """Whether the demonstration ledger was made, and nobody has one of their own."""
    return DEMONSTRATION_FILE.exists() and not is_ones_own()


def demonstration_url() -> URL:
    """Where the demonstration ledger is."""
    return make_url(f"sqlite:///{DEMONSTRATION_FILE.as_posix()}")
