"""The codes of counties, townships and villages: each begins with the code of the region it belongs to."""

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd
from sqlalchemy import ColumnElement, func

DIGITS: Mapping[str, int] = MappingProxyType({"county": 6, "township": 9, "village": 12})
"""How many digits the codes of a level have, the highest level first."""

LEVELS = tuple(DIGITS)


def is_region_code(text: str) -> bool:
    """Whether a text has the form of a region code."""
    return text.isascii() and text.isdigit() and len(text) in DIGITS.values()


def level_of(code: str) -> str:
    """The level of a region: a key of `DIGITS`. Raises ValueError for anything that is not a region code."""
    for level, digits in DIGITS.items():
        if len(code) == digits:
            return level
    raise ValueError(code)


def at_level(code: str, level: str) -> str:
    """The code of a region of some level, written with more digits than the level has (610902107000 for a township)."""
    return code[: DIGITS[level]]


def township_of(code: str) -> str:
    """The code of the township that a region belongs to, or is; a county's code is returned as it is."""
    return code[: DIGITS["township"]]


def path_of(code: str) -> tuple[str, ...]:
    """The codes of the regions that a region belongs to, county first, and its own."""
    return tuple(code[:digits] for digits in DIGITS.values() if digits <= len(code))


def cut_codes(codes: pd.Series, *, level: str) -> pd.Series:
    """The codes of the regions of a level that villages belong to."""
    return codes.str[: DIGITS[level]]


def cut_in_sql(code: ColumnElement[str], *, level: str) -> ColumnElement[str]:
    """SQL: the code of the region of a level that a village belongs to."""
    return func.substr(code, 1, DIGITS[level])
