"""A page of a list of households: masked, paged in the database."""

import pandas as pd
import streamlit as st

from data_access.indicators import code_label
from pages.components.texts import language, t

PAGE_ROWS = 50


def page_offset(total: int) -> int:
    """Let the reader choose a page of a list of `total` rows; the number of rows before it."""
    pages = -(-total // PAGE_ROWS)
    if pages == 1:
        return 0
    chosen = st.pagination(pages, key="list_page")
    return PAGE_ROWS * (min(max(int(chosen), 1), pages) - 1)


def show(rows: pd.DataFrame, *, kind: str) -> None:
    """The rows as a table; `rows` as `lists.read_list` gives them."""
    if kind == "clues_overdue":
        rows["detail"] = [code_label(codes="clue_kind", code=code, language=language()) for code in rows["detail"]]
    st.dataframe(
        rows,
        hide_index=True,
        height="content",
        column_config={
            "household_id": t("list.household_id"),
            "township": t("list.township"),
            "village": t("list.village"),
            "head_name": t("list.head_name"),
            "phone": t("list.phone"),
            "since": st.column_config.DateColumn(t(f"list.since.{kind}"), format="YYYY-MM-DD"),
            "detail": t(f"list.detail.{kind}"),
        },
    )
