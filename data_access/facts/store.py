"""Holds the monthly facts of the current version: rebuilt once for everybody when data or rules change, kept when the
database is unreachable."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from data_access.database.coverage import NewestLoad, read_newest_load, tables_posted_since
from data_access.database.engine import DataVersion, HouseholdDatabase, Snapshot
from data_access.database.reads import Reads, noted_reads
from data_access.database.shared_tables import KeptTables
from data_access.declarations import DeclarationError
from data_access.errors import AppError
from data_access.facts.monthly import MonthlyFacts, read_monthly_facts, recount_monthly_facts
from data_access.one_look import once
from data_access.risk.rulebook import RULES_FOLDER, RuleBook, load_rulebook, rulebook_stamp
from data_access.schema.tables import data_load

MOST_POSTS = 100
"""So many posts are remembered since the newest file."""

_EVERY_POST = (data_load.name,)
"""What every post adds to."""


@dataclass(frozen=True)
class CurrentFacts:
    """The facts to show, and why they are not of the newest data or rules, if they are not."""

    facts: MonthlyFacts
    error: AppError | None
    error_since: datetime | None

    @property
    def stale(self) -> bool:
        """Whether the newest data cannot be read: then the facts are the last good ones, nothing is asked anew."""
        return self.error is not None and not isinstance(self.error, DeclarationError)


@dataclass(frozen=True)
class _ReadRules:
    """The rule book of the files with a stamp; if they were broken, the last good one and the error."""

    stamp: tuple
    rulebook: RuleBook
    error: DeclarationError | None


class FactsStore:
    """The facts of one database under one rule book folder.

    `current()` compares versions on every call, which is cheap; the first caller that finds a new one rebuilds while
    the others wait for it.
    """

    def __init__(
        self,
        database: HouseholdDatabase,
        *,
        rules_folder: Path = RULES_FOLDER,
        build: Callable[[Snapshot], MonthlyFacts] = read_monthly_facts,
    ) -> None:
        self.database = database
        self._rules_folder = rules_folder
        self._build = build
        self._kept = KeptTables()
        self._lock = threading.Lock()
        self._rules: _ReadRules | None = None
        self._facts: MonthlyFacts | None = None
        self._load: NewestLoad | None = None
        """The newest load of the data that the facts were counted from."""
        self._posts: tuple[tuple[DataVersion, frozenset[str]], ...] = ()
        """The versions since the newest file, each with the tables that reports changed in it."""
        self._error_since: datetime | None = None

    def rulebook(self) -> RuleBook:
        """The rule book of the current files; the last good one if they cannot be read.

        Raises DeclarationError when there is none to fall back on.
        """
        return self._read_rules().rulebook

    def _read_rules(self) -> "_ReadRules":
        return once((self, "rules"), self._rules_now)

    def _rules_now(self) -> "_ReadRules":
        stamp, held = rulebook_stamp(self._rules_folder), self._rules
        if held is not None and held.stamp == stamp:
            return held
        try:
            read = _ReadRules(stamp=stamp, rulebook=load_rulebook(self._rules_folder), error=None)
        except DeclarationError as error:
            if held is None:
                raise
            read = _ReadRules(stamp=stamp, rulebook=held.rulebook, error=error)
        self._rules = read
        return read

    @contextmanager
    def snapshot(self, *, rulebook: RuleBook | None = None) -> Iterator[Snapshot]:
        """The current data, under the current rules or `rulebook`. Raises AppError."""
        rules = rulebook or self.rulebook()
        with self.database.connect() as (connection, version):
            yield Snapshot(connection=connection, version=version, rulebook=rules, kept=self._kept)

    @contextmanager
    def noted_reads(self, snapshot: Snapshot) -> Iterator[Reads]:
        """Notes which tables are read meanwhile from a snapshot."""
        known = partial(self._kept.reads_of, snapshot.connection)
        with noted_reads(snapshot.connection, kept=known) as reads:
            yield reads

    def compress_kept(self) -> None:
        """Compress what was made to begin with since the last time."""
        self._kept.compress()

    def data_version(self) -> tuple[DataVersion, str]:
        """The newest load and the hash of the rule book: when either changes, everything is recounted. It is cheap and
        called on every run. Raises AppError."""
        return self.version(), self.rulebook().hash

    def version(self) -> DataVersion:
        """The newest load. Raises DatabaseError."""
        return once((self, "version"), self.database.version)

    def holds_sample(self) -> bool:
        """Whether the data are a sample, or cannot be read just now."""
        try:
            return self.database.version().is_sample
        except AppError:
            return True

    @property
    def is_counted(self) -> bool:
        """Whether anything was counted so far."""
        return self._facts is not None

    def current(self) -> CurrentFacts:
        """The facts of the newest data and rules; if they cannot be read, the last good ones with the error.

        Raises AppError when there is nothing to fall back on.
        """
        error: AppError | None
        try:
            facts, error = self._newest(), self._read_rules().error
        except AppError as found:
            if self._facts is None:
                raise
            facts, error = self._facts, found
        self._error_since = None if error is None else self._error_since or datetime.now(UTC)
        return CurrentFacts(facts=facts, error=error, error_since=self._error_since)

    def _newest(self) -> MonthlyFacts:
        held = self._facts
        if held is not None and (held.version, held.rules_hash) == self.data_version():
            return held
        rulebook = self.rulebook()
        with self._lock, self.database.connect() as (connection, version):
            held = self._facts
            if held is not None and (held.version, held.rules_hash) == (version, rulebook.hash):
                return held
            snapshot = Snapshot(connection=connection, version=version, rulebook=rulebook, kept=self._kept)
            changed = self._posted_since(snapshot)
            if held is not None and changed is not None:
                facts = recount_monthly_facts(snapshot, held=held, changed=changed)
                self._posts = (*self._posts[-MOST_POSTS:], (version, changed))
            else:
                facts = self._build(snapshot)
                self._posts = ((version, frozenset()),)
            self._facts, self._load = facts, read_newest_load(connection)
            return facts

    def changed_between(self, before: DataVersion, now: DataVersion) -> frozenset[str] | None:
        """The tables that reports changed between two versions, if nothing else happened; None if anything else did, or
        one of them is not known."""
        versions = [version for version, _ in self._posts]
        if before not in versions or now not in versions:
            return None
        later = self._posts[versions.index(before) + 1 : versions.index(now) + 1]
        return frozenset(_EVERY_POST).union(*(changed for _, changed in later))

    def _posted_since(self, snapshot: Snapshot) -> frozenset[str] | None:
        """The tables that differ from those of the facts that are held, if reports alone changed them."""
        held, version = self._facts, snapshot.version
        if held is None or self._load is None or held.rules_hash != snapshot.rulebook.hash:
            return None
        before, now = held.version.coverage, version.coverage
        if before is None or now is None or (before.columns, before.files) != (now.columns, now.files):
            return None
        if (held.version.cut_off, held.version.not_kept) != (version.cut_off, version.not_kept):
            return None
        return tables_posted_since(snapshot.connection, self._load)
