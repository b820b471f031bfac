"""Which tables a question reads from an embedded database: its answer stays the same until one of them changes."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, event

from data_access.schema.tables import metadata

_WORD = re.compile(r"\w+")
_KEPT = re.compile(r"table_[0-9a-f]{16}")
_SOURCE = re.compile(r"(?<!year )(?<!month )(?<!day )\b(?:FROM|JOIN)\s+(?:\w+\.)*(\w+)\b(?!\s*\()")
"""What follows FROM or JOIN, but in EXTRACT(year FROM …), and where it is no function."""
_NAMED = re.compile(r"\b(\w+)\s*(?:\([^()]*\)\s*)?AS\s+(?:MATERIALIZED\s*)?\(|\)\s+AS\s+(\w+)")
"""What a statement names itself: CTEs and subqueries."""

ReadsOfKept = Callable[[str], frozenset[str] | None]
"""The name of a kept table -> the tables that it was made of; None if there is none of that name."""


@dataclass
class Reads:
    """The tables that were read so far."""

    tables: set[str] = field(default_factory=set)
    known: bool = True
    """Whether these are all."""

    @property
    def found(self) -> frozenset[str] | None:
        """The tables of the contract that were read; None where something else was, or nothing."""
        return frozenset(self.tables) if self.known and self.tables else None

    def note(self, statement: str, *, kept: ReadsOfKept) -> None:
        """Notes what a statement reads: every word that is the name of a table counts as one; a table that nobody knows
        is noted as such."""
        words = frozenset(_WORD.findall(statement))
        self.tables |= words & metadata.tables.keys()
        named = {name for pair in _NAMED.findall(statement) for name in pair if name}
        for name in {*_SOURCE.findall(statement), *filter(_KEPT.fullmatch, words)}:
            if name in metadata.tables or name in named:
                continue
            made_of = kept(name)
            self.known = self.known and made_of is not None
            self.tables |= made_of or frozenset()


@contextmanager
def noted_reads(connection: Connection, *, kept: ReadsOfKept) -> Iterator[Reads]:
    """Notes what is read over a connection; on a server nothing is known."""
    reads = Reads(known=connection.dialect.name == "duckdb")
    if not reads.known:
        yield reads
        return

    def note(_connection: Connection, _cursor: Any, statement: str, *_others: Any) -> None:
        reads.note(statement, kept=kept)

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield reads
    finally:
        event.remove(connection, "before_cursor_execute", note)
