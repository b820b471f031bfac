"""The places below the chosen one, one row each: lamps in words and shapes, cases, help, work, completeness, change."""

from typing import Any

import pandas as pd
import streamlit as st

from charts.palette import LAMP_SHAPES
from data_access.facts.metrics import MetricTable, load_metrics
from data_access.schema.indicators import load_codes
from pages.shell import kept
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import change_since, sheet, tables

_COUNTS = (
    "red_households",
    "yellow_households",
    "undetermined_households",
    "open_households",
    "zero_employment_households",
)
_SHARES = ("open_share", "measures_in_time_share", "in_work_share", "completeness")
_LAMPS = {"red_households": "red", "yellow_households": "yellow", "undetermined_households": "undetermined"}


@kept.part
def show(table: MetricTable, view: View) -> None:
    """Townships of the district, or villages of the chosen township; clicking a row switches the page to that place."""
    places = view.children(view.place)
    if not places:
        st.markdown(t("table.no_places_below"))
        return
    rows = pd.DataFrame([_row(code, table=table, view=view) for code in places])
    st.markdown(_reading(rows, view=view))
    sheet.show(
        rows.drop(columns="code"),
        column_config=_columns(view),
        **tables.frame(len(rows)),
        **tables.turning(f"place_table_{view.place}", rows["code"].tolist()),
    )
    st.caption(t("table.note"))


def _row(code: str, *, table: MetricTable, view: View) -> dict[str, object]:
    households = table.count("households", place=code, month=view.month)
    row: dict[str, object] = {"code": code, "place": view.name(code), "households": households}
    lives_there = households > 0
    for key in (*_COUNTS, *_SHARES):
        row[key] = table.value(key, place=code, month=view.month) if lives_there else None
    row["change"] = change_since.change(table, "open_households", place=code, view=view) if lives_there else None
    row["note"] = "" if lives_there else t("map.no_households")
    return row


def _columns(view: View) -> dict[str, Any]:
    metrics = load_metrics()
    columns: dict[str, Any] = {
        "place": st.column_config.TextColumn(t("table.place"), pinned=True),
        "households": st.column_config.NumberColumn(t("table.households"), format="%d"),
        "change": st.column_config.NumberColumn(
            t("table.change", since=change_since.words(view)), format="%d", help=t("table.change_help")
        ),
        "note": st.column_config.TextColumn(t("table.note_column")),
    }
    for key in (*_COUNTS, *_SHARES):
        metric = metrics[key]
        lamp = _LAMPS.get(key)
        label = None if lamp is None else f"{LAMP_SHAPES[lamp]} {load_codes()['lamp'][lamp][language()]}"
        columns[key] = tables.metric_column(metric, label=label)
    return columns


def _reading(rows: pd.DataFrame, *, view: View) -> str:
    change = rows["change"].astype("Float64")
    if change.isna().all():
        return t("since.no_history")
    up, down = int((change > 0).sum()), int((change < 0).sum())  # a place without an earlier value is neither
    return t("table.reading", places=len(rows), up=up, down=down, since=change_since.words(view))
