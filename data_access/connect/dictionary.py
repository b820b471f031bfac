"""The dictionary table that many systems keep: kind of code, code, word. A draft reads from it what codes mean."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Column, Engine, String, Table, cast, select

from data_access.files.headings import plain_heading

_MOST = 20_000
"""Rows that are read of a dictionary."""

_FEWEST = 2
"""How many codes a comment must explain before it is taken for a list of them."""

_PAIR = re.compile(r"(?P<code>\d+)\s*[-:：=.、]?\s*(?P<word>[^\d\s,，;；、（）()/]+)")
_OPENS = " :：,，(（"
"""What stands between the title of a column and its codes."""


def said_in_comment(comment: str) -> tuple[str, dict[str, str]]:
    """The title of a column and what its codes mean, of a comment that says both: 类别 1脱贫不稳定 2边缘易致贫."""
    found = list(_PAIR.finditer(comment))
    if len(found) < _FEWEST:
        return comment, {}
    return comment[: found[0].start()].rstrip(_OPENS), {one["code"]: one["word"] for one in found}


@dataclass(frozen=True)
class Dictionary:
    """Kind of code -> code -> word."""

    kinds: dict[str, dict[str, str]]

    def words(self, column: Column, *, spelled: Sequence[str]) -> dict[str, str]:
        """Code -> word of the kind that a column is of: its name, its comment, or how it is spelled, says so.

        Args:
            spelled: ways in which the name of the column may be written.
        """
        told = f"{column.name} {column.comment or ''}".lower()
        fits = [kind for kind in self.kinds if kind and (kind.lower() in told or kind.lower() in spelled)]
        return self.kinds[max(fits, key=len)] if fits else {}


def read_dictionary(engine: Engine, tables: Sequence[Table], names: dict[str, Sequence[str]]) -> Dictionary:
    """The dictionary among some tables; without any an empty one.

    Args:
        names: what its columns are called: `kind`, `code` and `word`, by name or comment.
    """
    for table in tables:
        found = {part: _column(table, called) for part, called in names.items()}
        if len({id(column) for column in found.values() if column is not None}) == len(names):
            columns = [cast(column, String).label(part) for part, column in found.items()]
            with engine.connect() as connection:
                rows = connection.execute(select(*columns).limit(_MOST)).all()
            kinds: dict[str, dict[str, str]] = {}
            for row in rows:
                kinds.setdefault((row.kind or "").strip(), {})[(row.code or "").strip()] = (row.word or "").strip()
            return Dictionary(kinds)
    return Dictionary({})


def _column(table: Table, called: Sequence[str]) -> Column | None:
    for name in called:
        for column in table.c:
            if name in (column.name.lower(), plain_heading(column.comment or "")):
                return column
    return None
