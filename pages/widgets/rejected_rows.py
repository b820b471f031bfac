"""The rows of a filled-in form that cannot be accepted: where, what, and what to do."""

from collections.abc import Sequence

import pandas as pd

from data_access.files.forms import Rejected
from pages.shell.texts import t
from pages.widgets import sheet

_MOST_AT_ONCE, _HEIGHT = 15, 500


def show(rejected: Sequence[Rejected], *, words: str) -> None:
    """One row per rejected row; nothing if there are none.

    Args:
        words: the prefix of the form's keys in the catalogue: `<words>.column.…`, `<words>.rule.…`.
    """
    if not rejected:
        return
    has_sheets = any(one.sheet for one in rejected)
    wrong = pd.DataFrame(
        [
            {
                **({t("rejected.sheet"): one.sheet} if has_sheets else {}),
                t("rejected.row"): one.row,
                t("rejected.column"): t(f"{words}.column.{one.column}"),
                t("rejected.value"): one.value,
                t("rejected.remedy"): t(f"{words}.rule.{one.rule}"),
            }
            for one in rejected
        ]
    )
    sheet.show(wrong, hide_index=True, height="content" if len(wrong) < _MOST_AT_ONCE else _HEIGHT)
