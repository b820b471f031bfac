"""Holds the monthly facts of the version in force: rebuilt once for everybody when data or rules change, kept when
the database is gone."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from data_access.database.engine import DataVersion, HouseholdDatabase, Snapshot
from data_access.database.shared_tables import KeptTables
from data_access.declarations import DeclarationError
from data_access.errors import AppError
from data_access.facts.monthly import MonthlyFacts, read_monthly_facts
from data_access.risk.rulebook import RULES_FOLDER, RuleBook, load_rulebook, rulebook_stamp


@dataclass(frozen=True)
class CurrentFacts:
    """The facts to show, and why they are not of the newest data or rules, if they are not."""

    facts: MonthlyFacts
    error: AppError | None
    error_since: datetime | None


@dataclass(frozen=True)
class _ReadRules:
    """The rule book of the files of a stamp; with the error, if they were broken, it is the last good one."""

    stamp: tuple
    rulebook: RuleBook
    error: DeclarationError | None


class FactsStore:
    """The facts of one database under one rule book folder.

    `current()` compares versions on every call, which is cheap; the first caller that meets a new one rebuilds while
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
        self._error_since: datetime | None = None

    def rulebook(self) -> RuleBook:
        """The rule book as the files say now; the last good one where they cannot be read.

        Raises DeclarationError when there is none to fall back on.
        """
        return self._read_rules().rulebook

    def _read_rules(self) -> "_ReadRules":
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
        """The data now, judged by the rules now or by `rulebook`. Raises AppError."""
        rules = rulebook or self.rulebook()
        with self.database.connect() as (connection, version):
            yield Snapshot(connection=connection, version=version, rulebook=rules, kept=self._kept)

    def data_version(self) -> tuple[DataVersion, str]:
        """The newest load and the hash of the rule book: when either changes, everything is counted anew. It is cheap
        and asked on every run. Raises AppError."""
        return self.database.version(), self.rulebook().hash

    def current(self) -> CurrentFacts:
        """The facts of the newest data and rules; what cannot be read is left as it last was, and said.

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
            facts = self._build(Snapshot(connection=connection, version=version, rulebook=rulebook))
            self._facts = facts
            return facts
