"""Answers that stay when reports change none of the tables they were read from."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from data_access.database.engine import DataVersion

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
    """The newest answer to each question, the oldest dropped first."""

    def __init__(self) -> None:
        self._held, self._lock = OrderedDict[tuple, KeptAnswer](), threading.Lock()

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
        with self._lock:
            held = self._held.get(asked)
        tables = None if held is None else changed(held.version, version)
        if held is None or held.reads is None or tables is None or held.reads & tables:
            return None
        return replace(held, version=version)

    def keep(self, asked: tuple, answer: KeptAnswer) -> None:
        """Keeps an answer in the place of the one before."""
        with self._lock:
            self._held[asked] = answer
            self._held.move_to_end(asked)
            while len(self._held) > MOST_RESULTS_KEPT:
                self._held.popitem(last=False)
