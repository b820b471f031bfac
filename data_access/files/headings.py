"""Which column of a file is which: its headings against the declared ones, and what a reader mapped by hand."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from data_access.files.workbook import Cell

HEAD_ROWS = 20
"""Rows at the top of a sheet among which its heading is looked for."""

_ABOVE = 3
"""Rows above the heading in which the name of a merged cell may stand."""

_MARKS = re.compile(r"[\s*:：_]+")

IGNORED = ""
"""What a heading is mapped to that means nothing."""


class Headed(Protocol):
    """A column that a file may have."""

    @property
    def key(self) -> str:
        """Names it; several may have one key."""

    @property
    def headings(self) -> frozenset[str]:
        """What may stand above it, as `plain_heading` writes it."""

    @property
    def required(self) -> bool:
        """Whether a file without it cannot be read."""


def plain_heading(text: object) -> str:
    """A heading as it is compared: full-width letters as half-width, without blanks, stars and colons."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", str(text))).lower()


@dataclass(frozen=True)
class Recognised:
    """The heading of a sheet."""

    row: int
    """Position of its last row, counted from 0: the rows of data come after it."""
    headings: tuple[str, ...]
    """What stands above each column; empty where nothing does."""
    columns: Mapping[int, int]
    """Position of a column -> position of its field."""
    unknown: tuple[str, ...]
    """Headings that mean nothing, in their order."""
    missing: tuple[str, ...]
    """Keys of fields that are required and that the sheet does not have."""
    twice: tuple[str, ...]
    """Headings that name a field which another column has already; only the first is read."""


def recognise(
    rows: Sequence[Sequence[Cell]], *, fields: Sequence[Headed], mapped: Mapping[str, str] | None = None
) -> Recognised:
    """Find the heading among the first rows of a sheet: the row that names most fields.

    A merged cell gives its name to the column below it. Empty columns at the end do not count.

    Args:
        mapped: heading, as it stands in the file -> key of a field, or IGNORED; goes before the declared ones.
    """
    known = _known(fields, mapped=mapped or {})
    best: Recognised | None = None
    for row in range(len(rows)):
        found = _read(rows, row=row, fields=fields, known=known)
        if best is None or len(found.columns) > len(best.columns):
            best = found
    return best or _read([[]], row=0, fields=fields, known=known)


def _known(fields: Sequence[Headed], *, mapped: Mapping[str, str]) -> dict[str, int | None]:
    """Heading -> position of its field; None for one that is to be ignored."""
    known: dict[str, int | None] = {}
    by_key: dict[str, int] = {}
    for position, field in enumerate(fields):
        by_key.setdefault(field.key, position)
        known |= dict.fromkeys(field.headings, position)
    for heading, key in mapped.items():
        known[plain_heading(heading)] = None if key == IGNORED else by_key.get(key)
    return known


def _read(
    rows: Sequence[Sequence[Cell]], *, row: int, fields: Sequence[Headed], known: Mapping[str, int | None]
) -> Recognised:
    headings = _headings(rows, row=row)
    columns: dict[int, int] = {}
    unknown, twice = [], []
    for position, heading in enumerate(headings):
        plain = plain_heading(heading)
        field = known.get(plain)
        if field is not None and field in columns.values():
            twice.append(heading)
        elif field is not None:
            columns[position] = field
        elif plain and plain not in known:
            unknown.append(heading)
    keys = {fields[field].key for field in columns.values()}
    missing = tuple(field.key for field in fields if field.required and field.key not in keys)
    return Recognised(row, headings, columns, tuple(unknown), missing, tuple(twice))


def _headings(rows: Sequence[Sequence[Cell]], *, row: int) -> tuple[str, ...]:
    width = max((len(rows[above]) for above in range(max(row - _ABOVE, 0), row + 1)), default=0)
    names = [_heading(rows, row=row, column=column) for column in range(width)]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _heading(rows: Sequence[Sequence[Cell]], *, row: int, column: int) -> str:
    """What stands above a column: in the row of the heading, or right above it where a merged cell reaches down."""
    for above in range(row, max(row - _ABOVE, -1), -1):
        name = str(rows[above][column] or "").strip() if column < len(rows[above]) else ""
        if name:
            return name
    return ""
