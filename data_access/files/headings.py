"""Which column of a file is which: its headings compared with the declared ones, and those that a user mapped by
hand."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from data_access.files.parsing.messages import Cell

HEAD_ROWS = 20
"""Rows at the top of a sheet in which its heading is looked for."""

_ABOVE = 3
"""Rows above the heading in which the name of a merged cell may be."""

_MARKS = re.compile(r"[\s*:：_]+")

IGNORED = ""
"""What a meaningless heading is mapped to."""


class Headed(Protocol):
    """A column that a file may have."""

    @property
    def key(self) -> str:
        """Identifies it; several may share one key."""

    @property
    def headings(self) -> frozenset[str]:
        """What its heading may be, as normalised by `plain_heading`."""

    @property
    def required(self) -> bool:
        """Whether a file without it cannot be read."""


def plain_heading(text: object) -> str:
    """A heading in the form in which it is compared: full-width letters become half-width; no blanks, asterisks or
    colons."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", str(text))).lower()


@dataclass(frozen=True)
class Recognised:
    """The heading of a sheet."""

    row: int
    """Position of its last row, counted from 0: the rows of data come after it."""
    headings: tuple[str, ...]
    """The heading of each column; empty if it has none."""
    columns: Mapping[int, int]
    """Position of a column -> position of its field."""
    unknown: tuple[str, ...]
    """Unrecognised headings, in order."""
    missing: tuple[str, ...]
    """Keys of required fields that the sheet does not have."""
    twice: tuple[str, ...]
    """Headings of a field that an earlier column already fills; only the first is read."""


def recognise(
    rows: Sequence[Sequence[Cell]], *, fields: Sequence[Headed], mapped: Mapping[str, str] | None = None
) -> Recognised:
    """Find the heading among the first rows of a sheet: the row that names the most fields.

    A merged cell names the column below it. Empty columns at the end do not count.

    Args:
        mapped: heading, as written in the file -> key of a field, or IGNORED; takes precedence over the declared ones.
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
    """The heading of a column: in the heading row, or right above it if a merged cell extends down."""
    for above in range(row, max(row - _ABOVE, -1), -1):
        name = str(rows[above][column] or "").strip() if column < len(rows[above]) else ""
        if name:
            return name
    return ""
