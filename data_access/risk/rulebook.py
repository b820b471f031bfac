"""Reads the rule files and refuses what it cannot trust, naming the file, the place in it and the remedy.

A rule is one YAML file in `rules/`; `bands.yaml` sets the scores from which a household is red or yellow and the rules
that make it red whatever the score; `lines.yaml` holds the monitoring income lines; `sources.yaml` says where the
inputs come from. Values are dated: the newest entry not later than a day is in force on it. A rule judges a district
from the day on which all its sources are connected there.
"""

import hashlib
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from data_access.declarations import (
    DeclarationError,
    Declared,
    Many,
    Source,
    Status,
    Text,
    Words,
    read_declared,
    refuse,
)
from data_access.risk.rule import Rule, Sources
from data_access.risk.sources import Coverage, DataSource, read_sources
from data_access.schema.dated import in_force

RULES_FOLDER = Path(__file__).parent


class Bands(Declared):
    """The scores from which a household is red or yellow."""

    red_above: int
    yellow_from: Annotated[int, Field(gt=0)]

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.yellow_from > self.red_above:
            raise refuse("yellow_above_red", yellow_from=self.yellow_from, red_above=self.red_above)
        return self


def _risk_rule(rule_id: str, info: ValidationInfo) -> str:
    if info.context is None or rule_id not in info.context:
        raise refuse("no_risk_rule", name=rule_id)
    return rule_id


def _once(ids: tuple[str, ...]) -> tuple[str, ...]:
    for number, rule_id in enumerate(ids):
        if rule_id in ids[:number]:
            raise refuse("stands_twice", at=(number,), name=rule_id)
    return ids


class _BandsFile(Declared):
    """`bands.yaml`; reading it needs the ids of the risk rules."""

    version: Text
    values: Annotated[dict[date, Bands], Field(min_length=1)]
    hard_triggers: Annotated[Many[Annotated[Text, AfterValidator(_risk_rule)]], AfterValidator(_once)]
    reference: Sources


class Line(Declared):
    """The monitoring income line of one year, yuan per person."""

    value: Annotated[int, Field(gt=0)]
    status: Status
    reference: Words


class _LinesFile(Declared):
    """`lines.yaml`."""

    monitoring_line: Annotated[dict[int, Line], Field(min_length=1)]


@dataclass(frozen=True)
class RuleChange:
    """Something of a rule book that is different from a day on."""

    kind: str
    """`rule` (its values), `bands`; `connected` or `late` (a source, or its next file)."""
    label: Words | None = None
    """The rule or the source."""


@dataclass(frozen=True)
class RuleBook:
    """All rules, bands and lines, with the version that people quote and the hash that caches use."""

    version: str
    rules: tuple[Rule, ...]
    bands: Mapping[date, Bands]
    hard_triggers: tuple[str, ...]
    bands_reference: tuple[Source, ...]
    lines: Mapping[int, Line]
    sources: Mapping[str, DataSource]
    hash: str
    coverage: Coverage | None = None
    """What was delivered to the database that is judged; None: every source counts as connected."""

    def here(self, coverage: Coverage | None) -> Self:
        """The rule book as it judges a database to which certain files were delivered."""
        return replace(self, coverage=coverage)

    def rules_laid_down(self, *, on: date) -> tuple[Rule, ...]:
        """The rules with values on a day, connected or not, in the order of their ids."""
        return tuple(rule for rule in self.rules if rule.steps(on=on))

    def rules_in_force(self, *, on: date) -> tuple[Rule, ...]:
        """The rules that score on a day, in the order of their ids: laid down, and all their sources connected."""
        return tuple(rule for rule in self.rules_laid_down(on=on) if self.is_connected(rule, on=on))

    def is_connected(self, rule: Rule, *, on: date) -> bool:
        """Whether all sources of a rule are connected on a day."""
        return not self.lacking(rule, on=on)

    def lacking(self, rule: Rule, *, on: date) -> tuple[DataSource, ...]:
        """The sources of a rule that are not connected on a day."""
        return tuple(source for source in self.sources_of(rule) if self.connected_since(source, on=on) is None)

    def connected_since(self, source: DataSource, *, on: date) -> date | None:
        """The day from which a source is connected; None if it is not by a day."""
        since = self._since[source.key]
        return None if since is None or since > on else since

    def late_on(self, *, on: date) -> tuple[DataSource, ...]:
        """The sources of rules in force whose next file is late on a day: of whom they did not name nothing is known
        any more."""
        used = {source.key: source for rule in self.rules_in_force(on=on) for source in self.sources_of(rule)}
        late = ((source, self._late_from[key]) for key, source in used.items())
        return tuple(source for source, day in late if day is not None and day <= on)

    def sources_of(self, rule: Rule) -> tuple[DataSource, ...]:
        """Where the inputs of a rule come from."""
        columns = set(rule.columns)
        return tuple(source for source in self.sources.values() if not columns.isdisjoint(source.columns))

    def event_sources(self, *, on: date) -> tuple[DataSource, ...]:
        """The sources whose files say on a day to whom something happened, and so that it did not to all others."""
        if self.coverage is None:
            return ()
        return tuple(source for source in self.sources.values() if self.coverage.speaks_of(source, on=on))

    def newly_connected(self, *, on: date) -> tuple[DataSource, ...]:
        """The sources that began to deliver in the month of a day, by that day; not those that the data began with."""
        if self.coverage is None:
            return ()
        used = {source.key for rule in self.rules_laid_down(on=on) for source in self.sources_of(rule)}
        return tuple(
            source
            for key, source in self.sources.items()
            if key in used
            and (since := self._since[key]) is not None
            and since <= on
            and self.coverage.new_since(on.replace(day=1), source)
        )

    def bands_in_force(self, *, on: date) -> Bands | None:
        """The bands of a day; None before the first entry, when no lamp can be determined."""
        return in_force(self.bands, on=on)

    def changes(self, *, after: date, until: date) -> tuple[date, ...]:
        """The days in (after, until] on which some value of a rule or band starts, a source is connected or its next
        file is late, in order."""
        starts = {start for rule in self.rules for start in rule.values} | set(self.bands)
        starts |= {
            day for day in (*self._since.values(), *self._events_since.values(), *self._late_from.values()) if day
        }
        return tuple(sorted(start for start in starts if after < start <= until))

    def changes_on(self, day: date) -> tuple[RuleChange, ...]:
        """What changed on a day: figures of before and after it are not of one definition."""
        here = (rule for rule in self.rules if day in rule.values and self.is_connected(rule, on=day))
        sources = (("connected", self._since), ("late", self._late_from))
        return (
            *(RuleChange("rule", rule.label) for rule in here),
            *([RuleChange("bands")] if day in self.bands else []),
            *(
                RuleChange(kind, self.sources[key].label)
                for kind, days in sources
                for key, since in days.items()
                if since == day
            ),
        )

    @property
    def connected_days(self) -> tuple[date, ...]:
        """The days from which another source is connected, in order: across each of them lamps are not compared. A list
        that only fills gaps connects nothing."""
        coverage = self.coverage or Coverage()
        lists = (day for key, day in self._events_since.items() if not coverage.fills_gaps(self.sources[key]))
        return tuple(sorted(day for day in {*self._since.values(), *lists} if day not in (None, date.min)))

    @cached_property
    def _since(self) -> dict[str, date | None]:
        """Source -> the day from which it is connected."""
        if self.coverage is None:
            return dict.fromkeys(self.sources, date.min)
        return {key: self.coverage.connected_since(source) for key, source in self.sources.items()}

    @cached_property
    def _events_since(self) -> dict[str, date]:
        """Source -> the day from which its events are known; it may have been connected otherwise before."""
        if self.coverage is None:
            return {}
        delivered = {key: self.coverage.events_of(source) for key, source in self.sources.items()}
        return {key: files.first for key, files in delivered.items() if files is not None}

    @cached_property
    def _late_from(self) -> dict[str, date | None]:
        """Source -> the day from which its next file is late."""
        if self.coverage is None:
            return dict.fromkeys(self.sources)
        return {key: self.coverage.late_from(source) for key, source in self.sources.items()}


def load_rulebook(folder: Path = RULES_FOLDER) -> RuleBook:
    """Read and check every file of a rule book, unless it has not changed since. Raises DeclarationError for the first
    error found."""
    return _load(folder, rulebook_stamp(folder))


@lru_cache(maxsize=16)
def _load(folder: Path, _stamp: tuple[tuple[str, int, int], ...]) -> RuleBook:
    files = sorted((folder / "rules").glob("*.yaml"))
    if not files:
        raise DeclarationError(file="rules/", place="-", kind="no_rule_files")
    rules = tuple(_read_rule(file) for file in files)
    sources = read_sources(folder / "sources.yaml")
    _check_sources(rules, sources)
    risks = frozenset(rule.id for rule in rules if rule.family == "risk")
    bands = read_declared(folder / "bands.yaml", _BandsFile, context=risks)
    return RuleBook(
        version=bands.version,
        rules=rules,
        bands=bands.values,
        hard_triggers=bands.hard_triggers,
        bands_reference=bands.reference,
        lines=read_declared(folder / "lines.yaml", _LinesFile).monitoring_line,
        sources=sources,
        hash=rulebook_hash(folder),
    )


def _read_rule(file: Path) -> Rule:
    rule = read_declared(file, Rule)
    if rule.id != file.stem:
        words = {"name": rule.id, "expected": file.stem}
        raise DeclarationError(file=file.name, place="id", kind="not_the_file_name", words=words)
    return rule


def _check_sources(rules: tuple[Rule, ...], sources: Mapping[str, DataSource]) -> None:
    """Every input of a rule comes from a source: otherwise nobody could say what to send."""
    known = [name for source in sources.values() for name in source.columns]
    for rule in rules:
        for name in rule.columns:
            if name not in known:
                words = {"name": name, "known": "sources.yaml"}
                raise DeclarationError(file=f"{rule.id}.yaml", place="input", kind="unknown_reference", words=words)


def rulebook_hash(folder: Path = RULES_FOLDER) -> str:
    """The hash of all rule files: a different hash means a different rule book. Raises DeclarationError for a missing
    file."""
    digest = hashlib.sha256()
    for file in _all_files(folder):
        digest.update(file.name.encode())
        try:
            digest.update(file.read_bytes())
        except FileNotFoundError as error:
            raise DeclarationError(file=file.name, place="-", kind="file_missing") from error
    return digest.hexdigest()[:12]


def rulebook_stamp(folder: Path = RULES_FOLDER) -> tuple[tuple[str, int, int], ...]:
    """Name, time and size of every existing rule file: cheap to read many times on every run, and different when a file
    was changed, added or removed."""
    stamp = []
    for where in (folder / "rules", folder):
        with suppress(FileNotFoundError), os.scandir(where) as files:
            for file in files:
                if file.name.endswith(".yaml"):
                    with suppress(FileNotFoundError):
                        state = file.stat()
                        stamp.append((file.name, state.st_mtime_ns, state.st_size))
    return tuple(sorted(stamp))


def _all_files(folder: Path) -> list[Path]:
    others = ("bands.yaml", "lines.yaml", "sources.yaml")
    return [*sorted((folder / "rules").glob("*.yaml")), *(folder / name for name in others)]
