"""The rows of a filled-in form that cannot be taken: where, what, and what to do."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from data_access.files.forms import Rejected
from pages.shell.texts import t

_MOST_AT_ONCE, _HEIGHT = 15, 500


def show(rejected: Sequence[Rejected], *, words: str) -> None:
    """One row per rejected row; nothing where there is none.

    Args:
        words: what the keys of the form's catalogue begin with: `<words>.column.…`, `<words>.rule.…`.
    """
    if not rejected:
        return
    wrong = pd.DataFrame(
        [
            {
                t("rejected.row"): one.row,
                t("rejected.column"): t(f"{words}.column.{one.column}"),
                t("rejected.value"): one.value,
                t("rejected.remedy"): t(f"{words}.rule.{one.rule}"),
            }
            for one in rejected
        ]
    )
    st.dataframe(wrong, hide_index=True, height="content" if len(wrong) < _MOST_AT_ONCE else _HEIGHT)
