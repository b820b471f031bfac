"""The seed of a draw: a hash that stands before the meeting, and a number that is called out in it.

Nobody can choose the first once the month is frozen, and nobody knows the second beforehand, so nobody can look for a
seed that draws what is wanted. Both are kept with the draw: whoever has the edition can put the seed together again.
"""

import hashlib
import re
from dataclasses import dataclass

from data_access.database.engine import DataVersion
from data_access.errors import LedgerError

EDITION, DATA = "edition", "data"
"""What the hash is of: the frozen edition of the month, or, without one, the version of the data."""

LONGEST_NUMBER = 20
_SPACES = re.compile(r"[\s,，、-]+")


@dataclass(frozen=True)
class SeedBase:
    """What stands before the meeting: of what, under which number, and its SHA-256."""

    source: str
    source_id: str
    digest: str


def of_data(version: DataVersion) -> SeedBase:
    """The base where nothing is frozen: the SHA-256 of the words "data VERSION until DAY"."""
    words = f"data {version.load_id} until {version.cut_off}"
    return SeedBase(DATA, str(version.load_id), hashlib.sha256(words.encode()).hexdigest())


def seed_of(base: SeedBase, called: str) -> str:
    """The seed: the hash, a plus, the number. Raises LedgerError for what is no number of at most 20 digits."""
    return f"{base.digest}+{number_of(called)}"


def number_of(called: str) -> str:
    """The number that was called out, as digits; spaces, commas and dashes between them do not count. Raises
    LedgerError as `seed_of` does."""
    number = _SPACES.sub("", called)
    if not (number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER):
        raise LedgerError("draw_number_missing", longest=str(LONGEST_NUMBER))
    return number
