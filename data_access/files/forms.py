"""What all returned forms have in common: a number, a heading, cells, and that every row ends up as exactly one of
taken, unchanged, blank or rejected."""

import hashlib
import re
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any, Generic, TypeVar

from data_access.errors import FileError
from data_access.files import cells, spellings
from data_access.files.batches import Aside, read_batches
from data_access.files.cells import CellRuleError, is_blank
from data_access.files.headings import Recognised, plain_heading
from data_access.files.notes import note_on_remarks, notes_on_sheet
from data_access.files.parsing.messages import Cell
from data_access.files.reading import Note, Sheet, SourceFile, opened_form
from data_access.files.remarks import REMARK, Meaning, but_for_remark

_NUMBER_WITHIN = 10
"""Rows at the top in which the number of the form is looked for."""

_LONGEST_SHOWN = 60
_ROWS_NAMED = 5

VILLAGE = "village"
"""What stands in a row beside what it is recognised by: where columns were sorted without the others, it tells."""

OTHER_VILLAGE = "other_village"

CELL_RULES = frozenset({"digits_lost", "formula", "text_too_long", "not_a_date", "error_value", "formula_not_counted"})
"""What can be wrong with a cell of any form; each form has its sentence, with the remedy, in the catalogues."""

Entry = TypeVar("Entry")
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
    sheet: str = ""
    """Where the form has several."""


class RowError(Exception):
    """A row of a form breaks a rule."""

    def __init__(self, column: str, value: object, rule: str) -> None:
        self.column, self.value, self.rule = column, str(value)[:_LONGEST_SHOWN], rule
        super().__init__(rule)

    def at(self, row: int, *, sheet: str) -> Rejected:
        """The rejection of the row at a position of the sheet."""
        return Rejected(row=row, column=self.column, value=self.value, rule=self.rule, sheet=sheet)


class _RemarkError(Exception):
    """A word of a row has a remark in brackets behind it."""

    def __init__(self, column: str, *, word: str, remark: str) -> None:
        self.column, self.word, self.remark = column, word, remark
        super().__init__(column)


@dataclass(frozen=True)
class Filled(Generic[Entry]):
    """What a filled-in form says; `rows` = entries + unchanged + blank + rejected."""

    sha256: str
    """Of the file."""
    rows: int
    taken: Mapping[Hashable, "TakenRow[Entry]"]
    """What an entry is about -> where it stands."""
    unchanged: int
    blank: int
    rejected: list[Rejected]
    notes: tuple[Note, ...]
    """What the user should know besides: sheets and rows that were not read."""

    @property
    def entries(self) -> list[Entry]:
        """What is new."""
        return [one.entry for one in self.taken.values()]

    @property
    def replacing(self) -> int:
        """How many of them replace what is already recorded."""
        return sum(one.replaces for one in self.taken.values())


@dataclass(frozen=True)
class TakenRow(Generic[Entry]):
    """An entry, and how it is rejected where it comes a second time."""

    entry: Entry
    again: Rejected
    replaces: bool
    """Whether something else is recorded about the same."""


def without_repeats(filled: Filled[Entry], earlier: Sequence[Filled[Entry]]) -> Filled[Entry]:
    """A file without what files read before it say: the same counts as unchanged, another thing is rejected."""
    before = {about: one.entry for file in earlier for about, one in file.taken.items()}
    again = {about: one for about, one in filled.taken.items() if about in before}
    other = [one.again for about, one in again.items() if one.entry != before[about]]
    return replace(
        filled,
        taken={about: one for about, one in filled.taken.items() if about not in again},
        unchanged=filled.unchanged + len(again) - len(other),
        rejected=[*filled.rejected, *other],
    )


@dataclass(frozen=True)
class FilledForm(Generic[Entry]):
    """A form that comes back filled in, and how its rows are read."""

    titles: Titles
    """Its columns, of which only optional ones may be missing."""
    filled: Sequence[str]
    """The columns that are filled in; a row in which all of them are blank was not touched."""
    read: Callable[[Values], Entry | None]
    """Returns what a row says, None if it says nothing; raises RowError for what cannot be taken."""
    same: Callable[[Entry], bool]
    """Whether an entry says only what is already known."""
    known: Callable[[Entry], bool]
    """Whether anything is recorded about the same."""
    key: Callable[[Entry], Hashable]
    """What an entry is about; a second entry about the same thing is rejected unless it says the same."""
    twice: str
    """The column named in such a rejection; an attribute of the entries."""
    check: Callable[[Sequence[Rows]], None] = lambda _heads: None
    """Raises FileError for a file that is not the expected form; given the first rows of each sheet."""
    optional: Collection[str] = ()
    """Columns that forms sent out before they were added lack; they count as blank there."""
    words: str | None = None
    """The column of free words; it takes a remark behind an answer where it is blank."""
    beside_list: bool = False
    """Whether its columns stand behind those of a list, one of which may have the same title. Where another form
    has a column twice somebody added one, and nobody knows which is meant."""


def read_filled(content: bytes, *, name: str, form: FilledForm[Entry], passwords: Sequence[str] = ()) -> Filled[Entry]:
    """Read the rows of a form as an import reads them: of every sheet that has its columns, below the heading, without
    rows that are no data; empty rows do not count.

    Args:
        name: the file's name in errors.
        passwords: one of them opens it if it is protected.

    Raises FileError if columns are missing or there twice and for a file whose columns were sorted apart, ReadError if
    it cannot be read.
    """
    with opened_form(content, name=name, passwords=passwords) as source:
        form.check([sheet.head() for sheet in source.sheets()])
        parts, skipped = _sheets_of(source, form=form)
        rows = _Rows(form)
        notes = [*source.notes, *(("note_sheet_skipped", sheet.name) for sheet in skipped)]
        for sheet, columns, found in parts:
            aside = Aside()
            for batch in read_batches(sheet, found):
                aside.add(batch.aside)
                for position, row in batch.by_row():
                    values = dict.fromkeys(form.optional) | {key: row[column] for column, key in columns.items()}
                    rows.take(values, row=position, sheet=sheet.name if len(parts) > 1 else "")
            notes += [*notes_on_sheet(sheet, aside), *note_on_remarks(rows.take_remarks())]
    filled = rows.filled(sha256=hashlib.sha256(content).hexdigest(), notes=notes)
    _refuse_sorted_apart(filled.rejected, name=name)
    return filled


def _refuse_sorted_apart(rejected: Sequence[Rejected], *, name: str) -> None:
    """One row with another village may have been mistyped; where several have, every answer may stand beside another
    household, also where the village happens to be the same."""
    apart = [str(one.row) for one in rejected if one.rule == OTHER_VILLAGE]
    if len(apart) > 1:
        raise FileError("file_sorted_apart", name=name, rows=", ".join(apart[:_ROWS_NAMED]), count=str(len(apart)))


class _Rows(Generic[Entry]):
    """What the rows of a form say, one after the other."""

    def __init__(self, form: FilledForm[Entry]) -> None:
        self._form = form
        self._taken: dict[Hashable, TakenRow[Entry]] = {}
        self._rejected: list[Rejected] = []
        self._remarks: dict[int, str] = {}
        self._count = self._unchanged = self._blank = 0

    def take(self, values: Values, *, row: int, sheet: str) -> None:
        """Read a row, which ends up as exactly one of taken, unchanged, blank or rejected."""
        self._count += 1
        try:
            one = self._read(values, row=row)
        except RowError as error:
            self._rejected.append(error.at(row, sheet=sheet))
            return
        if one is None:
            self._blank += 1
        elif self._form.same(one) or self._said(one):
            self._unchanged += 1
        else:
            again = self._twice(one).at(row, sheet=sheet)
            self._taken[self._form.key(one)] = TakenRow(one, again=again, replaces=self._form.known(one))

    def take_remarks(self) -> dict[int, str]:
        """The remarks that were left out since they were last taken: row -> remark."""
        taken, self._remarks = self._remarks, {}
        return taken

    def _read(self, values: Values, *, row: int) -> Entry | None:
        if all(is_blank(values[title]) for title in self._form.filled):
            return None
        one = self._meaning(values, row=row)
        if one is not None and self._form.key(one) in self._taken and not self._said(one):
            raise self._twice(one)
        return one

    def _meaning(self, values: Values, *, row: int) -> Entry | None:
        """What a row says; a remark behind an answer goes to its words, or is told as left out."""
        try:
            return self._form.read(values)
        except _RemarkError as found:
            values, words = {**values, found.column: found.word}, self._form.words
            if words is not None and is_blank(values[words]):
                values[words] = found.remark
            else:
                self._remarks[row] = "；".join(filter(None, [self._remarks.get(row), found.remark]))
            return self._meaning(values, row=row)

    def _said(self, one: Entry) -> bool:
        """Whether a row above says the same."""
        above = self._taken.get(self._form.key(one))
        return above is not None and above.entry == one

    def _twice(self, one: Entry) -> RowError:
        return RowError(self._form.twice, getattr(one, self._form.twice), "row_twice")

    def filled(self, *, sha256: str, notes: Sequence[Note]) -> Filled[Entry]:
        """What all rows say."""
        return Filled(
            sha256=sha256,
            rows=self._count,
            taken=self._taken,
            unchanged=self._unchanged,
            blank=self._blank,
            rejected=self._rejected,
            notes=tuple(notes),
        )


def find_numbers(heads: Sequence[Rows], *, pattern: re.Pattern[str]) -> set[str]:
    """The numbers above the headings of a form; `heads`: the first rows of each sheet."""
    texts = (cell for rows in heads for row in rows[:_NUMBER_WITHIN] for cell in row if isinstance(cell, str))
    return {found.group() for found in map(pattern.search, texts) if found}


@dataclass(frozen=True)
class _Column:
    """A column that a form must have, as `recognise` expects it."""

    key: str
    headings: frozenset[str]
    required: bool = True
    instead: str = ""


def _sheets_of(
    source: SourceFile, *, form: FilledForm[Any]
) -> tuple[list[tuple[Sheet, dict[int, str], Recognised]], list[Sheet]]:
    """The sheets that have the columns of a form, with the keys of their columns, and the others. Raises FileError if
    there is none."""
    titles = form.titles
    fields = [
        _Column(key, headings=frozenset(map(plain_heading, known)), required=key not in form.optional)
        for key, known in titles.items()
    ]
    found = [(sheet, sheet.recognise(fields)) for sheet in source.sheets()]
    parts = [
        (sheet, {column: fields[field].key for column, field in one.columns.items()}, one)
        for sheet, one in found
        if not one.missing
    ]
    if not parts:
        best = min((one for _, one in found), key=lambda one: len(one.missing))
        missing = ", ".join(_title(titles[key], beside=best) for key in best.missing)
        raise FileError("file_columns_missing", name=source.name, columns=missing)
    for sheet, _, one in parts:
        if one.twice and not form.beside_list:
            raise FileError("file_columns_twice", name=source.name, sheet=sheet.name, columns=", ".join(one.twice))
    return parts, [sheet for sheet, one in found if one.missing]


def _title(titles: Collection[str], *, beside: Recognised) -> str:
    """The heading of a column in the language of those that were found."""
    is_ascii = all(map(str.isascii, beside.headings))
    return min(titles, key=lambda title: (title.isascii() != is_ascii, title))


def refuse_other_village(values: Values, *, own: str, villages: Collection[str]) -> None:
    """Raises RowError where the village in a row is not that of what the row is about.

    Args:
        own: the name of its village.
        villages: the names of all that there are: another name is what one of them was called before.
    """
    said = text_in(values, VILLAGE)
    if said in villages and said != own:
        raise RowError(VILLAGE, said, OTHER_VILLAGE)


def meaning_in(values: Values, key: str, read: Callable[[Cell], Meaning]) -> Meaning | None:
    """A cell as read by a function of `cells`; None if it is blank. Raises RowError if it cannot be read."""
    if is_blank(values[key]):
        return None
    try:
        cells.refuse_error(values[key])
        return but_for_remark(values[key], read)
    except CellRuleError as error:
        if error.rule == REMARK:
            raise _RemarkError(key, word=error.said["word"], remark=error.said["remark"]) from None
        raise RowError(key, values[key], error.rule) from error


def text_in(values: Values, key: str) -> str:
    """The text of a cell; empty if it is blank. Raises RowError if it lost digits, is a formula or is too long."""
    return meaning_in(values, key, cells.text) or ""


def name_in(values: Values, key: str) -> str:
    """The name in a cell; raises as `text_in` does."""
    return spellings.name(text_in(values, key))


def key_in(values: Values, key: str) -> str:
    """The number in a cell that stands for something, such as that of a household; raises as `text_in` does."""
    return spellings.key(text_in(values, key))


def phone_in(values: Values, key: str) -> str | None:
    """The telephone in a cell, as digits where it is one; None if it is blank, or says that there is none. Raises as
    `text_in` does."""
    said = meaning_in(values, key, cells.telephone) or ""
    number = spellings.number(said)
    return (number if number.isdecimal() else said) or None


def day_in(values: Values, key: str, *, earliest: date, latest: date | None = None, last: bool = False) -> date | None:
    """The day in a cell; None if it is blank. Raises RowError if it is none, is before `earliest` or after `latest`.

    Args:
        latest: today, where something has happened; None where something is planned.
        last: as `cells.day` takes it.
    """
    day = meaning_in(values, key, partial(cells.day, last=last))
    if day is not None and day < earliest:
        raise RowError(key, day, "before_the_list")
    if day is not None and latest is not None and day > latest:
        raise RowError(key, day, "day_to_come")
    return day


def code_in(values: Values, key: str, *, codes: str, unknown: str) -> str | None:
    """The code in a cell; None if it is blank. Raises RowError for a word that is not in the list; `unknown` is the
    rule it breaks."""
    try:
        return meaning_in(values, key, lambda cell: cells.code(cell, cells.words_of(codes), codes=codes))
    except RowError as error:
        raise RowError(key, values[key], unknown if error.rule == "unknown_word" else error.rule) from error
