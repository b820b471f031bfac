"""Where the inputs of rules come from (`sources.yaml`), and what of it a database holds: which sources are connected
there since when, and up to which day their files speak.

Nothing of this is written into a household's rows: it is worked out when rules are applied.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, field_validator

from data_access.clock import months_after
from data_access.declarations import Declared, Keyed, Many, Status, Text, Words, each_of, read_declared, refuse
from data_access.schema.indicators import read_codes
from data_access.schema.limits import limit
from data_access.schema.tables import household_indicator

UNNAMED = "unnamed_"
"""Prefix of a column beside the indicators of a household: whether the events of a source speak of the day and do not
name the household. NULL or missing: not known."""

_LATE_AFTER = "file_late_after_days"
_FILLED_BEFORE = "filled_before_list_percent"


class Events(Declared):
    """A kind of file that lists those to whom something happened."""

    file: Text
    """The kind of file."""
    department: Text
    """The department that sends it."""
    kinds: Annotated[Many[Text], Field(min_length=1)]
    """The classes of its warnings that name a household."""

    @field_validator("kinds")
    @classmethod
    def _are_codes(cls, kinds: tuple[str, ...]) -> tuple[str, ...]:
        return each_of(kinds, read_codes()["clue_kind"])


class DataSource(Declared):
    """What is delivered together: columns of `household_indicator`, and the files that bring them."""

    key: Text
    label: Words
    columns: Annotated[Many[Text], Field(min_length=1)]
    files: Annotated[Many[Text], Field(min_length=1)]
    events: Events | None = None
    every_months: Annotated[int, Field(ge=1, le=60)]
    status: Status

    @field_validator("columns")
    @classmethod
    def _are_columns(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return each_of(names, household_indicator.c.keys())


def _one_source_each(sources: dict[str, DataSource]) -> dict[str, DataSource]:
    seen: set[str] = set()
    for key, source in sources.items():
        for number, name in enumerate(source.columns):
            if name in seen:
                raise refuse("stands_twice", at=(key, "columns", number), name=name)
            seen.add(name)
    return sources


_Sources = Annotated[Keyed[DataSource], AfterValidator(_one_source_each)]


def read_sources(file: Path) -> dict[str, DataSource]:
    """The sources by their keys. Raises DeclarationError."""
    return read_declared(file, _Sources)


@dataclass(frozen=True)
class Files:
    """The files of one kind that a database was loaded with, without those taken back."""

    kind: str
    first: date
    """The day that the first one speaks of."""
    newest: date
    """The newest day that one speaks of."""
    load_id: int
    """The load that brought the first one."""


@dataclass(frozen=True)
class Coverage:
    """What was ever delivered to a database."""

    columns: tuple[tuple[str, date], ...] = ()
    """Column of `household_indicator` -> the first day on which it holds a value in any household."""
    files: tuple[Files, ...] = ()
    """One per kind of file that was loaded, as far as the loads record it."""
    first_load: int = 0
    """The number of the load that the database began with."""
    never_filled: tuple[str, ...] = ()
    """Columns that the database does not have, or of which no row has a value (`schema/collected.yaml`)."""
    is_mapped: bool = False
    """Whether a database of another shape is read into it by a mapping: what is lacking is then to be mapped."""
    filled: tuple[tuple[str, float], ...] = ()
    """Column of `household_indicator` -> of how many of its rows it holds a value (%)."""

    def connected_since(self, source: DataSource) -> date | None:
        """The first day on which a source is connected; None if it never was."""
        held = [day for name, day in self.columns if name in source.columns]
        events = self.events_of(source)
        return min([*held, *([] if events is None else [events.first])], default=None)

    def events_of(self, source: DataSource) -> Files | None:
        """The files with the events of a source; None if it has none, or none was loaded."""
        wanted = None if source.events is None else source.events.file
        return next((files for files in self.files if files.kind == wanted), None)

    def late_from(self, source: DataSource) -> date | None:
        """The day from which the next file with events is late; None if no such file was loaded."""
        events = self.events_of(source)
        if events is None:
            return None
        due = months_after(events.newest, source.every_months)
        return due + timedelta(days=limit(_LATE_AFTER, on=events.newest) + 1)

    def new_since(self, day: date, source: DataSource) -> bool:
        """Whether a source began to deliver on a day or later, in a database that had begun before."""
        begun = min((first for _, first in self.columns), default=day)
        held = [first for name, first in self.columns if name in source.columns]
        events = self.events_of(source)
        listed = events is not None and events.first >= day and events.load_id > self.first_load
        return listed or (bool(held) and min(held) >= day and min(held) > begun)

    def without(self, sources: Collection[DataSource], *, since: date) -> "Coverage":
        """What would have been delivered had some sources brought nothing that begins on a day or later."""
        columns = {name for source in sources for name in source.columns}
        kinds = {source.events.file for source in sources if source.events is not None}
        return replace(
            self,
            columns=tuple((name, first) for name, first in self.columns if name not in columns or first < since),
            files=tuple(files for files in self.files if files.kind not in kinds or files.first < since),
        )

    def fills_gaps(self, source: DataSource) -> bool:
        """Whether nearly all households had a value before the first file with the events of a source: what it says of
        whom it does not name then concerns few."""
        events, held, filled = self.events_of(source), dict(self.columns), dict(self.filled)
        if events is None or not all(name in held and held[name] < events.first for name in source.columns):
            return False
        return min(filled.get(name, 0) for name in source.columns) >= limit(_FILLED_BEFORE, on=events.first)

    def speaks_of(self, source: DataSource, *, on: date) -> bool:
        """Whether the events of a source speak of a day: from the first file until the next one is late."""
        events, late = self.events_of(source), self.late_from(source)
        return events is not None and late is not None and events.first <= on < late


def never_filled(coverage: Coverage | None) -> tuple[str, ...]:
    """The columns that hold no value in any row; none where nobody asked what was delivered."""
    return () if coverage is None else coverage.never_filled
