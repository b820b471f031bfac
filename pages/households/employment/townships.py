"""The places below the chosen one compared by employment, every rate with its denominator beside it."""

from typing import Any

import pandas as pd
import streamlit as st

from data_access.facts.metrics import MetricTable, load_metrics
from pages.households.employment import tiles
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import numbers, sheet, tables

_PER_HOUSEHOLD = "off_farm_per_100_households"
_SO_FAR = "share_of_last_year"
_COUNTS = ("off_farm_workers", "zero_employment_households", "public_post_workers", "factories")
_RATES = {
    _PER_HOUSEHOLD: "lifted_out",
    "share_of_last_year": "last_year",
    "in_work_share": "able_households",
}
"""Rates, and the column of their denominator."""

_ORDER = (
    "place",
    "off_farm_workers",
    _PER_HOUSEHOLD,
    "lifted_out",
    "share_of_last_year",
    "last_year",
    "completion",
    "in_work_share",
    "able_households",
    "zero_employment_households",
    "public_post_workers",
    "factories",
)


def show(table: MetricTable, view: View) -> None:
    """One row per place; clicking a row switches the page to that place."""
    places = view.children(view.place)
    if not places:
        st.markdown(t("table.no_places_below"))
        return
    goals = tiles.targets(view)
    rows = pd.DataFrame([_row(code, table=table, view=view, goal=goals.get(code)) for code in places])
    st.markdown(_reading(rows, view=view))
    sheet.show(
        rows[list(_ORDER)],
        column_config=_columns(),
        **tables.frame(len(rows)),
        **tables.turning(f"employment_places_{view.place}", rows["code"].tolist()),
    )
    st.caption(t("employment.places_note"))


def _row(code: str, *, table: MetricTable, view: View, goal: int | None) -> dict[str, object]:
    row: dict[str, object] = {"code": code, "place": view.name(code)}
    lives_there = table.count("households", place=code, month=view.month) > 0
    for key in (*_COUNTS, *_RATES):
        row[key] = table.value(key, place=code, month=view.month) if lives_there else None
    for key, base in _RATES.items():
        known = lives_there and table.collects(key) and table.reaches_base(key, month=view.month)
        row[base] = table.base(key, place=code, month=view.month) if known else None
    reached = goal is not None and table.collects(_SO_FAR) and table.reaches(_SO_FAR, month=view.month)
    row["completion"] = 100 * table.count(_SO_FAR, place=code, month=view.month) / goal if reached and goal else None
    return row


def _reading(rows: pd.DataFrame, *, view: View) -> str:
    """The highest and lowest of the places that may be ranked; of the others only how many there are."""
    ranked = rows[rows["code"].isin(view.regions.ranked)].dropna(subset=_PER_HOUSEHOLD)
    if ranked.empty:
        return t("employment.places_reading", places=len(rows))
    metric = load_metrics()[_PER_HOUSEHOLD]
    ordered = ranked.sort_values([_PER_HOUSEHOLD, "code"], ascending=[False, True])
    high, low = ordered.iloc[0], ordered.iloc[-1]
    values = {
        "metric": metric.label[language()],
        "high": high["place"],
        "high_value": numbers.in_unit(high[_PER_HOUSEHOLD], metric=metric),
        "low": low["place"],
        "low_value": numbers.in_unit(low[_PER_HOUSEHOLD], metric=metric),
        "places": len(ranked),
    }
    some = view.regions.ranked < frozenset(view.children(view.county))
    return t("employment.places_ranked", **values) if some else t("employment.places_ranked_all", **values)


def _columns() -> dict[str, Any]:
    metrics = load_metrics()
    columns: dict[str, Any] = {"place": st.column_config.TextColumn(t("table.place"), pinned=True)}
    for key in (*_COUNTS, *_RATES):
        metric = metrics[key]
        columns[key] = tables.metric_column(metric, number="%.2f%%" if metric.unit == "%" else "%.0f")
    for base in _RATES.values():
        columns[base] = st.column_config.NumberColumn(t(f"employment.base_{base}"), format="%d")
    columns["completion"] = st.column_config.NumberColumn(
        t("employment.completion_column"), format="%.2f%%", help=t("employment.completion_help")
    )
    return columns
