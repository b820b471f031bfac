"""What is declared about the demonstration ledger (`story.yaml`): who records what, and when."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from data_access.clock import last_day
from data_access.declarations import Declared, Many, Status, Text, Words, read_declared

_FILE = Path(__file__).with_name("story.yaml")

When = date | int
"""A day, or how many days before the ledger is made; below 0: after."""
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
Every = Annotated[int, Field(ge=2)]
Month = Annotated[str, Field(pattern=r"^\d{4}-\d{2}$")]


def day_of(when: When, *, today: date) -> date:
    """The day that is meant, for a ledger made today."""
    return today - timedelta(days=when) if isinstance(when, int) else when


class People(Declared):
    """Who records."""

    leader: Text
    staff: Text
    inspector: Text
    quality: Text
    callers: Many[Text]


class Sentences(Declared):
    """What they write, in the language of the records."""

    problem: Text
    seen: Text
    complaint: Text
    returned: Text
    concluded: Text
    measures: Text
    progress: Text
    evidence: Text
    gone: Text
    meeting: Text


class Days(Declared):
    """When the work of a month was done."""

    freeze: When
    draw: When
    findings: When
    telephone: When
    assigned: When
    progress: When
    struck_off: When
    recheck: When | None = None


class Late(Declared):
    """How many cases, and eliminations, were told only after the edition was frozen: the newest of that day."""

    cases: Count
    eliminations: Count


class Way(Declared):
    """The steps taken on a problem; `due_in`: the days that were given when it was assigned."""

    steps: Many[Literal["assigned", "progress", "struck_off"]]
    due_in: Count | None = None


class LookedBack(Declared):
    """The look back: how many were drawn, had held, had come back; `due_in`: days from today to settle those anew."""

    day: When
    size: Count
    held: Count
    reopened: Count
    due_in: Count


class MonthOfWork(Declared):
    """A month: its draw and what follows. `share`: of the drawn units how many were inspected so far; `differs_every`:
    of how many answers one disagrees; `calls`: how many of its calls came in by sheet; `ways`: taken in turn."""

    month: Month
    name: Text
    called: Text
    """The number called out, of which the seed of the draw is made."""
    share: Share
    differs_every: Every
    days: Days
    late: Late
    calls: Count
    ways: Annotated[Many[Way], Field(min_length=1)]
    look_back: LookedBack | None = None

    @property
    def last(self) -> date:
        """Its last day."""
        return last_day(self.month)


class Recheck(Declared):
    """The recheck of records of the newest month."""

    called: Text
    """The number called out, of which the seed of the draw is made."""
    share: Share
    differs_every: Every


class SentList(Declared):
    """A list that was sent out: the shares of its townships that have answered wholly and in part; verdicts in turn."""

    metric: Text
    month: Month
    sent: When
    due: When
    answered: When
    complete: Share
    partial: Share = 0.0
    verdicts: Annotated[Many[Text], Field(min_length=1)]


class Conclusions(Declared):
    """Red households that are watched further."""

    day: When
    households: Count
    watch_until: When


class Meeting(Declared):
    """A problem that was raised at the dispatch meeting."""

    day: When
    township: Annotated[str, Field(pattern=r"^\d{9}$")]
    due: When


class Story(Declared):
    """What `story.yaml` declares."""

    status: Status
    reference: Words
    county: Annotated[str, Field(pattern=r"^\d{6}$")]
    people: People
    words: Sentences
    months: Annotated[Many[MonthOfWork], Field(min_length=1)]
    recheck: Recheck
    handouts: Many[SentList]
    settle_in: Count
    conclusions: Conclusions
    meeting: Meeting
    found: Mapping[str, Text]
    """What was found on the spot, by question."""


@cache
def load_story(file: Path = _FILE) -> Story:
    """The story as declared. Raises DeclarationError."""
    return read_declared(file, Story)
