"""The places below the chosen one, one row each: projects, money, assets and their income."""

from typing import Any

import pandas as pd
import streamlit as st

from data_access.facts.metrics import load_metrics
from pages.board.projects.figures import Figures
from pages.shell.texts import language, t
from pages.widgets import sheet, tables

_COLUMNS = (
    "projects_total",
    "projects_overdue",
    "project_budget",
    "project_spent",
    "project_spending_share",
    "asset_cards",
    "asset_value",
    "asset_income",
    "asset_distributed",
    "asset_distributed_share",
)
_WAN = 10_000


def show(figures: Figures) -> None:
    """Townships of the district, or villages of the chosen township; money in 10,000 yuan."""
    places = figures.view.children(figures.view.place)
    if not places:
        return
    rows = pd.DataFrame([_row(code, figures=figures) for code in places])
    columns: dict[str, Any] = {"place": st.column_config.TextColumn(t("projects.column_place"), pinned=True)}
    for key in _COLUMNS:
        metric = load_metrics()[key]
        if metric.unit == "元":
            label = t("projects.column_money", name=metric.label[language()])
            columns[key] = tables.metric_column(metric, label=label, number="%.1f")
        else:
            columns[key] = tables.metric_column(metric)
    sheet.show(
        rows,
        column_config=columns,
        **tables.frame(len(rows)),
        key=f"project_places_{figures.view.place}",
    )


def _row(code: str, *, figures: Figures) -> dict[str, object]:
    row: dict[str, object] = {"place": figures.view.name(code)}
    for key in _COLUMNS:
        value = figures.value(key, place=code)
        row[key] = value / _WAN if value is not None and load_metrics()[key].unit == "元" else value
    return row
