"""What every part of the demonstration needs: the sample, the ledger and its clock, the story."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import pandas as pd

from data_access.clock import in_place, start_of
from data_access.dispatch import editions
from data_access.facts.store import FactsStore
from data_access.inspection.findings import Question
from data_access.inspection.seeds import SeedBase
from data_access.ledger.ledger import Ledger
from data_access.schema.indicators import code_label, load_indicators
from data_access.scope import Scope
from sample_data.demonstration.story import Story, When, day_of

Result = TypeVar("Result")

LANGUAGE = "zh"
"""The language in which the office of the story keeps its records."""
SCOPE = Scope.district()
_OPENS_AT = timedelta(hours=9)
_NOT_COLLECTED = "—"


class PastClock:
    """The moment at which something is recorded: a minute after the one before, in the morning of the day that was
    set. It never goes back, nor beyond the present."""

    def __init__(self) -> None:
        self._at = start_of(date(2000, 1, 1))

    def set(self, day: date) -> None:
        """Go on to the morning of a day; not back to one that is past."""
        self._at = max(self._at, start_of(day) + _OPENS_AT)

    @property
    def day(self) -> date:
        """The day in the place."""
        return in_place(self._at).date()

    def now(self) -> datetime:
        """The moment of the next record."""
        self._at += timedelta(minutes=1)
        return min(self._at, datetime.now(UTC))


@dataclass(frozen=True)
class Telling:
    """The story while it is told: `store` reads the sample, `ledger` takes the records."""

    story: Story
    store: FactsStore
    ledger: Ledger
    clock: PastClock
    today: date
    draws: dict[str, str] = field(default_factory=dict)
    """The draws that were made: kind and month -> number."""
    problems: dict[str, list[str]] = field(default_factory=dict)
    """The problems that were opened, by month."""

    def day(self, when: When) -> date:
        """The day that the story means."""
        return day_of(when, today=self.today)

    def read(self, query: Callable[..., Result], **asked: Any) -> Result:
        """The result of a query on the sample, for the whole district."""
        with self.store.snapshot() as snapshot:
            return query(snapshot, scope=SCOPE, **asked)

    @property
    def data_version(self) -> str:
        """How a draw names the data it was made from."""
        return str(self.store.database.version().load_id)

    def seed_base(self, month: str) -> SeedBase:
        """What the seed of a draw is made of beside the number called out."""
        version = self.store.database.version()
        return editions.seed_base(self.ledger, month=month, version=version, scope=SCOPE)


def in_words(question: Question, row: dict[Any, Any]) -> str:
    """What the system says to a question about a household or a project."""
    declared = {column.name: column for indicator in load_indicators() for column in indicator.columns}
    said = []
    for name in question.columns:
        column, value = declared.get(name), row.get(name)
        label = "" if column is None else column.zh
        said.append(f"{label}：{_word(None if column is None else column.codes, value)}")
    return "、".join(said)


def _word(codes: str | None, value: Any) -> str:
    if value is None or pd.isna(value):
        return _NOT_COLLECTED
    if isinstance(value, bool):
        return code_label(codes="boolean", code=str(value), language=LANGUAGE)
    if isinstance(value, datetime | date):
        return f"{value:%Y-%m-%d}"
    return code_label(codes=codes, code=str(value), language=LANGUAGE) if codes else f"{value:g}"
