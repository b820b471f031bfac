"""The groups or grids of a village, one row each; clicking a row switches the page to it."""

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from data_access.facts.metrics import load_metrics
from pages.households.places import division, figures
from pages.households.places.division import Division
from pages.households.places.figures import COMPARED
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import sheet, tables


def show(parts: Division, view: View) -> None:
    """The same metrics as for every place; households that belong to no part have a row of their own."""
    if parts.rows.empty:
        st.info(t("places.no_parts"))
        return
    rows = pd.DataFrame([_row(row, parts=parts) for _, row in parts.rows.iterrows()])
    st.markdown(t(f"places.parts_{parts.by}", place=view.name(view.place), parts=len(parts.names)))
    sheet.show(
        rows,
        column_config=_columns(),
        hide_index=True,
        # Each village gets its own key: a tick must not carry over to the next village's table.
        on_select=partial(choose, parts=parts, village=view.place, key=f"parts_{view.place}_{parts.by}"),
        selection_mode="single-row",
        key=f"parts_{view.place}_{parts.by}",
        height=tables.ROW_HEIGHT * (len(rows) + 1),
        row_height=tables.ROW_HEIGHT,
        placeholder=t("value.none"),
    )


def _row(row: pd.Series, *, parts: Division) -> dict[str, object]:
    name = t("places.no_part") if pd.isna(row["part"]) else parts.names[row["part"]]
    return {"part": name, **{key: figures.of_part(key, row).value for key in COMPARED}}


def _columns() -> dict[str, Any]:
    columns: dict[str, Any] = {"part": st.column_config.TextColumn(t("places.part"), pinned=True)}
    for key in COMPARED:
        columns[key] = tables.metric_column(load_metrics()[key])
    return columns


def choose(*, parts: Division, village: str, key: str) -> None:
    """Switch the page to the part whose row was clicked in the table with this key."""
    chosen = st.session_state[key]["selection"]["rows"]
    if chosen and chosen[0] < len(parts.rows) and parts.rows["part"].iloc[chosen[0]] in parts.names:
        division.keep(village, parts.by, parts.rows["part"].iloc[chosen[0]])
