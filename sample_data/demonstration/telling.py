"""The story told in the order of its days, into a new ledger that then takes the place of an older one."""

import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path

from sqlalchemy import URL, make_url

from data_access import clock
from data_access.database.engine import HouseholdDatabase
from data_access.facts.store import FactsStore
from data_access.ledger.keys import key_file
from data_access.ledger.ledger import Ledger
from sample_data.demonstration import frozen, inspections, lists_and_calls, problem_steps
from sample_data.demonstration.story import MonthOfWork, SentList, load_story
from sample_data.demonstration.told import PastClock, Telling

Act = tuple[date, Callable[[], object]]


def tell(url: URL, *, sample: URL, today: date | None = None) -> None:
    """Make the demonstration ledger at an address of SQLite, in place of one that is there; it is there whole, or not
    at all. Raises AppError when the sample cannot be read or the ledger not be written.

    Args:
        sample: the address of the embedded sample.
        today: the day it is made for; by default today.
    """
    place = Path(str(url.database))
    with tempfile.TemporaryDirectory(dir=place.parent, prefix="demonstration_") as folder:
        draft = make_url(f"sqlite:///{Path(folder, place.name).as_posix()}")
        past = PastClock()
        ledger = Ledger(draft, now=past.now)
        store = FactsStore(HouseholdDatabase(sample))
        try:
            told = Telling(load_story(), store, ledger, past, today or clock.today())
            for day, act in sorted(_acts(told), key=lambda act: act[0]):
                past.set(day)
                act()
        finally:
            ledger.dispose()
            store.database.dispose()
        for older in place.parent.glob(f"{place.stem}.*"):
            older.unlink()
        for made in (key_file(draft), Path(str(draft.database))):  # the ledger last: it is what says that it is there
            made.replace(place.with_suffix(made.suffix))


def _acts(told: Telling) -> Iterator[Act]:
    """What is done, and when; of one day in this order."""
    story, known = told.story, frozen.as_known(told)
    for work in story.months:
        yield told.day(work.days.freeze), partial(frozen.freeze, told, work, known=known[work.month])
        yield from _of_month(told, work)
    for sent in story.handouts:
        yield from _of_list(told, sent)
    newest = story.months[-1]
    yield told.day(story.conclusions.day), partial(lists_and_calls.conclude, told, newest)
    yield told.day(story.meeting.day), partial(problem_steps.raise_at_meeting, told)


def _of_month(told: Telling, work: MonthOfWork) -> Iterator[Act]:
    days = work.days
    yield told.day(days.draw), partial(inspections.draw, told, work)
    yield told.day(days.findings), partial(inspections.inspect, told, work)
    yield told.day(days.telephone), partial(lists_and_calls.call, told, work)
    if days.recheck is not None:
        yield told.day(days.recheck), partial(inspections.check_records, told, work)
    for step in ("assigned", "progress", "struck_off"):
        yield told.day(getattr(days, step)), partial(problem_steps.take, told, work, step=step)
    if work.look_back is not None:
        yield told.day(work.look_back.day), partial(problem_steps.look_again, told, work.look_back)


def _of_list(told: Telling, sent: SentList) -> Iterator[Act]:
    numbers: list[str] = []
    yield told.day(sent.sent), lambda: numbers.append(lists_and_calls.send_out(told, sent))
    yield told.day(sent.answered), lambda: lists_and_calls.answer(told, sent, handout_id=numbers[0])
