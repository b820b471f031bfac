"""The results of a search: places and households, masked, each with the reason why it was found."""

from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from pages.shell import search_box, view_state
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import list_table, sheet
from pages.widgets.list_table import PAGE_ROWS

_SHOWN = ("way", "matched", "household_id", "head_name", "phone", "township", "village", "closed_on")


def page_offset(total: int) -> int:
    """Let the reader choose a page of the results; returns the number of rows before it."""
    pages = -(-total // PAGE_ROWS)
    if pages <= 1:
        return 0
    chosen = st.pagination(pages, key=f"search_page_{search_box.turn()}")
    return PAGE_ROWS * (min(max(int(chosen), 1), pages) - 1)


def show(found: pd.DataFrame, view: View) -> None:
    """A page of results; `found` as returned by `search.read_found`."""
    rows = found[list(_SHOWN)].assign(way=[t(f"search.way_{way}") for way in found["way"]])
    rows.insert(0, "open", [_address(row, view=view) for _, row in found.iterrows()])
    sheet.sorted_whole()
    sheet.show(
        rows,
        hide_index=True,
        height="content",
        placeholder=t("value.none"),
        # A heading that can be chosen sorts nothing in the browser, which has one page of what was found.
        on_select="rerun",
        selection_mode="single-column",
        key="search_found",
        column_config={
            "open": st.column_config.LinkColumn(t("search.open"), display_text=t("search.open_row"), pinned=True),
            "way": t("search.way"),
            "matched": t("search.matched"),
            **{name: t(f"list.{name}") for name in ("household_id", "head_name", "phone", "township", "village")},
            "closed_on": st.column_config.DateColumn(t("search.closed_on"), format="YYYY-MM-DD"),
        },
    )


def _address(row: pd.Series, *, view: View) -> str:
    """The page of a household, or of a place."""
    if pd.notna(row["household_id"]):
        return list_table.household_address(row["household_id"], view=view)
    return f"places?{urlencode(view.link | {view_state.PLACE: row['place']})}"
