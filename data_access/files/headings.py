"""Which column of a file is which: its headings compared with the declared ones, and those that a user mapped by
hand.

A heading may have several rows. What stands above it is part of its name: 户主·姓名 and 家庭成员·姓名 are two columns.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from data_access.files.heading_words import group_name, said_alike, scale_above, scale_of_group, without_advice
from data_access.files.parsing.merged import Merged
from data_access.files.parsing.messages import Cell
from data_access.files.parsing.plain import plain_text

HEAD_ROWS = 20
"""Rows at the top of a sheet in which its heading is looked for."""

_ABOVE = 3
"""Rows above the heading in which the upper parts of a name may be."""

_NUMBERED = re.compile(r"^[(（]?\d{1,3}[)）.、．](?=\D)")
_NUMBER = re.compile(r"[\d.,%]+|.*\d{6}.*")
_SAID_OF = re.compile(r"[:：].")
"""Part of a line such as 填报单位：关庙镇, which is no heading."""

JOINED = "·"
"""Between the parts of a name."""

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

    @property
    def instead(self) -> str:
        """The key of the column that may say it instead; empty if none does."""


def plain_heading(text: object) -> str:
    """A heading in the form in which it is compared: signs do not count, nor a number before it, nor 必填 or 男/女."""
    said = "".join(unicodedata.normalize("NFKC", str(text)).split())
    return plain_text(without_advice(_NUMBERED.sub("", said)))


@dataclass(frozen=True)
class Recognised:
    """The heading of a sheet."""

    row: int
    """Position of its last row, counted from 0: the rows of data come after it."""
    headings: tuple[str, ...]
    """The name of each column; empty if it has none."""
    columns: Mapping[int, int]
    """Position of a column -> position of its field."""
    keys: tuple[int, ...]
    """Positions of the columns of required fields."""
    unknown: tuple[str, ...]
    """Unrecognised headings, in order."""
    missing: tuple[str, ...]
    """Keys of required fields that the sheet does not have."""
    twice: tuple[str, ...]
    """Headings of columns that share a field: which of them is meant has to be chosen."""
    scale: str = ""
    """The unit that a line above the heading gives, where it is another than the columns are read in, such as 万元."""


def recognise(
    rows: Sequence[Sequence[Cell]],
    *,
    fields: Sequence[Headed],
    mapped: Mapping[str, str] | None = None,
    merged: Sequence[Merged] = (),
) -> Recognised:
    """Find the heading among the first rows of a sheet: the row that names the most fields.

    Empty columns at the end do not count.

    Args:
        mapped: heading, as written in the file -> key of a field, or IGNORED; takes precedence over the declared ones.
        merged: the merged cells among the rows.
    """
    head = _Head(rows, merged=merged, fields=fields, mapped=mapped or {})
    found = [head.read(row) for row in range(len(rows))] or [head.read(0)]
    best = max(found, key=lambda one: len(one.columns))
    while head.goes_on_below(best):
        best = head.read(best.row + 1)
    return best


class _Head:
    """The first rows of a sheet, and the fields that they may name."""

    def __init__(
        self,
        rows: Sequence[Sequence[Cell]],
        *,
        merged: Sequence[Merged],
        fields: Sequence[Headed],
        mapped: Mapping[str, str],
    ) -> None:
        self._fields = fields
        self._rows = [[_text(cell) for cell in row] for row in rows]
        left = min((at for row in self._rows for at, text in enumerate(row) if text), default=0)
        self._groups = [_groups(row, at, merged, left=left) for at, row in enumerate(self._rows)]
        self._known, self._mapped = _known(fields), _mapped(fields, mapped)

    def read(self, row: int) -> Recognised:
        """What the columns mean if a row is the last of the heading."""
        parts = [self._parts(row, column) for column in range(self._width(row))]
        while parts and not parts[-1]:
            parts.pop()
        meant = [self._field(own, column) for column, own in enumerate(parts)]
        columns = {column: field for column, (field, _) in enumerate(meant) if field is not None}
        counts = [*columns.values()]
        doubled = [column for column, field in columns.items() if counts.count(field) > 1]
        names = [self._name(own, full=meant[at][0] is None or at in doubled) for at, own in enumerate(parts)]
        for column in [column for column in doubled if names.count(names[column]) > 1]:
            names[column] = with_letters(names[column], column)
        filled = {self._fields[field].key for field in counts}
        return Recognised(
            row=row,
            headings=tuple(names),
            columns=columns,
            keys=tuple(column for column, field in columns.items() if self._fields[field].required),
            unknown=tuple(names[at] for at, (_, is_known) in enumerate(meant) if parts[at] and not is_known),
            missing=tuple(
                dict.fromkeys(
                    field.key
                    for field in self._fields
                    if field.required and filled.isdisjoint((field.key, field.instead))
                )
            ),
            twice=tuple(names[column] for column in doubled),
            scale=next(filter(None, map(scale_above, itertools.chain(*self._rows[:row]))), ""),
        )

    def goes_on_below(self, found: Recognised) -> bool:
        """Whether the row below belongs to the heading: words under it, such as parts of a group or units, but nothing
        that every row of data has."""
        below = self._rows[found.row + 1] if found.row + 1 < len(self._rows) else []
        said = {column: text for column, text in enumerate(below) if text and text != self._cell(found.row, column)}
        return (
            len(said) > 1
            and not any(column in said for column in found.keys)
            and not any(_NUMBER.fullmatch(text) or _SAID_OF.search(text) for text in said.values())
            and any(not self._cell(found.row, column) or column not in found.columns for column in said)
        )

    def _width(self, row: int) -> int:
        return max((len(self._rows[at]) for at in self._above(row)), default=0)

    def _above(self, row: int) -> range:
        return range(max(row - _ABOVE, 0), min(row + 1, len(self._rows)))

    def _cell(self, row: int, column: int) -> str:
        return self._rows[row][column] if column < len(self._rows[row]) else ""

    def _parts(self, row: int, column: int) -> list[str]:
        """The parts of a column's name from the top: its own, which may be in a cell merged down, and those above."""
        own = next((at for at in reversed(self._above(row)) if self._cell(at, column)), None)
        if own is None:
            return []
        above = [self._groups[at].get(column, "") for at in self._above(row) if at < own]
        parts = [part for part in above if part] + [self._cell(own, column)]
        return [part for at, part in enumerate(parts) if part not in parts[at + 1 :]]

    def _field(self, parts: Sequence[str], column: int) -> tuple[int | None, bool]:
        """The field that a name means, None for one to be ignored; and whether the name is known. A longer name goes
        before a shorter one."""
        if not parts:
            return None, True
        groups = [*map(group_name, parts[:-1]), parts[-1]]
        names = ["".join(some[at:]) for at in range(len(parts)) for some in (parts, groups)]
        if any(map(scale_of_group, parts[:-1])):
            names = names[:1]
        for name in (with_letters(JOINED.join(parts), column), *names):
            if plain_heading(name) in self._mapped:
                return self._mapped[plain_heading(name)], True
        plain = [plain_heading(name) for name in names]
        for heading in (*plain, *itertools.chain(*map(said_alike, plain))):
            if heading in self._known:
                return self._known[heading], True
        return None, not plain_heading(parts[-1])

    @staticmethod
    def _name(parts: Sequence[str], *, full: bool) -> str:
        return JOINED.join(parts if full else parts[-1:])


def _known(fields: Sequence[Headed]) -> dict[str, int]:
    """Heading -> position of its field."""
    return {heading: position for position, field in enumerate(fields) for heading in field.headings}


def _mapped(fields: Sequence[Headed], mapped: Mapping[str, str]) -> dict[str, int | None]:
    """Heading mapped by hand -> position of its field; None for one that is to be ignored."""
    by_key: dict[str, int] = {}
    for position, field in enumerate(fields):
        by_key.setdefault(field.key, position)
    return {plain_heading(heading): None if key == IGNORED else by_key.get(key) for heading, key in mapped.items()}


def _text(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell if cell is not None else "").strip()


def _groups(row: Sequence[str], at: int, merged: Sequence[Merged], *, left: int) -> dict[int, str]:
    """What a row says of the columns below it: a cell stands for those that it is merged with or, where none of the row
    is merged, for the empty ones to its right. A title, at the left of all rows, says nothing of any column."""
    texts = {column: text for column, text in enumerate(row) if text}
    if not texts or any(map(_SAID_OF.search, texts.values())) or (len(set(texts.values())) == 1 and left in texts):
        return {}
    across = [one for one in merged if one[0] <= at <= one[2] and one[3] > one[1]]
    if across:
        return texts | {
            column: texts.get(left, "") for _, left, _, right in across for column in range(left, right + 1)
        }
    return dict(_spread(texts, width=len(row)))


def _spread(texts: Mapping[int, str], *, width: int) -> Iterator[tuple[int, str]]:
    said = ""
    for column in range(width):
        said = texts.get(column, said)
        yield column, said


def with_letters(name: str, column: int) -> str:
    """A name with the letters of its column in a spreadsheet, which tell it from others of the same name."""
    letters, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return f"{name} [{letters}]"
