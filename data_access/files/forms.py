"""What every filled-in form that comes back has in common: where its heading is, and that every row ends in exactly one
of taken, unchanged, blank or rejected."""

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from data_access.errors import FileError
from data_access.files.workbook import Cell, date_of, text_of
from data_access.ledger.declaration import LONGEST_TEXT

_HEADING_WITHIN = 20
"""Rows at the top among which the heading is looked for."""


_NUMBER_WITHIN = 10
"""Rows at the top among which the number of the form is looked for."""

Entry = TypeVar("Entry")
Values = Mapping[str, Cell]
"""The cells of a row by the key of their column."""


@dataclass(frozen=True)
class Rejected:
    """A row that cannot be taken: where, what, and which rule it breaks (a key of the catalogues)."""

    row: int
    column: str
    value: str
    rule: str


class RowError(Exception):
    """A row of a form breaks a rule."""

    def __init__(self, column: str, value: object, rule: str) -> None:
        self.column, self.value, self.rule = column, str(value)[:60], rule
        super().__init__(rule)

    def at(self, row: int) -> Rejected:
        """The rejection of the row at a position of the sheet."""
        return Rejected(row=row, column=self.column, value=self.value, rule=self.rule)


@dataclass(frozen=True)
class Filled(Generic[Entry]):
    """What the rows of a form say; `rows` = entries + unchanged + blank + rejected."""

    rows: int
    entries: list[Entry]
    unchanged: int
    blank: int
    rejected: list[Rejected]


def find_number(cells: Sequence[Sequence[Cell]], *, pattern: re.Pattern[str]) -> str | None:
    """The number that stands above the heading of a form; None where none does."""
    texts = (cell for row in cells[:_NUMBER_WITHIN] for cell in row if isinstance(cell, str))
    return next((found.group() for found in map(pattern.search, texts) if found), None)


def read_filled_rows(
    cells: Sequence[Sequence[Cell]],
    *,
    titles: Mapping[str, frozenset[str]],
    name: str,
    read: Callable[[Values], Entry | None],
    same: Callable[[Entry], bool],
    key: Callable[[Entry], Hashable],
    twice: str,
) -> Filled[Entry]:
    """Read the rows below the heading of a form; empty ones do not count.

    Args:
        titles, name: as `find_header` takes them.
        read: what a row says, None where nothing is filled in; raises RowError for what cannot be taken.
        same: whether an entry says what is known already.
        key: what an entry is about; a second one about the same that is not known already is rejected.
        twice: the column that such a rejection names; an attribute of the entries.

    Raises FileError where columns are missing.
    """
    header, columns = find_header(cells, titles=titles, name=name)
    taken: dict[Hashable, Entry] = {}
    rows = unchanged = blank = 0
    rejected: list[Rejected] = []
    for position, row in enumerate(cells[header + 1 :], start=header + 2):
        values = {title: row[column] if column < len(row) else "" for title, column in columns.items()}
        if not any(str(value).strip() for value in values.values()):
            continue
        rows += 1
        try:
            one = read(values)
            if one is not None and key(one) in taken:
                raise RowError(twice, getattr(one, twice), "row_twice")
        except RowError as error:
            rejected.append(error.at(position))
            continue
        if one is None:
            blank += 1
        elif same(one):
            unchanged += 1
        else:
            taken[key(one)] = one
    return Filled(rows=rows, entries=list(taken.values()), unchanged=unchanged, blank=blank, rejected=rejected)


def find_header(
    cells: Sequence[Sequence[Cell]], *, titles: Mapping[str, frozenset[str]], name: str
) -> tuple[int, dict[str, int]]:
    """Where the heading is: its row, and the column of each key. Raises FileError where columns are missing.

    Args:
        titles: key -> what its column may be called.
        name: names the file.
    """
    best: dict[str, int] = {}
    for position, row in enumerate(cells[:_HEADING_WITHIN]):
        words = [str(cell).strip() for cell in row]
        found = {
            key: next(column for column, word in enumerate(words) if word in known)
            for key, known in titles.items()
            if any(word in known for word in words)
        }
        if len(found) == len(titles):
            return position, found
        best = max(best, found, key=len)
    missing = [min(known) for key, known in titles.items() if key not in best]
    raise FileError("file_columns_missing", name=name, columns=", ".join(missing))


def text_in(values: Values, key: str) -> str:
    """The text of a cell. Raises RowError for one that lost digits, or is too long."""
    try:
        text = text_of(values[key])
    except ValueError as error:
        raise RowError(key, values[key], "digits_lost") from error
    if len(text) > LONGEST_TEXT:
        raise RowError(key, text, "text_too_long")
    return text


def day_in(values: Values, key: str, *, earliest: date) -> date | None:
    """The date of a cell; None where it is empty. Raises RowError for what is none, or is before `earliest`."""
    try:
        day = date_of(values[key])
    except ValueError as error:
        raise RowError(key, values[key], "not_a_date") from error
    if day is not None and day < earliest:
        raise RowError(key, day, "before_the_list")
    return day
