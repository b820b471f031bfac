"""What a cell means: the value of its column, or the rule it breaks.

Cells come as spreadsheets hold them: texts, numbers, dates, yes and no. A blank cell says nothing: not zero, not no.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, Date, DateTime, Float, Integer

from data_access import id_numbers
from data_access.files.workbook import EXACT_DIGITS, Cell
from data_access.ledger.declaration import LONGEST_TEXT
from data_access.load.kinds import FileField
from data_access.schema.indicators import load_codes, load_indicators
from data_access.yaml_files import read_yaml

Value = str | int | float | bool | date | None
Parser = Callable[[Cell], Value]

_FOLDER = Path(__file__).parent

_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?")
_SCIENTIFIC = re.compile(r"\d+(\.\d+)?[eE]\+?\d+")
_EXPLICIT_TEXT = re.compile(r'="([^"]*)"')
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?")
_RUN_TOGETHER = re.compile(r"(\d{4})(\d{2})(\d{2})?")
_SEVERAL = re.compile(r"[,，;；、/]")
_ODD_STARTS = ("=", "@", "+", "＝", "＠", "'")

_EPOCH = date(1899, 12, 30)
"""Day 0 of the days that spreadsheets count, as all since 1 March 1900 are."""
_SERIAL_DAYS = range(18_264, 73_051)
"""1950 to 2099 as days of a spreadsheet; other numbers are no days."""

_WORDS_NAMED = 8
"""Words of a code list that an unknown one is answered with."""


class CellRuleError(Exception):
    """A cell breaks a rule of `rules.yaml`; `said` fills its sentence. `value`, where the cell is taken all the same
    when the rule only warns."""

    def __init__(self, rule: str, *, value: Value = None, **said: object) -> None:
        self.rule, self.value, self.said = rule, value, {name: str(word) for name, word in said.items()}
        super().__init__(rule)

    @property
    def details(self) -> str:
        """What fills the sentence, as JSON."""
        return json.dumps(self.said) if self.said else "{}"


@cache
def load_checks() -> dict[str, Any]:
    """What values must keep, as in `checks.yaml`."""
    return read_yaml(_FOLDER / "bounds.yaml")


def parser(field: FileField, *, as_of: date) -> Parser:
    """What reads the cells of a field; it raises CellRuleError for what breaks a rule.

    Args:
        as_of: the day the file speaks of, after which nothing has happened.
    """
    read = _reader(field)
    checks = _checks(field, as_of=as_of)
    blanks = frozenset(["", *load_checks()["blanks"]])

    def parse(cell: Cell) -> Value:
        if cell is None or (isinstance(cell, str) and cell.strip() in blanks):
            return None
        value = read(cell)
        if value is not None:
            for check in checks:
                check(value)
        return value

    return parse


def _reader(field: FileField) -> Parser:
    declared = field.declared
    if declared is None:
        return text
    if isinstance(declared.type, Boolean):
        words = _words("boolean", field)
        return lambda cell: _truth(cell, words)
    if isinstance(declared.type, Integer):
        if field.words:
            return lambda cell: _whole(field.words.get(text(cell), text(cell)) or None, rounded=False)
        rounded = declared.name in load_checks()["rounded"]
        return lambda cell: _whole(cell, rounded=rounded)
    if isinstance(declared.type, Float):
        return _decimal
    if isinstance(declared.type, DateTime):
        return _moment
    if isinstance(declared.type, Date):
        return day
    codes = declared.info["codes"]
    if codes is None:
        return text
    words = _words(codes, field)
    if field.several:
        return lambda cell: _gravest(cell, words, codes=codes)
    return lambda cell: _code(text(cell), words, codes=codes)


def text(cell: Cell) -> str:
    """A cell as text, of one line, without the tricks by which spreadsheets keep numbers as text."""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, int | float):
        if abs(cell) >= 10**EXACT_DIGITS:
            raise CellRuleError("digits_lost")
        return str(int(cell)) if float(cell).is_integer() else str(cell)
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    plain = str(cell).strip()
    if not plain.isprintable():  # line breaks, tabs, zeros
        plain = " ".join(plain.replace("\0", "").split())
    if plain.startswith(_ODD_STARTS):
        plain = _unquoted(plain)
    if ("e" in plain or "E" in plain) and _SCIENTIFIC.fullmatch(plain):
        raise CellRuleError("digits_lost")
    if len(plain) > LONGEST_TEXT:
        raise CellRuleError("text_too_long", high=LONGEST_TEXT)
    return plain


def _unquoted(text: str) -> str:
    """A text without the tricks that keep a number a text; a formula is none."""
    explicit = _EXPLICIT_TEXT.fullmatch(text)
    if explicit:
        return explicit.group(1).strip()
    if text.startswith("'"):
        return text[1:].strip()
    if _NUMBER.fullmatch(text):
        return text
    raise CellRuleError("formula")


def number(cell: Cell) -> int | float | None:
    """A cell as a number: 1234, 1,234.50, full-width digits too."""
    if isinstance(cell, bool | date):
        raise CellRuleError("not_a_number")
    if isinstance(cell, int | float):
        return cell
    plain = unicodedata.normalize("NFKC", str(cell)).strip().lstrip("'")
    if plain.startswith("="):
        raise CellRuleError("formula")
    if not _NUMBER.fullmatch(plain):
        raise CellRuleError("not_a_number")
    digits = plain.replace(",", "")
    return float(digits) if "." in digits else int(digits)


def day(cell: Cell) -> date | None:
    """A cell as a day: a date; 2022-09-30, 2022/9/30, 2022年9月30日, 20220930; of a month its first day (202209,
    2022年9月); the number by which a spreadsheet counts days."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, float) and not cell.is_integer():
        cell = int(cell)
    plain = unicodedata.normalize("NFKC", text(cell)).strip()
    if plain.isdigit() and int(plain) in _SERIAL_DAYS:
        return _EPOCH + timedelta(days=int(plain))
    found = _DAY.fullmatch(plain) or _RUN_TOGETHER.fullmatch(plain)
    if found is None:
        raise CellRuleError("not_a_date")
    try:
        return date(int(found[1]), int(found[2]), int(found[3] or 1))
    except ValueError as error:
        raise CellRuleError("not_a_date") from error


def _moment(cell: Cell) -> Value:
    return cell if isinstance(cell, datetime) else day(cell)


def _truth(cell: Cell, words: Mapping[str, str]) -> bool | None:
    code = _code(text(cell), words, codes="boolean")
    return None if code is None else code == "True"


def _whole(cell: Cell, *, rounded: bool) -> int | None:
    if cell is None:
        return None
    value = number(cell)
    if isinstance(value, float):
        if not value.is_integer() and not rounded:
            raise CellRuleError("not_whole")
        return round(value)
    return value


def _decimal(cell: Cell) -> float | None:
    value = number(cell)
    return None if value is None else float(value)


def _code(word: str, words: Mapping[str, str], *, codes: str) -> str | None:
    try:
        return words[unicodedata.normalize("NFKC", word)] or None
    except KeyError as error:
        labels = list(load_codes()[codes].values())
        known = {
            f"words_{language}": _some([label[language] for label in labels], separator=separator)
            for language, separator in (("zh", "、"), ("en", ", "))
        }
        raise CellRuleError("unknown_word", **known) from error


def _some(words: list[str], *, separator: str) -> str:
    return separator.join(words[:_WORDS_NAMED]) + ("…" if len(words) > _WORDS_NAMED else "")


def _gravest(cell: Cell, words: Mapping[str, str], *, codes: str) -> str | None:
    """Of several codes the one that its words name first."""
    found = [_code(word.strip(), words, codes=codes) for word in _SEVERAL.split(text(cell)) if word.strip()]
    order = list(dict.fromkeys(words.values()))
    return min((code for code in found if code), key=order.index, default=None)


@cache
def _listed(codes: str) -> dict[str, str]:
    """Every word of a code list: those of `words.yaml` first, whose order says which is graver."""
    own = read_yaml(_FOLDER / "words.yaml").get(codes, {})
    words = {unicodedata.normalize("NFKC", str(word)): str(code) for word, code in own.items()}
    for code, labels in load_codes()[codes].items():
        for word in (code, labels["zh"], labels["en"]):
            words.setdefault(unicodedata.normalize("NFKC", word), code)
    return words


def _words(codes: str, field: FileField) -> dict[str, str]:
    return _listed(codes) | {unicodedata.normalize("NFKC", word): code for word, code in field.words.items()}


Check = Callable[[Any], None]


def _checks(field: FileField, *, as_of: date) -> list[Check]:
    """What the values of a field must keep beside their type."""
    declared, checks = field.declared, load_checks()
    if declared is None:
        return []
    found: list[Check] = []
    bounds = _bounds(field)
    if bounds is not None:
        found.append(lambda value: _within(value, *bounds))
    if isinstance(declared.type, Date):
        latest = as_of if field.key in checks["not_after_as_of"] else None
        found.append(lambda value: _plausible_day(value, earliest=checks["earliest_day"], latest=latest))
    if field.key in checks["certificate"]["columns"]:
        found.append(lambda value: _certificate(value, lengths=checks["certificate"]["lengths"]))
    if field.key in checks["telephone"]["columns"]:
        found.append(lambda value: _telephone(value, lengths=checks["telephone"]["lengths"]))
    return found


def _bounds(field: FileField) -> tuple[float, float] | None:
    checks = load_checks()
    declared = checks["bounds"].get(field.key) or checks["bounds"].get(f"*.{field.column}")
    if declared is None and field.table == "household_indicator" and field.column in _counts_of_persons():
        declared = checks["counts"]
    return None if declared is None else (declared[0], declared[1])


@cache
def _counts_of_persons() -> frozenset[str]:
    return frozenset(
        column.name for indicator in load_indicators() for column in indicator.columns if column.unit == "人"
    )


def _within(value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise CellRuleError("out_of_range", low=low, high=high)


def _plausible_day(value: date, *, earliest: date, latest: date | None) -> None:
    if value < earliest:
        raise CellRuleError("date_too_early", low=earliest)
    if latest is not None and value > latest:
        raise CellRuleError("in_the_future", high=latest)


def _certificate(value: str, *, lengths: list[int]) -> None:
    if len(value) not in lengths or not value[:17].isdigit():
        raise CellRuleError("id_length", lengths="、".join(map(str, lengths)))
    try:
        date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError as error:
        raise CellRuleError("id_birth_date") from error
    if value[: id_numbers.LENGTH].upper() != value[:17] + id_numbers.check_character(value):
        raise CellRuleError("id_check_digit", value=value)


def _telephone(value: str, *, lengths: list[int]) -> None:
    if len(value) not in lengths or not value.isdigit():
        raise CellRuleError("phone_length", lengths="、".join(map(str, lengths)))
