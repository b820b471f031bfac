"""What a cell of an import means: the value of its column, or the rule in `rules.yaml` that it breaks."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field as PydanticField
from pydantic import field_validator
from sqlalchemy import Boolean, Date, DateTime, Float, Integer, String

from data_access import id_numbers
from data_access.declarations import Declared, Many, Status, Text, Words, read_declared
from data_access.files import spellings
from data_access.files.cells import (
    CellRuleError,
    Value,
    code,
    day,
    gravest,
    group,
    is_blank,
    is_no_day,
    is_not_given,
    load_words,
    number,
    refuse_error,
    serial_of_1904,
    several,
    telephone,
    text,
    truth,
    whole,
    words_of,
)
from data_access.files.parsing.messages import Cell
from data_access.files.remarks import but_for_remark
from data_access.load.columns import column_of
from data_access.load.kinds import SHARED_KEYS, FileField
from data_access.schema.indicators import units
from data_access.schema.ranges import load_ranges, means_month_end, range_of

Parser = Callable[[Cell], Value]

_FOLDER = Path(__file__).parent


_OTHER_CERTIFICATE = re.compile(r"[A-Z]{1,3}\d{6,12}")
"""Passports, permits of people from Hong Kong, Macao and Taiwan, identity cards of foreign residents."""

_PERCENT = "%"

Size = Annotated[int, PydanticField(ge=1)]


class Columns(Declared):
    """Columns with text of one sort."""

    columns: Many[str]

    @field_validator("columns")
    @classmethod
    def _are_columns(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(column_of(name, helpers=True, at=(position,)) for position, name in enumerate(names))


class Lengths(Columns):
    """How many characters the values of some columns have."""

    lengths: Annotated[Many[Size], PydanticField(min_length=1)]


class Telephones(Lengths):
    """How many digits a telephone number has."""

    landlines: Many[Size]
    """That of no mobile telephone."""


class Endings(Declared):
    """Endings of place names that files leave out or add."""

    village: Many[Text]
    township: Many[Text]

    def of(self, level: str) -> tuple[str, ...]:
        """The endings of a level: village or township."""
        return {"village": self.village, "township": self.township}[level]


class YearEnd(Declared):
    """The last day of an assessment year."""

    month: Annotated[int, PydanticField(ge=1, le=12)]
    day: Annotated[int, PydanticField(ge=1, le=31)]


class Checks(Declared):
    """The limits that values must respect."""

    status: Status
    reference: Words
    rounded: Many[str]
    units: dict[str, Text]
    """Column -> the unit that may stand behind its numbers."""
    not_after_as_of: Many[str]
    name: Columns
    certificate: Lengths
    telephone: Telephones
    endings: Endings
    problems_listed: Size
    assessment_year_ends: YearEnd

    @field_validator("rounded")
    @classmethod
    def _are_columns(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for position, name in enumerate(names):
            column_of(f"*.{name}", any_table=True, at=(position,))
        return names

    @field_validator("units")
    @classmethod
    def _are_of_columns(cls, units: dict[str, str]) -> dict[str, str]:
        return {column_of(name, at=(name,)): unit for name, unit in units.items()}

    @field_validator("not_after_as_of")
    @classmethod
    def _are_dates(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(column_of(name, at=(position,)) for position, name in enumerate(names))


@cache
def load_checks(file: Path = _FOLDER / "bounds.yaml") -> Checks:
    """The limits declared in `bounds.yaml`. Raises DeclarationError."""
    return read_declared(file, Checks)


def parser(field: FileField, *, as_of: date, since_1904: bool = False) -> Parser:
    """A function that reads the cells of a field; it raises CellRuleError for a cell that breaks a rule.

    Args:
        as_of: the day the file describes; nothing in it can have happened later.
        since_1904: whether the file counts its days from 1904.
    """
    read = _reader(field)
    if since_1904 and field.declared is not None and isinstance(field.declared.type, Date | DateTime):
        read = _from_1904(read)
    checks = _checks(field, as_of=as_of)

    def parse(cell: Cell) -> Value:
        refuse_error(cell)
        value = None if is_blank(cell) else read(cell)
        if value is not None:
            for check in checks:
                check(value)
        return value

    return parse


def _reader(field: FileField) -> Parser:
    declared = field.declared
    if declared is None or isinstance(declared.type, String):
        return _text_reader(field)
    if isinstance(declared.type, Boolean):
        words = _words("boolean", field)
        return partial(but_for_remark, read=lambda cell: truth(cell, words))
    if isinstance(declared.type, Integer):
        return _whole_reader(field)
    if isinstance(declared.type, Float):
        unit = _unit(field)
        return lambda cell: float(number(cell, unit=unit))
    if isinstance(declared.type, DateTime):
        return lambda cell: cell if isinstance(cell, datetime) else day(cell)
    return lambda cell: None if is_no_day(cell) else day(cell, last=means_month_end(declared))


def _whole_reader(field: FileField) -> Parser:
    if field.key == "household.group_no":
        return partial(but_for_remark, read=group)
    if field.words:
        return partial(but_for_remark, read=lambda cell: _counted(cell, field))
    rounded, unit = field.column in load_checks().rounded, _unit(field)
    if unit == _PERCENT:
        return lambda cell: whole(_percent(cell), rounded=rounded)
    return lambda cell: whole(cell, rounded=rounded, unit=unit)


def _percent(cell: Cell) -> int | float:
    """A number in percent. 0.85 without a sign of percent may be 85 % as well."""
    value = number(cell)
    if 0 < value < 1 and _PERCENT not in spellings.plain(str(cell)):
        raise CellRuleError("share_or_percent")
    return value


def _unit(field: FileField) -> str | None:
    return units().get(field.key) or load_checks().units.get(field.key)


def _text_reader(field: FileField) -> Parser:
    """Texts are brought to the form of their sort."""
    declared, sorts = field.declared, load_checks()
    if field.table in ("measures", "causes"):
        return _measure if field.table == "measures" else partial(but_for_remark, read=_causes)
    if field.key in sorts.certificate.columns:
        return _certificate
    if field.key == "match.id_no":
        return lambda cell: None if is_not_given(said := text(cell)) else _id_number(said)
    if field.key in sorts.telephone.columns:
        return _telephone
    if field.key in sorts.name.columns:
        return _name if field.table != "match" else lambda cell: spellings.name(text(cell))
    if declared is None:
        return lambda cell: spellings.plain(text(cell))
    if declared.info["codes"] is not None:
        return partial(but_for_remark, read=_code_reader(field, codes=declared.info["codes"]))
    if declared.primary_key or declared.name.endswith(("_id", "_code")):
        return lambda cell: _key(cell, field=field)
    return text


def _name(cell: Cell) -> str:
    """A name; one of which letters are hidden or lost says nothing, so that a whole one that is held stays."""
    value = spellings.name(text(cell))
    if not spellings.HIDDEN_LETTERS.isdisjoint(value):
        raise CellRuleError("name_hidden")
    return value


def _key(cell: Cell, *, field: FileField) -> str:
    """A number that stands for something; one of nothing but zeros stands for no household and no person."""
    value = spellings.key(text(cell))
    if field.column in SHARED_KEYS and (not value.strip("0-") or is_not_given(value)):
        raise CellRuleError("no_number")
    return value


def _code_reader(field: FileField, *, codes: str) -> Parser:
    words = _words(codes, field)
    if field.several:
        return lambda cell: gravest(cell, words, codes=codes)
    if codes == "cause":
        return lambda cell: _first_of_several(cell, words, codes=codes)
    another = frozenset(map(spellings.word, load_words().another.get(codes, ())))
    return lambda cell: _one_code(cell, words, codes=codes, another=another)


def _one_code(cell: Cell, words: Mapping[str, str], *, codes: str, another: frozenset[str]) -> str | None:
    """The code of a cell; one that says something else than its column says nothing, and is noted."""
    try:
        return code(cell, words, codes=codes)
    except CellRuleError as error:
        if spellings.word(text(cell)) not in another:
            raise
        raise CellRuleError("says_another", word=text(cell)) from error


def _first_of_several(cell: Cell, words: Mapping[str, str], *, codes: str) -> str | None:
    """The code of a cell that should hold one answer; the first of several is taken and noted."""
    found = several(cell, words, codes=codes)
    if len(found) > 1:
        raise CellRuleError("several_answers", value=found[0], answers=len(found))
    return found[0] if found else None


BEGUN = "begun"
"""What is known of a measure of which a file says only that there is one; sorts behind every day."""


def _measure(cell: Cell) -> str | None:
    """The first day of a measure as text, BEGUN where the cell only says that there is one, None where it says that
    there is none."""
    try:
        return day(cell).isoformat()
    except CellRuleError as error:
        if error.rule != "not_a_date":
            raise
    words = _boolean_words()
    said = spellings.word(text(cell))
    return BEGUN if words.get(said, "True") == "True" else None


def _causes(cell: Cell) -> str | None:
    """The codes of the causes in a cell, in its order, with a comma between them."""
    return ",".join(several(cell, words_of("cause"), codes="cause")) or None


@cache
def _boolean_words() -> dict[str, str]:
    return dict(words_of("boolean"))


def _from_1904(read: Parser) -> Parser:
    return lambda cell: read(serial_of_1904(cell))


def _counted(cell: Cell, field: FileField) -> int | None:
    """A number, or a word of the field that stands for one; None if the word says nothing."""
    said = field.words.get(spellings.word(text(cell)), text(cell))
    return whole(said) if said else None


def _words(codes: str, field: FileField) -> dict[str, str]:
    return {**words_of(codes), **{spellings.word(word): one for word, one in field.words.items()}}


Check = Callable[[Any], None]


def _checks(field: FileField, *, as_of: date) -> list[Check]:
    """The checks on the values of a field beyond their type."""
    declared, checks = field.declared, load_checks()
    if field.table == "measures":
        return [lambda value: _day_of_measure(value, earliest=load_ranges().earliest_day, latest=as_of)]
    if declared is None:
        return []
    found: list[Check] = []
    bounds = range_of(declared)
    if bounds is not None:
        found.append(lambda value: _within(value, *bounds))
    if isinstance(declared.type, Date):
        latest = as_of if field.key in checks.not_after_as_of else None
        found.append(lambda value: _plausible_day(value, earliest=load_ranges().earliest_day, latest=latest))
    return found


def _within(value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise CellRuleError("out_of_range", low=low, high=high)


def _plausible_day(value: date, *, earliest: date, latest: date | None) -> None:
    if value < earliest:
        raise CellRuleError("date_too_early", low=earliest)
    if latest is not None and value > latest:
        raise CellRuleError("in_the_future", high=latest)
    if value > load_ranges().latest_day:
        raise CellRuleError("date_too_late", high=load_ranges().latest_day)


def _day_of_measure(value: str, *, earliest: date, latest: date) -> None:
    if value != BEGUN:
        _plausible_day(date.fromisoformat(value), earliest=earliest, latest=latest)


def _certificate(cell: Cell) -> str | None:
    """The number of a certificate; None where somebody has none. An ID number is checked; another one is noted."""
    value = spellings.certificate(text(cell))
    if is_not_given(value):
        return None
    if _OTHER_CERTIFICATE.fullmatch(value):
        raise CellRuleError("id_other", value=value)
    is_old = len(value) == id_numbers.OLD_LENGTH and value.isdecimal()
    lengths = load_checks().certificate.lengths
    if not is_old and (len(value) not in lengths or not value[: id_numbers.LENGTH - 1].isdecimal()):
        raise CellRuleError("id_length", lengths="、".join(map(str, lengths)))
    born = f"19{value[6:12]}" if is_old else value[6:14]
    try:
        date(int(born[:4]), int(born[4:6]), int(born[6:]))
    except ValueError as error:
        raise CellRuleError("id_birth_date") from error
    if is_old:
        raise CellRuleError("id_15_digits", value=value)
    if value[id_numbers.LENGTH - 1] != id_numbers.check_character(value):
        raise CellRuleError("id_check_digit", value=value)
    return value


def _id_number(said: str) -> str:
    """The number by which a person is found: of a disability card the ID number with which it begins."""
    number = spellings.certificate(said)
    return id_numbers.of_person(number) if len(number) > id_numbers.LENGTH else number


def _telephone(cell: Cell) -> str | None:
    """The number of a telephone, as digits; None where somebody has none. Of several the first one is taken."""
    said, lengths = telephone(cell), load_checks().telephone
    if said is None:
        return None
    found = spellings.telephones(said, mobiles=lengths.lengths, landlines=lengths.landlines)
    if not found:
        raise CellRuleError("phone_length", lengths="、".join(map(str, lengths.lengths)))
    if len(found) > 1:
        raise CellRuleError("phone_several", value=found[0], taken=found[0][-4:])
    if len(found[0]) not in lengths.lengths or found[0].startswith("0"):
        raise CellRuleError("phone_landline", value=found[0])
    return found[0]
