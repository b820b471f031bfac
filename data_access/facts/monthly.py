"""The monthly facts: every board figure is counted from them; rebuilt for the whole district when data or rules change.

Facts hold counts by village and month, never personal data. They are read in one transaction, so they carry the version
they were read from.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import func, select

from data_access.cases import deadlines as case_deadlines
from data_access.cases import spells
from data_access.clock import Months, last_day, month_number
from data_access.clues import deadlines as clue_deadlines
from data_access.database.engine import DataVersion, Snapshot
from data_access.database.regions import Regions, read_regions
from data_access.employment import monthly as employment_monthly
from data_access.households import population
from data_access.schema.tables import clue, employment
from data_access.scope import Scope
from data_access.warnings import monthly as warnings_monthly


@dataclass(frozen=True)
class MonthlyFacts:
    """Counts by village and month, and what they were read from.

    `frames` holds one frame per subject: households, lamps, unchecked, cases, flows, jobs, year_workers, duty, clues,
    measures, factories. The columns are documented with the function that reads each.
    """

    version: DataVersion
    rules_version: str
    rules_hash: str
    months: Months
    read_at: datetime
    regions: Regions
    frames: Mapping[str, pd.DataFrame]
    begins: Mapping[str, tuple[date, ...]] = field(default_factory=dict)
    """Fact -> the days on which its history begins, or that of a part of it: what is known of before is less, or
    nothing."""
    since: DataVersion | None = None
    """The version that all of it was counted from; after that, parts of it were counted again as reports came in. None
    where none came."""

    @property
    def whole_version(self) -> DataVersion:
        """The version that all of it was counted from."""
        return self.since or self.version

    def within(self, scope: Scope) -> "MonthlyFacts":
        """The facts of the villages inside a scope: the only way they reach a reader."""
        frames = {name: _rows_within(frame, scope) for name, frame in self.frames.items()}
        return replace(self, regions=self.regions.within(scope), frames=frames)

    def until(self, month: str) -> "MonthlyFacts":
        """The facts up to the end of an earlier month: the same as counting until its last day, for no month is counted
        from what happened after it."""
        day = last_day(month)
        frames = {name: frame[frame["month"] <= month] for name, frame in self.frames.items()}
        months, version = Months(first=self.months.first, cut_off=day), replace(self.version, cut_off=day)
        return replace(self, version=version, months=months, frames=frames)


def read_monthly_facts(snapshot: Snapshot, *, until: date | None = None) -> MonthlyFacts:
    """Count everything, for all villages and months, from one snapshot.

    Args:
        until: the last day to count; by default the cut-off of the data.

    Raises DatabaseError when nothing was ever loaded.
    """
    cut_off = snapshot.cut_off if until is None else min(until, snapshot.cut_off)
    scope = Scope.everything()
    first = population.read_first_month(snapshot, scope=scope)
    months = Months(first=first or month_number(cut_off), cut_off=cut_off)
    return MonthlyFacts(
        version=replace(snapshot.version, cut_off=cut_off),
        rules_version=snapshot.rulebook.version,
        rules_hash=snapshot.rulebook.hash,
        months=months,
        read_at=datetime.now(UTC),
        regions=read_regions(snapshot, scope=scope),
        frames=_read_frames(snapshot, months=months, parts=PARTS),
        begins=_begins(snapshot),
    )


def recount_monthly_facts(snapshot: Snapshot, *, held: MonthlyFacts, changed: Collection[str]) -> MonthlyFacts:
    """The facts of a version that differs from that of `held` in the rows of some tables alone, no day or rule moved:
    only what is counted from them is counted again."""
    parts = [part for part in PARTS if part.tables & set(changed)]
    frames = _read_frames(snapshot, months=held.months, parts=parts)
    return replace(
        held,
        since=held.whole_version,
        version=snapshot.version,
        read_at=datetime.now(UTC),
        frames={**held.frames, **frames},
        begins=_begins(snapshot),
    )


@dataclass(frozen=True)
class FactsPart:
    """Frames that are read together."""

    frames: tuple[str, ...]
    tables: frozenset[str]
    """What they are counted from."""
    read: Callable[..., Any]
    """Takes a snapshot, a scope and months; returns the frame, a tuple of them, or a mapping."""


_HOMES = frozenset({"household", "monitoring_case"})
_PERSONS = _HOMES | {"member"}

PARTS: tuple[FactsPart, ...] = (
    FactsPart(("lamps", "unchecked"), _HOMES | {"household_indicator"}, warnings_monthly.read_lamps_monthly),
    FactsPart(("unchecked",), frozenset({"clue", "screening"}), warnings_monthly.read_unchecked_monthly),
    FactsPart(("jobs", "year_workers", "duty"), _PERSONS | {"employment"}, employment_monthly.read_employment_monthly),
    FactsPart(("households",), _PERSONS, population.read_households_monthly),
    FactsPart(("cases",), _PERSONS, spells.read_cases_monthly),
    FactsPart(("flows",), _PERSONS, spells.read_flows_monthly),
    FactsPart(("clues",), frozenset({"household", "clue"}), clue_deadlines.read_clues_monthly),
    FactsPart(("measures",), _HOMES | {"measure"}, case_deadlines.read_measures_monthly),
    FactsPart(("factories",), frozenset({"workplace"}), employment_monthly.read_factories_monthly),
)


def _read_frames(snapshot: Snapshot, *, months: Months, parts: Iterable[FactsPart]) -> dict[str, pd.DataFrame]:
    """The frames of some parts, each read once: the first part that has a frame reads it."""
    frames: dict[str, pd.DataFrame] = {}
    for part in parts:
        if set(part.frames) <= frames.keys():
            continue
        found = part.read(snapshot, scope=Scope.everything(), months=months)
        if isinstance(found, Mapping):
            frames |= found
        else:
            own = found if isinstance(found, tuple) else (found,)
            frames |= dict(zip(part.frames, own, strict=True))
    return frames


_RECORDED = {"jobs": employment.c.started_on, "clues": clue.c.received_on}
"""Facts of what is written down as it happens -> its day: the first one begins their history."""
_LIKE = {"year_workers": "jobs", "duty": "jobs"}
"""Facts that begin with another."""
_OF_LAMPS = ("lamps", "unchecked")


def _begins(snapshot: Snapshot) -> dict[str, tuple[date, ...]]:
    """The days on which the history of each fact begins, or that of a part of it."""
    begins = dict.fromkeys(_OF_LAMPS, snapshot.rulebook.connected_days)
    for fact, day in _RECORDED.items():
        first = snapshot.connection.execute(select(func.min(snapshot.counted_on(day)))).scalar()
        if first is not None:
            begins |= {name: (first,) for name in (fact, *_LIKE) if _LIKE.get(name, name) == fact}
    return begins


def _rows_within(frame: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    if scope.regions is None:
        return frame.copy(deep=False)
    villages = frame["village_code"]
    inside = pd.Series(False, index=frame.index)
    for region in scope.regions or ():
        inside |= villages.str.startswith(region)
    return frame[inside]
