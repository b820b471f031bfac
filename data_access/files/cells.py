"""What a cell of a file from outside means: a text, a number, a day, yes or no, a code. Imports and returned forms both
read their cells with these functions.

Cells come as spreadsheets hold them: texts, numbers, dates, yes and no. A blank cell says nothing, neither zero nor no;
callers test for it with `is_blank` before they read a cell.
"""

import json
import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator

from data_access.clock import in_place, today
from data_access.declarations import Declared, Many, Text, only_of, read_declared, refuse
from data_access.files import spellings
from data_access.files.parsing.marks import NOT_COUNTED
from data_access.files.parsing.messages import Cell
from data_access.ledger.declaration import LONGEST_TEXT
from data_access.schema.indicators import load_codes

Value = str | int | float | bool | date | None

_FILE = Path(__file__).with_name("words.yaml")

EXACT_DIGITS = 15
"""The number of digits that a spreadsheet keeps; longer numbers have lost some."""

_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?")
_IN_BRACKETS = re.compile(r"\(([^()]+)\)")
_SCIENTIFIC = re.compile(r"\d+(\.\d+)?[eE]\+?\d+")
_EXPLICIT_TEXT = re.compile(r'="([^"]*)"')
_DAY = re.compile(
    r"(?P<year>\d{4})[-/.\\,、年](?P<month>\d{1,2})(?:[-/.\\,、月](?P<day>\d{1,2})[日号]?|月)?"
    r"(?:\(?(?:星期|周|礼拜)[一二三四五六日天]\)?)?"
    r"(?:(?:[ T]|(?<=\D)|(?=[上下中凌早晚]))"
    r"(?:上午|下午|中午|凌晨|早上|晚上|AM|PM)?(?P<hour>\d{1,2}):(?P<minute>\d{2})"
    r"(?::\d{2}(?:\.\d+)?)?"
    r"(?:AM|PM)?(?P<zone>Z|[+-]\d{2}:?\d{2})?)?"
)
_APART = re.compile(r"(\d{4}) (\d{1,2}) (\d{1,2})")
_SHORT_YEAR = re.compile(r"(\d{2})([-/.年]\d{1,2}[-/.月]\d{1,2}[日号]?)")
_BLANK_IN_DAY = re.compile(r"(?<=[-/.年月日号])\s+|\s+(?=[-/.年月日号(星周礼上下中凌早晚AP])")
_RUN_TOGETHER = re.compile(r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?:(?P<day>\d{2})(?:\d{4}(?:\d{2})?)?)?")
_SERIAL = re.compile(r"(?!20[0-2]\d[1-9])(\d{5})(?:\.\d+)?")  # 20229 may be a month as well
_ERROR_CODE = re.compile(r"Err:\d{3}")
_SEVERAL = re.compile(r"[,;、/|+&]|和|及")
_QUOTES = ("'", "‘", "’", "`")
"""What is typed before a number so that a spreadsheet keeps it as text."""
_ODD_STARTS = ("=", "@", "+", "＝", "＠", *_QUOTES)

_GENERATION = 30
"""Years ahead up to which a year of two digits may be one to come."""

_EPOCH = date(1899, 12, 30)
"""Day 0 in the day count of spreadsheets, correct for all days since 1 March 1900."""
_DAYS_TO_1904 = 1462
"""Days between the two calendars of spreadsheets."""
_SERIAL_DAYS = range(18_264, 73_051)
"""1950 to 2099 as serial numbers of a spreadsheet; other numbers are not days."""

_WORDS_NAMED = 8
"""How many words of a code list are named in the message about an unknown one."""


class CellWords(Declared):
    """Words found in cells, in addition to those of the code lists."""

    blank: Many[Text]
    not_given: Many[Text]
    """Words that stand for no telephone or no certificate."""
    no_day: Many[Text]
    """Words that stand for a day that has not come."""
    currencies: Many[Text]
    """What may stand before an amount."""
    units: dict[str, Annotated[int, Field(ge=1)]]
    """What may stand behind a number -> what the number is multiplied by."""
    spelled: dict[Text, Many[Text]]
    """Unit of a column -> how files write it behind a number, the longest first."""
    minus: Many[Text]
    """What may stand before a number below zero."""
    groups: Many[Text]
    """What may stand behind the number of a group of villagers."""
    another: dict[str, Many[Text]]
    """Code list -> words that people write there of something else, which say nothing of it."""
    errors: Many[Text]
    """What spreadsheets show in a cell whose formula fails."""
    codes: dict[str, dict[str, str]]
    """Code list -> word -> code; an empty code says nothing."""

    @field_validator("codes")
    @classmethod
    def _mean_codes(cls, lists: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        for name, words in only_of(lists, tuple(load_codes())).items():
            for word, one in words.items():
                if one and one not in load_codes()[name]:
                    raise refuse("unknown_reference", at=(name, word), name=one, known=tuple(load_codes()[name]))
        return lists


@cache
def load_words(file: Path = _FILE) -> CellWords:
    """What `words.yaml` declares. Raises DeclarationError."""
    return read_declared(file, CellWords)


class CellRuleError(Exception):
    """A cell breaks a rule; `said` fills in its sentence. `value` is used if the rule only warns, so that the cell is
    taken anyway."""

    def __init__(self, rule: str, *, value: Value = None, **said: object) -> None:
        self.rule, self.value, self.said = rule, value, {name: str(word) for name, word in said.items()}
        super().__init__(rule)

    @property
    def details(self) -> str:
        """What fills in the sentence, as JSON."""
        return json.dumps(self.said) if self.said else "{}"


@cache
def _blanks() -> frozenset[str]:
    return frozenset(["", *map(spellings.word, load_words().blank)])


def is_blank(cell: Cell) -> bool:
    """Whether a cell says nothing: it is empty, or holds a mark that means so, such as / or 未采集."""
    return cell is None or (isinstance(cell, str) and not _is_number(cell) and spellings.word(cell) in _blanks())


def is_not_given(text: str) -> bool:
    """Whether a word stands for a number that somebody does not have, such as 无."""
    return not _is_number(text) and spellings.word(text) in _spelled("not_given")


def is_no_day(cell: Cell) -> bool:
    """Whether a word stands for a day that there is not, or not yet: 无, 未完工."""
    return isinstance(cell, str) and not _is_number(cell) and spellings.word(cell) in _spelled("no_day")


def _is_number(text: str) -> bool:
    """Whether a text is nothing but digits: most of millions are, and no word of a list."""
    return text.isascii() and text.isdigit()


@cache
def _spelled(name: Literal["not_given", "no_day"]) -> frozenset[str]:
    return frozenset(map(spellings.word, getattr(load_words(), name)))


def refuse_error(cell: Cell) -> None:
    """Raises CellRuleError for a cell that holds an error (#N/A), or a formula that was never counted: it says nothing,
    but is no blank."""
    if isinstance(cell, str) and cell.startswith(("#", "Err:", NOT_COUNTED)):
        if cell == NOT_COUNTED:
            raise CellRuleError("formula_not_counted")
        if cell.strip() in load_words().errors or _ERROR_CODE.fullmatch(cell.strip()):
            raise CellRuleError("error_value", error=cell.strip())


def serial_of_1904(cell: Cell) -> Cell:
    """The serial number of a day in a file that counts days from 1904, as other files have it; other cells as they
    are."""
    said = cell.strip() if isinstance(cell, str) else cell
    if isinstance(said, str) and said.isdigit() and int(said) + _DAYS_TO_1904 in _SERIAL_DAYS:
        return str(int(said) + _DAYS_TO_1904)
    if isinstance(said, int | float) and not isinstance(said, bool) and int(said) + _DAYS_TO_1904 in _SERIAL_DAYS:
        return said + _DAYS_TO_1904
    return cell


def text(cell: Cell) -> str:
    """A cell as text, on one line, without the tricks by which spreadsheets keep numbers as text."""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, int | float):
        if abs(cell) >= 10**EXACT_DIGITS:
            raise CellRuleError("digits_lost")
        return str(int(cell)) if float(cell).is_integer() else str(cell)
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    plain = spellings.one_line(str(cell))
    if plain.startswith(_ODD_STARTS):
        plain = _unquoted(plain)
    if ("e" in plain or "E" in plain) and _SCIENTIFIC.fullmatch(plain):
        raise CellRuleError("digits_lost")
    if len(plain) > LONGEST_TEXT:
        raise CellRuleError("text_too_long", high=LONGEST_TEXT)
    return plain


def telephone(cell: Cell) -> str | None:
    """The text of a cell with a telephone, in which + begins no formula; None where it says that there is none."""
    said = text(cell.strip().lstrip("+＋") if isinstance(cell, str) else cell)
    return None if is_not_given(said) else said


def _unquoted(text: str) -> str:
    """A text without the tricks that keep a number as text; a formula is not one of them."""
    explicit = _EXPLICIT_TEXT.fullmatch(text)
    if explicit:
        return explicit.group(1).strip()
    if text.startswith(_QUOTES):
        return text[1:].strip()
    if _NUMBER.fullmatch(text):
        return text
    raise CellRuleError("formula")


def number(cell: Cell, *, unit: str | None = None) -> int | float:
    """A cell as a number: 1234, 1,234.50, ￥1,234.50元, 1.2万, 85%, (1,200) for -1200, also in full-width digits.

    Args:
        unit: that of the column, which may stand behind the number in any of its spellings: 80㎡.
    """
    if isinstance(cell, bool | date):
        raise CellRuleError("not_a_number")
    if isinstance(cell, int | float):
        return cell
    said = spellings.one_line(str(cell))
    if spellings.has_footnote(said):
        raise CellRuleError("not_a_number")
    explicit = _EXPLICIT_TEXT.fullmatch(said)
    plain = spellings.plain(explicit[1] if explicit else said).lstrip("".join(_QUOTES))
    if plain.startswith("="):
        raise CellRuleError("formula")
    plain = _without_unit(plain, load_words().spelled.get(unit or "", ()))
    bracketed = _IN_BRACKETS.fullmatch(plain)
    found = _amount().fullmatch(bracketed[1] if bracketed else plain)
    if found is None:
        raise CellRuleError("not_a_number")
    value = Decimal(re.sub("[, ]", "", found["digits"])) * load_words().units.get(found["unit"], 1)
    if bracketed or found["minus"]:
        value = -value
    return int(value) if value == value.to_integral_value() else float(value)


def _without_unit(text: str, spelled: Iterable[str]) -> str:
    """A number without the unit behind it, which may be in brackets."""
    behind = next((one for one in spelled if text.removesuffix(")").endswith(one)), None)
    return text if behind is None else text.removesuffix(")").removesuffix(behind).rstrip(" (")


@cache
def _amount() -> re.Pattern[str]:
    """A number with what may stand before and behind it."""
    words = load_words()
    minus, currencies, units = (
        "|".join(re.escape(one) for one in sorted(spelled, key=len, reverse=True))
        for spelled in (words.minus, words.currencies, words.units)
    )
    digits = r"(?:\d{1,3}(?:[, ]\d{3})+|\d+)(?:\.\d+)?"
    before = rf"(?:{currencies})?\s*(?:(?P<minus>{minus})|\+)?\s*(?:{currencies})?\s*"
    return re.compile(rf"{before}(?P<digits>{digits})\s*\(?(?P<unit>{units})?\)?")


def whole(cell: Cell, *, rounded: bool = False, unit: str | None = None) -> int:
    """A cell as a whole number.

    Args:
        rounded: whether a number with decimals is rounded; otherwise it breaks a rule.
        unit: as `number` takes it.
    """
    value = number(cell, unit=unit)
    if isinstance(value, float) and not value.is_integer() and not rounded:
        raise CellRuleError("not_whole")
    return round(value)


def day(cell: Cell, *, last: bool = False) -> date:
    """A cell as a day: a date; 2022-09-30, 2022/9/30, 2022 9 30, 22.9.30, 2022年9月30日, 20220930, with or without a
    time, 二〇二二年九月三十日; the first day of a month (202209, 2022年9月); the serial number of a day in a
    spreadsheet. A time with a zone is the day it was here.

    Args:
        last: whether a month means its last day, as of something that ends or is due.
    """
    if isinstance(cell, datetime):
        return cell.date() if cell.tzinfo is None else in_place(cell).date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, float) and not cell.is_integer():
        cell = int(cell)
    plain = _BLANK_IN_DAY.sub("", spellings.dashes(spellings.plain(text(cell)))).upper()
    plain = _APART.sub(r"\1-\2-\3", spellings.day_in_digits(plain))
    if short := _SHORT_YEAR.fullmatch(plain):
        plain = f"{_century(int(short[1]))}{short[1]}{short[2]}"
    serial = _SERIAL.fullmatch(plain)
    if serial and int(serial[1]) in _SERIAL_DAYS:
        return _EPOCH + timedelta(days=int(serial[1]))
    found = _DAY.fullmatch(plain) or _RUN_TOGETHER.fullmatch(plain)
    if found is None:
        raise CellRuleError("not_a_date")
    said = found.groupdict()
    try:
        month = int(said["year"]), int(said["month"])
        on = date(*month, int(said["day"] or (monthrange(*month)[1] if last else 1)))
        if not said.get("zone"):
            return on
        clock = f"{int(said['hour']):02}:{said['minute']}{said['zone']}"
        return in_place(datetime.fromisoformat(f"{on}T{clock}")).date()
    except ValueError as error:
        raise CellRuleError("not_a_date") from error


def _century(year: int) -> int:
    """The century of a year of two digits: this one up to next year, the last one from a generation before a hundred
    years ago; between the two it is in doubt, and no day."""
    this = today().year
    if 2000 + year <= this + 1:
        return 20
    if 2000 + year > this + _GENERATION:
        return 19
    raise CellRuleError("not_a_date")


def truth(cell: Cell, words: Mapping[str, str]) -> bool | None:
    """A cell as yes or no; None if its word says nothing.

    Args:
        words: as `code` takes them, to the codes of the list `boolean`.
    """
    found = code(cell, words, codes="boolean")
    return None if found is None else found == "True"


def code(cell: Cell, words: Mapping[str, str], *, codes: str) -> str | None:
    """A cell as a code; None if its word says nothing.

    Args:
        words: word, as normalised by `spellings.word` -> code, as returned by `words_of` and `labels_of`.
        codes: the code list, for the message about an unknown word.
    """
    try:
        return words[spellings.word(text(cell))] or None
    except KeyError as error:
        labels = list(load_codes()[codes].values())
        known = {
            f"words_{language}": _some([label[language] for label in labels], separator=separator)
            for language, separator in (("zh", "、"), ("en", ", "))
        }
        raise CellRuleError("unknown_word", **known) from error


def several(cell: Cell, words: Mapping[str, str], *, codes: str) -> list[str]:
    """The codes of a cell that may hold several words, in its order, each once. Takes what `code` takes."""
    return list(dict.fromkeys(found for one in pieces(cell, words) if (found := code(one, words, codes=codes))))


def pieces(cell: Cell, words: Mapping[str, str]) -> list[str]:
    """The words of a cell that may hold several, known or not."""
    plain = spellings.plain(text(cell))
    if spellings.word(plain) in words:
        return [plain]
    parts = [part.strip() for part in _SEVERAL.split(plain) if part.strip()]
    return [one for part in parts for one in ([part] if spellings.word(part) in words else part.split())]


def gravest(cell: Cell, words: Mapping[str, str], *, codes: str) -> str | None:
    """The first, in the order of the words, of several codes in a cell; None if there is none."""
    order = list(dict.fromkeys(words.values()))
    return min(several(cell, words, codes=codes), key=order.index, default=None)


def group(cell: Cell) -> int:
    """The number of a group of villagers: 1, 一组, 1组, 第一村民小组. One that has a name instead breaks a rule."""
    said = spellings.word(text(cell))
    behind = next((one for one in load_words().groups if said.endswith(one)), "")
    found = spellings.counted(said.removesuffix(behind).removeprefix("第"))
    if found is None and behind != said and not any(letter.isdigit() for letter in said):
        raise CellRuleError("group_by_name")
    return whole(cell) if found is None else found


def _some(words: list[str], *, separator: str) -> str:
    return separator.join(words[:_WORDS_NAMED]) + ("…" if len(words) > _WORDS_NAMED else "")


@cache
def words_of(codes: str) -> Mapping[str, str]:
    """Every word of a code list -> its code: those of `words.yaml` first, in order of gravity."""
    own = {spellings.word(word): one for word, one in load_words().codes.get(codes, {}).items()}
    return own | {word: one for word, one in labels_of(codes).items() if word not in own}


@cache
def labels_of(codes: str) -> Mapping[str, str]:
    """The codes of a list and their words in every language, those of other times too -> code."""
    labels: dict[str, str] = {}
    for one, label in load_codes().at_any_time(codes):
        for word in (one, label["zh"], label["en"]):
            labels.setdefault(spellings.word(word), one)
    return labels
