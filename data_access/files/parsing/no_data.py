"""Rows below a heading that are no data: totals, headings again, numbers of columns, examples, signatures, remarks."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property

from data_access.files.parsing.messages import Cell
from data_access.files.parsing.plain import is_filled, plain_text

FIRST = 4
"""Columns at the left in which every row is looked at; what stands further right tells only in a row without a key."""

_FEWEST_NUMBERS = 3
_LONGEST_NUMBER = 3
_NUMBER = re.compile(rf"\d{{1,{_LONGEST_NUMBER}}}")
_LONGEST = 40
_TOTAL = "total"
"""A total may stand anywhere in a row; other words tell at its left."""

Patterns = Mapping[str, Sequence[str]]
"""Why a row is no data -> patterns of the cells that tell so."""


class NoData:
    """Tells the rows of one sheet that are no data."""

    def __init__(
        self, *, alone: Patterns, keyless: Patterns, keys: Sequence[int], head: Sequence[Sequence[Cell]]
    ) -> None:
        """A sheet.

        Args:
            alone: cells that tell wherever they stand at the left of a row.
            keyless: those that tell in a row without a key.
            keys: the positions of the columns that every row of data fills.
            head: the rows down to the heading.
        """
        self._alone = {why: _any_of(patterns) for why, patterns in alone.items()}
        self._keyless = {why: _any_of(patterns) for why, patterns in keyless.items()}
        self._any = _any_of([one for patterns in (*alone.values(), *keyless.values()) for one in patterns])
        self._keys = keys
        self._head = head

    @property
    def looked_at(self) -> list[int]:
        """The columns whose cells decide whether a row may be no data."""
        return sorted({*self._keys, *range(FIRST)})

    @cached_property
    def _headings(self) -> dict[int, set[str]]:
        headings: dict[int, set[str]] = {}
        for row in self._head:
            for position, cell in enumerate(row):
                if plain := plain_text(cell):
                    headings.setdefault(position, set()).add(plain)
        return headings

    def may_be(self, cell: Cell, position: int) -> bool:
        """Whether a cell of one of the columns `looked_at` tells that its row may be no data."""
        if isinstance(cell, str) and _is_code(cell):
            return False
        if not is_filled(cell):
            return position in self._keys
        text = _compact(cell)
        return _is_number(text) or self._tells(text) or plain_text(text) in self._headings.get(position, ())

    def why(self, row: Sequence[Cell]) -> tuple[str, str] | None:
        """Why a row is no data, and its telling cell; None for a row of data, and for an empty one."""
        filled = {position: _compact(cell) for position, cell in enumerate(row) if is_filled(cell)}
        if not filled:
            return None
        first = next(iter(filled.values()))
        if self._is_heading(filled):
            return "heading", first[:_LONGEST]
        if _are_column_numbers(list(filled.values())):
            return "column_numbers", first[:_LONGEST]
        left = [text for position, text in filled.items() if position < FIRST]
        found = _told(self._alone, lambda why: (first,) if why == _TOTAL else left)
        if found is None and not self._has_key(filled):
            everywhere = list(filled.values())
            found = _told(self._alone, lambda _why: everywhere) or _told(
                self._keyless, lambda why: everywhere if why == _TOTAL else (first,)
            )
        return found

    def _has_key(self, filled: Mapping[int, str]) -> bool:
        keys = [filled[position] for position in self._keys if position in filled]
        return bool(keys) and not any(map(self._tells, keys))

    def _tells(self, text: str) -> bool:
        return self._any.fullmatch(text) is not None

    def _is_heading(self, filled: Mapping[int, str]) -> bool:
        again = [plain_text(text) in self._headings.get(position, ()) for position, text in filled.items()]
        return sum(again) * 2 > len(again) and any(
            position in self._keys or len(again) == sum(again)
            for position, same in zip(filled, again, strict=True)
            if same
        )


def _told(patterns: Mapping[str, re.Pattern[str]], texts: Callable[[str], Iterable[str]]) -> tuple[str, str] | None:
    """The first pattern that one of its texts matches, and that text."""
    return next(
        ((why, text[:_LONGEST]) for why, pattern in patterns.items() for text in texts(why) if pattern.fullmatch(text)),
        None,
    )


def _any_of(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or r"(?!)", re.IGNORECASE)


def _is_code(text: str) -> bool:
    """Whether a text is a number of a household or the like, as most keys are: it says nothing else."""
    plain = text.replace("-", "")
    return len(plain) > _LONGEST_NUMBER and plain.isascii() and plain.isalnum() and not plain.isalpha()


def _compact(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "".join(unicodedata.normalize("NFKC", str(cell)).split())


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text.strip("()[]")) is not None


def _are_column_numbers(texts: list[str]) -> bool:
    """Whether the cells count the columns: 1, 2, 3 …, after a word such as 栏次."""
    numbers = texts if _is_number(texts[0]) else texts[1:]
    if len(numbers) < _FEWEST_NUMBERS or not all(map(_is_number, numbers)):
        return False
    counted = [int(text.strip("()[]")) for text in numbers]
    return counted == list(range(counted[0], counted[0] + len(counted)))
