"""One row per department; every figure opens its list."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from data_access.lists.lists import DEPARTMENT, NOT_RECORDED
from pages.data.comparison import figures
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import figure_table
from pages.widgets.figure_table import Row
from pages.widgets.problems import records


def show(counts: pd.DataFrame, *, view: View) -> None:
    """All departments together first, then one by one, by their code."""
    if counts.empty:
        return
    st.markdown(t("comparison.by_department"))
    total = Row(name=t("comparison.all_departments"), counts=figures.values(counts[list(figures.COUNTS)].sum()))
    rows = [
        Row(name=name(row["department"]), counts=figures.values(row), only=only(row["department"]))
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


def name(code: object) -> str:
    """What a department is called; one that nobody recorded says so."""
    return records.departments().get(code, code) if isinstance(code, str) else t("list.no_department")


def only(code: object) -> Mapping[str, str]:
    """The filter that keeps what is of one department."""
    return {DEPARTMENT: code if isinstance(code, str) else NOT_RECORDED}
