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
from data_access.errors import AppError
from data_access.facts.monthly import MonthlyFacts, read_monthly_facts
from data_access.risk.rulebook import RULES_FOLDER, RuleBook, load_rulebook, rulebook_stamp


@dataclass(frozen=True)
class CurrentFacts:
    """The facts to show, and why they are not the newest, if they are not."""

    facts: MonthlyFacts
    error: AppError | None
    error_since: datetime | None


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
        self._rulebook: tuple[tuple, RuleBook] | None = None
        self._facts: MonthlyFacts | None = None
        self._error_since: datetime | None = None

    def rulebook(self) -> RuleBook:
        """The rule book as the files say now. Raises RuleBookError."""
        stamp = rulebook_stamp(self._rules_folder)
        held = self._rulebook
        if held is None or held[0] != stamp:
            held = self._rulebook = (stamp, load_rulebook(self._rules_folder))
        return held[1]

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
        """The facts of the newest data and rules; the last good ones with the problem where those cannot be read.

        Raises AppError when there are none to fall back on.
        """
        try:
            facts = self._newest()
        except AppError as error:
            if self._facts is None:
                raise
            self._error_since = self._error_since or datetime.now(UTC)
            return CurrentFacts(facts=self._facts, error=error, error_since=self._error_since)
        self._error_since = None
        return CurrentFacts(facts=facts, error=None, error_since=None)

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
