"""Codes of figures in words: what nothing was recorded for stands as 未注明 and is counted like any other."""

from collections.abc import Collection

import pandas as pd

from data_access.lists.lists import NOT_RECORDED
from data_access.schema.indicators import code_label, load_codes
from pages.shell.texts import language, t


def by_code(counts: pd.DataFrame, column: str) -> pd.DataFrame:
    """Counts with a code in a column also where none was recorded."""
    return counts.fillna({column: NOT_RECORDED})


def in_order(found: Collection[object], *, codes: str) -> list[str]:
    """The codes that occur, in the order of their list, at last what is not stated."""
    return [code for code in (*load_codes()[codes], NOT_RECORDED) if code in found]


def word(code: str, *, codes: str) -> str:
    """The word for a code."""
    return t("value.not_stated") if code == NOT_RECORDED else code_label(codes=codes, code=code, language=language())
