"""The figures of the places below the chosen one, in the order of the region, not ranked."""

import pandas as pd
import streamlit as st

from pages.data.comparison import figures
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import figure_table


def show(counts: pd.DataFrame, *, view: View) -> None:
    """One row per township or village; `counts` as returned by `figures.counts` by village."""
    if counts.empty:
        return
    st.markdown(t("comparison.by_place"))
    figure_table.show(
        figure_table.place_rows(counts, counts=figures.values, view=view),
        columns=figures.COLUMNS,
        heading=t("table.place"),
        title=t("page.comparison"),
        view=view,
        key="comparison_places",
        note=t("comparison.not_ranked"),
    )
