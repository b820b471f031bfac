"""What every filled-in form that comes back has in common: its number, its heading, its cells, and that every row ends
in exactly one of taken, unchanged, blank or rejected."""

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
from data_access.files.workbook import Cell, read_first_sheet

_NUMBER_WITHIN = 10
"""Rows at the top among which the number of the form is looked for."""

_LONGEST_SHOWN = 60

CELL_RULES = frozenset({"digits_lost", "formula", "text_too_long", "not_a_date"})
"""What can be wrong with a cell of any form; each form has its sentence, with the remedy, in the catalogues."""

Entry = TypeVar("Entry")
Meaning = TypeVar("Meaning")
Rows = Sequence[Sequence[Cell]]
Titles = Mapping[str, frozenset[str]]
"""Key of a column -> what it may be called."""
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
    """Read the rows below the heading of a form; empty ones do not count.

    Args:
        name: names the file in errors.
        titles: the columns of the form, none of which may be missing.
        read: what a row says, None where nothing is filled in; raises RowError for what cannot be taken.
        same: whether an entry says what is known already.
        key: what an entry is about; a second one about the same that is not known already is rejected.
        twice: the column that such a rejection names; an attribute of the entries.
        check: raises FileError for a sheet that is not the form it should be.

    Raises FileError where columns are missing, ReadError for what is no workbook.
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
    """The number that stands above the heading of a form; None where none does."""
    texts = (cell for row in rows[:_NUMBER_WITHIN] for cell in row if isinstance(cell, str))
    return next((found.group() for found in map(pattern.search, texts) if found), None)


@dataclass(frozen=True)
class _Column:
    """A column that a form must have, as `recognise` takes it."""

    key: str
    headings: frozenset[str]
    required: bool = True


def _find_columns(rows: Rows, *, titles: Titles, name: str) -> tuple[int, dict[str, int]]:
    """Where the heading is: its row, and the column of each key; of two with one title the last, for what is filled in
    stands after the columns of the list itself. Raises FileError where columns are missing."""
    fields = [_Column(key, headings=frozenset(map(plain_heading, known))) for key, known in titles.items()]
    found = recognise(rows[:HEAD_ROWS], fields=fields)
    if found.missing:
        missing = ", ".join(min(titles[key]) for key in found.missing)
        raise FileError("file_columns_missing", name=name, columns=missing)
    known = {heading: field.key for field in fields for heading in field.headings}
    named = [(known.get(plain_heading(heading)), column) for column, heading in enumerate(found.headings)]
    return found.row, {key: column for key, column in named if key is not None}


def meaning_in(values: Values, key: str, read: Callable[[Cell], Meaning]) -> Meaning | None:
    """What a cell means to a function of `cells`; None where it is blank. Raises RowError for what it cannot mean."""
    if is_blank(values[key]):
        return None
    try:
        return read(values[key])
    except CellRuleError as error:
        raise RowError(key, values[key], error.rule) from error


def text_in(values: Values, key: str) -> str:
    """The text of a cell; empty where it is blank. Raises RowError for one that lost digits, is a formula or too
    long."""
    return meaning_in(values, key, cells.text) or ""


def day_in(values: Values, key: str, *, earliest: date) -> date | None:
    """The day of a cell; None where it is blank. Raises RowError for what is none, or is before `earliest`."""
    day = meaning_in(values, key, cells.day)
    if day is not None and day < earliest:
        raise RowError(key, day, "before_the_list")
    return day


def code_in(values: Values, key: str, *, codes: str, unknown: str) -> str | None:
    """The code of a cell; None where it is blank. Raises RowError for a word that the list does not know: `unknown`
    names that rule."""
    try:
        return meaning_in(values, key, lambda cell: cells.code(cell, cells.words_of(codes), codes=codes))
    except RowError as error:
        raise RowError(key, values[key], unknown if error.rule == "unknown_word" else error.rule) from error
