"""Answers asked for before a reader asks: of a load, what takes longest; after reports, what was asked lately and will
be asked again."""

from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from itertools import islice
from typing import Any

from data_access import door
from data_access.cases.durations import read_durations
from data_access.cases.elimination import read_watched
from data_access.clock import Months
from data_access.employment.able_members import read_able_members
from data_access.errors import AppError
from data_access.households.file import read_members
from data_access.households.timeline import read_story
from data_access.income.figures import read_periods, read_sub_items
from data_access.income.incomes import BASES
from data_access.inspection.phone_checks import read_asked
from data_access.lists.figures import count_all_amounts
from data_access.lists.lists import ListRequest, read_list
from data_access.posting.post import Posted
from data_access.quality.completeness import read_missing_person_items, read_missing_values
from data_access.scope import Scope
from data_access.warnings.explanation import read_explanation, read_score_history

MOST_ASKED = 300
"""So many questions are asked again after reports. One whose tables they do not change takes no time."""

_BASIS = next(iter(BASES))
_LONGEST: tuple[tuple[Callable[..., Any], dict[str, Any]], ...] = (
    (read_able_members, {}),
    (read_periods, {"basis": _BASIS}),
    (read_sub_items, {"basis": _BASIS, "level": "county"}),
    (read_sub_items, {"basis": _BASIS, "level": "township"}),
    (read_durations, {}),
    (read_asked, {}),
    (read_missing_values, {}),
    (read_missing_person_items, {}),
)
"""What takes the pages of the newest month longest, as they ask it of the whole district. What it begins with is kept
for readers of other places, too."""
_LONGEST_COUNTED = (
    "collected_households_share",
    "uncollected_households",
    "incomplete_households",
    "person_completeness",
    "incomplete_persons",
)
"""Of the metrics that are counted from their lists, at every place, what takes longest."""
_OF_A_HOUSEHOLD: tuple[Callable[..., Any], ...] = (read_explanation, read_watched, read_members, read_story)
"""What is asked of one household, and is long to put together."""


def ask_longest() -> None:
    """Ask once a load, after somebody saw figures of it, what the first reader of a page would wait for longest. Raises
    AppError."""
    if door.store().is_counted:
        facts = door.current_facts().facts
        _ask_of(facts.version.database, facts.version.load_id, facts.months)


@lru_cache(maxsize=1)  # once a load
def _ask_of(_database: str, _load_id: int, months: Months) -> None:
    district, on = Scope.district(), months.cut_off
    county = door.regions(scope=district).county
    for query, arguments in _LONGEST if county else ():
        with suppress(AppError):  # it is said where it is shown
            door.read(query, scope=district.narrowed(county), on=on, **arguments)
    for metric in _LONGEST_COUNTED:
        with suppress(AppError):
            door.read(count_all_amounts, scope=district.figures, metrics=(metric,), on=on)
    with suppress(AppError):
        _ask_of_a_household(months)


def _ask_of_a_household(months: Months) -> None:
    """Ask what the page of a household asks, of any that is watched: the statements about the next one are those, with
    another number in them."""
    district, on = Scope.district(), months.cut_off
    first = ListRequest("open_households", on, limit=1)
    for home in door.read(read_list, scope=district, request=first, language="zh").itertuples():
        number = str(home.household_id)
        scope = district.of_household(number, village_code=str(home.village_code))
        door.read(read_score_history, scope=scope, household_id=number, months=months)
        for query in _OF_A_HOUSEHOLD:
            door.read(query, scope=scope, household_id=number, on=on)


def post_waiting_reports() -> Posted:
    """Put what was reported into the data, as the door does, and ask again what they may have changed. Raises
    AppError."""
    done = door.post_waiting_reports()
    if done.applied:
        for ask in islice(door.asked_lately(), MOST_ASKED):
            with suppress(AppError):  # it is said where it is shown
                ask()
    return done
