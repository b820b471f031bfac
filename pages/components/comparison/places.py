"""The figures of the places below the chosen one, in the order of the region, not ranked."""

import pandas as pd
import streamlit as st

from pages.components import figure_table
from pages.components.comparison import figures
from pages.components.figure_table import Row
from pages.components.texts import t
from pages.components.view import View


def show(counts: pd.DataFrame, *, now: View) -> None:
    """One row per township or village; `counts` as of `figures.counts` by village."""
    if counts.empty:
        return
    places = now.children(now.place) or (now.place,)
    located = counts.assign(place=counts["village_code"].str[: len(places[0])]).groupby("place")[list(figures.COUNTS)]
    sums = located.sum().reindex(list(places), fill_value=0)
    st.markdown(t("comparison.by_place"))
    figure_table.show(
        [Row(name=now.name(str(code)), counts=figures.values(row), place=str(code)) for code, row in sums.iterrows()],
        columns=figures.COLUMNS,
        heading=t("table.place"),
        title=t("page.comparison"),
        now=now,
        key="comparison_places",
        note=t("comparison.not_ranked"),
    )
