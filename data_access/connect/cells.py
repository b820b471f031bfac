"""What one cell of theirs means for a column of ours. It is read as a cell of a file is, once the form of a database is
taken off: dates in five forms, words for codes, amounts in 万元."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import Date

from data_access.clock import in_place, last_day, month_first_day, month_number, month_text
from data_access.connect.mapping import END_DAYS, From, codes_of, filled_column, word_meant
from data_access.files import spellings
from data_access.files.cells import CellRuleError, day, is_blank, number, pieces, several, words_of
from data_access.load.cells import load_checks, parser
from data_access.load.kinds import FileField, load_kinds
from data_access.schema.tables import metadata

Reader = Callable[[Any], Any]
"""Raises CellRuleError for a cell that breaks a rule."""

NO_END = "no_end"
"""The rule that a cell breaks which should say when something was over."""

_MONTH = re.compile(r"(?P<year>\d{4})\D?(?P<month>\d{1,2})?\D?")
_DAY_OF_MONTH = re.compile(r"(?P<month>\d{4}\D\d{1,2})\D[0-3]?\d\D?|(?P<digits>\d{6})[0-3]\d")
_SECONDS = re.compile(r"1\d{9}(\d{3})?")
"""Seconds or thousandths of them since 1970, of the years from 2001 on."""
_BETWEEN_WORDS = re.compile(r"[\s,，、;；:：/|()（）_-]+")
_ZEROS = "0-/:. "
"""What stands where there is no day: 0, 0000-00-00 00:00:00."""
_RUN_TOGETHER = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})")


def read_one(cell: Any, read: Reader) -> Any:
    """What a cell means, None where it says nothing, or the rule that it breaks."""
    if cell is None or cell != cell:  # NaN
        return None
    try:
        return None if is_blank(cell) else read(cell)
    except CellRuleError as error:
        return error.with_traceback(None)


def reader(table: str, name: str, value: From, *, as_of: date) -> Reader:
    """What a cell of theirs means for a column of ours.

    Args:
        as_of: the cut-off: nothing can have happened later.
    """
    if (part := word_meant(name, value)) is not None:
        read_word = reader(table, name, value.model_copy(update={"part": None}), as_of=as_of)
        return lambda cell: None if (word := _word(cell, part)) is None else read_word(word)
    if value.part is not None:
        return lambda cell: _one_of_several(_plain(cell), value)
    read = parser(field_of(table, name, value), as_of=as_of)
    if f"{table}.{name}" in load_checks().certificate.columns:
        return lambda cell: _certificate(_plain(cell), read)
    if isinstance(filled_column(table, name).type, Date):
        is_past = END_DAYS.get(table) == name or f"{table}.{name}" in load_checks().not_after_as_of
        to_day = _day_of(value, latest=as_of if is_past else None)
        to_value = partial(_end, read=read, as_of=as_of) if END_DAYS.get(table) == name else read
        return lambda cell: None if (said := to_day(cell)) is None else to_value(said)
    if value.codes and codes_of(filled_column(table, name)) is None:
        words = {spellings.word(word): own for word, own in value.codes.items()}
        return lambda cell: _worded(_plain(cell), words, read)
    if value.times is not None:
        factor = Decimal(str(value.times))
        return lambda cell: read(_times(cell, factor))
    return lambda cell: read(_plain(cell))


def field_of(table: str, name: str, value: From) -> FileField:
    """The field whose cells are read: the column of ours, or the number by which its household or case is found."""
    if value.household_of == "id_no":
        table, name = "match", "id_no"
    elif value.household_of == "member_id":
        table, name = "member", "member_id"
    elif value.case_of is not None:
        table, name = "household", "household_id"
    table = filled_column(table, name).table.name if table in metadata.tables else table
    known = (one.several for one in load_kinds()["persons"].fields if one.key == f"{table}.{name}")
    return FileField(table=table, column=name, headings=frozenset(), words=value.codes, several=any(known))


def _certificate(cell: Any, read: Reader) -> Any:
    """A number that breaks a rule still is what the person is known by: it is kept, and told."""
    try:
        return read(cell)
    except CellRuleError as error:
        error.value = error.value or spellings.certificate(str(cell))
        raise


def _worded(cell: Any, words: Mapping[str, str], read: Reader) -> Any:
    said = words.get(spellings.word(str(cell)), cell)
    return read(said) if said != "" else None


def said_of(cell: Any, value: From, *, name: str) -> Any:
    """What of a cell is about a column of ours: all of it, or the word that is meant."""
    part = word_meant(name, value)
    return cell if part is None else _word(cell, part)


def unread_words(cell: str, value: From, *, name: str) -> list[str]:
    """The words of a cell that nobody knows: all of it, but for a cell that may hold several."""
    if (part := word_meant(name, value)) is not None:
        return [_word(cell, part) or cell]
    if value.part is None:
        return [cell]
    words = _words_for_causes(value)
    return [one for one in pieces(cell, words) if spellings.word(one) not in words]


def _words_for_causes(value: From) -> dict[str, str]:
    return {**words_of("cause"), **{spellings.word(word): code for word, code in value.codes.items()}}


def _word(cell: Any, part: int) -> str | None:
    """One of the words of a cell, such as 王小明/之子; None where it has fewer."""
    words = [word for word in _BETWEEN_WORDS.split(str(cell)) if word]
    return words[part - 1] if len(words) >= part else None


def _one_of_several(cell: Any, value: From) -> str | None:
    found = several(cell, _words_for_causes(value), codes="cause")
    at = (value.part or 1) - 1
    return found[at] if at < len(found) else None


def _end(cell: Any, *, read: Reader, as_of: date) -> Any:
    """The day on which something was over. Of a day that its month does not have the month holds: it is over all the
    same. Any other cell that is no day says nothing, and what is not over then is told."""
    try:
        return read(cell)
    except CellRuleError as error:
        found = _DAY_OF_MONTH.fullmatch(str(cell).strip()) if error.rule == "not_a_date" else None
        month = None if found is None else month_of(found["digits"] or found["month"])
        if month is None or month_first_day(month) > as_of:
            raise CellRuleError(NO_END) from error
        raise CellRuleError("end_of_month", value=min(last_day(month_text(month)), as_of)) from error


def day_reader(value: From, *, as_of: date) -> Reader:
    """What a cell of theirs means as a day up to the cut-off."""
    to_day = _day_of(value, latest=as_of)
    return lambda cell: None if (said := to_day(cell)) is None else day(said)


def _day_of(value: From, *, latest: date | None) -> Reader:
    """A cell of a day; a bare month or year becomes its first or last day, seconds since 1970 the day that it was here
    then, and nothing but zeros no day.

    Args:
        latest: the last day that there can be; that of a month which is not over yet.
    """
    words = {spellings.word(word): own for word, own in value.codes.items()}

    def read(cell: Any) -> Any:
        if isinstance(cell, date | datetime):
            return cell
        said = words.get(spellings.word(str(cell)), str(cell).strip())
        if not said.strip(_ZEROS):
            return None
        if _SECONDS.fullmatch(said):
            return in_place(datetime.fromtimestamp(int(said[:10]), UTC)).date()
        found = _RUN_TOGETHER.fullmatch(said) or _MONTH.fullmatch(said)
        if found is None:
            return said
        month = int(found["month"] or (1 if value.month == "first" else 12))
        try:
            first = date(int(found["year"]), month, 1)
        except ValueError:
            return said
        if value.month == "first":
            return first
        last = last_day(f"{first:%Y-%m}")
        return last if latest is None or first > latest else min(last, latest)

    return read


def _times(cell: Any, factor: Decimal) -> Any:
    said = Decimal(str(number(_plain(cell)))) * factor
    return int(said) if said == said.to_integral_value() else float(said)


def _plain(cell: Any) -> Any:
    """A value of a database as a cell of a file: exact decimals become numbers; a whole number stays exact."""
    if isinstance(cell, Decimal):
        cell = int(cell) if cell == cell.to_integral_value() else float(cell)
    if isinstance(cell, int) and not isinstance(cell, bool):
        return str(cell)  # longer than a spreadsheet's numbers
    return cell


def month_of(cell: Any) -> int | None:
    """The number of the month of a cell such as 202209; None where it is none."""
    digits = "".join(letter for letter in str(cell) if letter.isdigit())
    if len(digits) < 5 or not 1 <= int(digits[4:6]) <= 12:
        return None
    return month_number(date(int(digits[:4]), int(digits[4:6]), 1))
