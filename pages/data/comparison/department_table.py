"""One row per department; every figure opens its list."""

import pandas as pd
import streamlit as st

from pages.data.comparison import figures
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import departments, figure_table
from pages.widgets.figure_table import Row


def show(counts: pd.DataFrame, *, view: View) -> None:
    """All departments together first, then each one, in the order of their codes."""
    if counts.empty:
        return
    st.markdown(t("comparison.by_department"))
    total = Row(name=t("comparison.all_departments"), counts=figures.values(counts[list(figures.COUNTS)].sum()))
    rows = [
        Row(
            name=departments.name(row["department"]),
            counts=figures.values(row),
            only=departments.only(row["department"]),
        )
        for _, row in counts.iterrows()
    ]
    figure_table.show(
        [total, *rows],
        columns=figures.COLUMNS,
        heading=t("comparison.department"),
        title=t("page.comparison"),
        view=view,
        key="comparison_departments",
    )
