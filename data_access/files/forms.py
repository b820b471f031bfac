"""What all returned forms have in common: a number, a heading, cells, and that every row ends up as exactly one of
taken, unchanged, blank or rejected."""

import hashlib
import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from data_access.errors import FileError
from data_access.files import cells
from data_access.files.cells import CellRuleError, is_blank
from data_access.files.headings import HEAD_ROWS, plain_heading, recognise
from data_access.files.parsing.messages import Cell
from data_access.files.reading import read_first_sheet

_NUMBER_WITHIN = 10
"""Rows at the top in which the number of the form is looked for."""

_LONGEST_SHOWN = 60

CELL_RULES = frozenset({"digits_lost", "formula", "text_too_long", "not_a_date", "error_value", "formula_not_counted"})
"""What can be wrong with a cell of any form; each form has its sentence, with the remedy, in the catalogues."""

Entry = TypeVar("Entry")
Meaning = TypeVar("Meaning")
Rows = Sequence[Sequence[Cell]]
Titles = Mapping[str, frozenset[str]]
"""Key of a column -> its possible headings."""
Values = Mapping[str, Cell]
"""The cells of a row by the key of their column."""


@dataclass(frozen=True)
class Rejected:
    """A row that cannot be taken: where it is, what it says, and which rule it breaks (a key of the catalogues)."""

    row: int
    column: str
    value: str
    rule: str


class RowError(Exception):
    """A row of a form breaks a rule."""

    def __init__(self, column: str, value: object, rule: str) -> None:
        self.column, self.value, self.rule = column, str(value)[:_LONGEST_SHOWN], rule
        super().__init__(rule)

    def at(self, row: int) -> Rejected:
        """The rejection of the row at a position of the sheet."""
        return Rejected(row=row, column=self.column, value=self.value, rule=self.rule)


@dataclass(frozen=True)
class Filled(Generic[Entry]):
    """What a filled-in form says; `rows` = entries + unchanged + blank + rejected."""

    sha256: str
    """Of the file."""
    rows: int
    entries: list[Entry]
    unchanged: int
    blank: int
    rejected: list[Rejected]


def read_filled(
    content: bytes,
    *,
    name: str,
    titles: Titles,
    read: Callable[[Values], Entry | None],
    same: Callable[[Entry], bool],
    key: Callable[[Entry], Hashable],
    twice: str,
    check: Callable[[Rows], None] = lambda _rows: None,
) -> Filled[Entry]:
    """Read the rows below the heading of a form; empty rows do not count.

    Args:
        name: the file's name in errors.
        titles: the columns of the form, none of which may be missing.
        read: returns what a row says, None if nothing is filled in; raises RowError for what cannot be taken.
        same: whether an entry says only what is already known.
        key: what an entry is about; a second entry about the same thing is rejected unless it is already known.
        twice: the column named in such a rejection; an attribute of the entries.
        check: raises FileError for a sheet that is not the expected form.

    Raises FileError if columns are missing, ReadError if the file is not a workbook.
    """
    rows = read_first_sheet(content, name=name)
    check(rows)
    header, columns = _find_columns(rows, titles=titles, name=name)
    taken: dict[Hashable, Entry] = {}
    count = unchanged = blank = 0
    rejected: list[Rejected] = []
    for position, row in enumerate(rows[header + 1 :], start=header + 2):
        values = {title: row[column] if column < len(row) else "" for title, column in columns.items()}
        if not any(str(value).strip() for value in values.values()):
            continue
        count += 1
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
    return Filled(
        sha256=hashlib.sha256(content).hexdigest(),
        rows=count,
        entries=list(taken.values()),
        unchanged=unchanged,
        blank=blank,
        rejected=rejected,
    )


def find_number(rows: Rows, *, pattern: re.Pattern[str]) -> str | None:
    """The number above the heading of a form; None if there is none."""
    texts = (cell for row in rows[:_NUMBER_WITHIN] for cell in row if isinstance(cell, str))
    return next((found.group() for found in map(pattern.search, texts) if found), None)


@dataclass(frozen=True)
class _Column:
    """A column that a form must have, as `recognise` expects it."""

    key: str
    headings: frozenset[str]
    required: bool = True


def _find_columns(rows: Rows, *, titles: Titles, name: str) -> tuple[int, dict[str, int]]:
    """Where the heading is: its row, and the column of each key; of two with the same title the last, because the
    columns to fill in come after those of the list itself. Raises FileError if columns are missing."""
    fields = [_Column(key, headings=frozenset(map(plain_heading, known))) for key, known in titles.items()]
    found = recognise(rows[:HEAD_ROWS], fields=fields)
    if found.missing:
        missing = ", ".join(min(titles[key]) for key in found.missing)
        raise FileError("file_columns_missing", name=name, columns=missing)
    return found.row, {fields[field].key: column for column, field in found.columns.items()}


def meaning_in(values: Values, key: str, read: Callable[[Cell], Meaning]) -> Meaning | None:
    """A cell as read by a function of `cells`; None if it is blank. Raises RowError if it cannot be read."""
    if is_blank(values[key]):
        return None
    try:
        cells.refuse_error(values[key])
        return read(values[key])
    except CellRuleError as error:
        raise RowError(key, values[key], error.rule) from error


def text_in(values: Values, key: str) -> str:
    """The text of a cell; empty if it is blank. Raises RowError if it lost digits, is a formula or is too long."""
    return meaning_in(values, key, cells.text) or ""


def day_in(values: Values, key: str, *, earliest: date) -> date | None:
    """The day in a cell; None if it is blank. Raises RowError if it is not a day, or is before `earliest`."""
    day = meaning_in(values, key, cells.day)
    if day is not None and day < earliest:
        raise RowError(key, day, "before_the_list")
    return day


def code_in(values: Values, key: str, *, codes: str, unknown: str) -> str | None:
    """The code in a cell; None if it is blank. Raises RowError for a word that is not in the list; `unknown` is the
    rule it breaks."""
    try:
        return meaning_in(values, key, lambda cell: cells.code(cell, cells.words_of(codes), codes=codes))
    except RowError as error:
        raise RowError(key, values[key], unknown if error.rule == "unknown_word" else error.rule) from error
