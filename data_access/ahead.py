"""Answers asked for before a reader asks: of a load, what takes longest; after reports, what was asked lately and will
be asked again."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import lru_cache
from itertools import islice
from typing import Any

from data_access import door
from data_access.employment.able_members import read_able_members
from data_access.errors import AppError
from data_access.income.figures import read_periods, read_sub_items
from data_access.income.incomes import BASES
from data_access.posting.post import Posted
from data_access.scope import Scope

MOST_ASKED = 300
"""So many questions are asked again after reports. One whose tables they do not change takes no time."""

_BASIS = next(iter(BASES))
_LONGEST: tuple[tuple[Callable[..., Any], dict[str, Any]], ...] = (
    (read_able_members, {}),
    (read_periods, {"basis": _BASIS}),
    (read_sub_items, {"basis": _BASIS, "level": "county"}),
    (read_sub_items, {"basis": _BASIS, "level": "township"}),
)
"""What takes the pages of the newest month longest, as they ask it of the whole district. What it begins with is kept
for readers of other places, too."""


def ask_longest() -> None:
    """Ask once a load, after somebody saw figures of it, what the first reader of a page would wait for longest. Raises
    AppError."""
    if door.store().is_counted:
        facts = door.current_facts().facts
        _ask_of(facts.version.database, facts.version.load_id, facts.months.cut_off)


@lru_cache(maxsize=1)  # once a load
def _ask_of(_database: str, _load_id: int, on: date) -> None:
    district = Scope.district()
    county = door.regions(scope=district).county
    for query, arguments in _LONGEST if county else ():
        with suppress(AppError):  # it is said where it is shown
            door.read(query, scope=district.narrowed(county), on=on, **arguments)


def post_waiting_reports() -> Posted:
    """Put what was reported into the data, as the door does, and ask again what they may have changed. Raises
    AppError."""
    done = door.post_waiting_reports()
    if done.applied:
        for ask in islice(door.asked_lately(), MOST_ASKED):
            with suppress(AppError):  # it is said where it is shown
                ask()
    return done
