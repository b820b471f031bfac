"""A word of a code list with a remark in brackets behind it, as people write: 属实（已入户）."""

import re
from collections.abc import Callable
from typing import TypeVar

from data_access.files import spellings
from data_access.files.cells import CellRuleError, Value, text
from data_access.files.parsing.messages import Cell

REMARK = "remark_left_out"
"""The rule of a cell that is read without its remark."""

_BRACKETS = re.compile(r"(?<=\S)\s*[(（\[【]([^()（）\[\]【】]*)[)）\]】]")
_BETWEEN = "；"

Meaning = TypeVar("Meaning", bound=Value)


def but_for_remark(cell: Cell, read: Callable[[Cell], Meaning]) -> Meaning:
    """What a cell means to a reader of words.

    Raises CellRuleError as the reader does; for a word with a remark, REMARK with the meaning of the word as its value,
    and `word` and `remark` said. A remark that is a word of the list itself leaves in doubt what is meant: the word is
    unknown.
    """
    try:
        return read(cell)
    except CellRuleError as error:
        if error.rule not in ("unknown_word", "not_a_number"):
            raise
        said = spellings.one_line(text(cell))
        word, remarks = _BRACKETS.sub("", said), [one.strip() for one in _BRACKETS.findall(said) if one.strip()]
        if word == said or any(_is_read(one, read) for one in remarks):
            raise
        try:
            value = read(word)
        except CellRuleError as inner:
            raise error if inner.rule == error.rule else inner from None
        if not remarks:
            return value
        raise CellRuleError(REMARK, value=value, word=word, remark=_BETWEEN.join(remarks)) from None


def _is_read(word: str, read: Callable[[Cell], object]) -> bool:
    try:
        read(word)
    except CellRuleError:
        return False
    return True
