"""The parts of a list of the things behind a number. The lists themselves are declared in their subject; `lists.py`
runs them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Select

from data_access.database.engine import Snapshot
from data_access.scope import Scope

Entries = Callable[[Snapshot, Scope, date], Select]


@dataclass(frozen=True)
class Listing:
    """The things a fact counts, one by one, so that a number opens its list.

    `entries(snapshot, scope, on)` gives one row per thing (household, person, clue, …) that counts at the end of the
    month of `on`, or that happened in that month up to `on`. Its columns: `village_code`; `household_id` and, where a
    row is a person, `member_id` (neither for things that belong to a village alone); the key and value columns of the
    fact under the same names; and the details to show.
    """

    entries: Entries
    details: Mapping[str, str] = field(default_factory=dict)
    """Columns shown beside place and household, in order -> how: a code list of `codes.yaml`, or text, date, yuan,
    number, rule."""
    thing: str = ""
    """The column with the number of the thing, where the field reports single things and not households."""
    order: str = ""
    """The detail that a list is sorted by until the reader chooses another; a leading minus means from high to low."""
    posted: bool = False
    """Whether it is hung up in the village: it then carries neither identity card numbers nor telephones, whatever the
    scope or a purpose opens, and its details must not speak of health or accounts."""
    facets: Mapping[str, str] = field(default_factory=dict)
    """Columns a reader may filter by -> the code list that holds every possible value."""
