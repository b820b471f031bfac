"""Answers that stay when reports change none of the tables they were read from."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from data_access.database.engine import DataVersion
from data_access.memory import Memory

MOST_RESULTS_KEPT = 4_096
"""How many query results are kept in memory, over all sessions; the oldest is dropped first. A result takes 9 KB on
average, the largest (why a household has its score) 95 KB."""


@dataclass(frozen=True)
class KeptAnswer:
    """What a query gave, of which version, and which tables it read; None where nobody knows."""

    version: DataVersion
    result: Any
    reads: frozenset[str] | None


class Answers:
    """The newest answer to each question, the one that nobody asked for the longest dropped first."""

    def __init__(self) -> None:
        self._held = Memory(MOST_RESULTS_KEPT)

    def find(
        self,
        asked: tuple,
        *,
        version: DataVersion,
        changed: Callable[[DataVersion, DataVersion], frozenset[str] | None],
    ) -> KeptAnswer | None:
        """The answer to a question, as one of a version; None if there is none, or a table that it was read from has
        changed.

        Args:
            changed: the tables that changed between two versions; None where nobody knows.
        """
        held: KeptAnswer | None = self._held.find(asked)
        tables = None if held is None else changed(held.version, version)
        if held is None or held.reads is None or tables is None or held.reads & tables:
            return None
        return replace(held, version=version)

    def questions(self) -> list[Any]:
        """What was asked, the last question first."""
        return self._held.newest_first()

    def keep(self, asked: tuple, answer: KeptAnswer) -> None:
        """Keeps an answer in the place of the one before."""
        self._held.keep(asked, answer)
