"""The state of problems: the figures on top, and by township and department."""

from typing import Any

import pandas as pd
import streamlit as st

from data_access.facts.metrics import load_ledger_metrics
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import departments, metric_words, next_step, numbers, sheet, tile

FIGURES = ("problems_found", "problems_open", "problems_overdue", "problems_struck_off_share", "problems_reopened")


def count(rows: pd.DataFrame) -> dict[str, int | float | None]:
    """The figures for some problems; the keys are those of ledger_metrics.yaml."""
    struck_off = int((rows["state"] == "struck_off").sum())
    return {
        "problems_found": len(rows),
        "problems_open": len(rows) - struck_off,
        "problems_overdue": int(rows["overdue"].sum()),
        "problems_struck_off_share": 100 * struck_off / len(rows) if len(rows) else None,
        "problems_reopened": int((rows["reopened"] > 0).sum()),
    }


def figures(rows: pd.DataFrame) -> None:
    """One line of tiles."""
    counted = count(rows)
    for place, key in zip(st.columns(len(FIGURES)), FIGURES, strict=True):
        metric = load_ledger_metrics()[key]
        with place:
            definition = metric_words.definition(metric)
            tile.draw(metric.label[language()], text(key, counted[key]), definition=definition, frame="none")


def text(key: str, value: float | None) -> str:
    """A figure with its unit."""
    if value is None:
        return t("value.none")
    if load_ledger_metrics()[key].unit == "%":
        return numbers.share(value)
    return t(f"unit.{load_ledger_metrics()[key].unit}", number=numbers.count(value))


def show(rows: pd.DataFrame, *, view: View) -> None:
    """By township, in the order of the region, and by department. Ranking belongs to the dispatch page."""
    if rows.empty:
        next_step.show(t("problems.none"), page="problems", label=t("problems.part_new"), part="new")
        return
    names = departments.names()
    st.markdown(t("problems.by_township"))
    _table(rows, by="township_code", names=dict(view.names))
    st.markdown(t("problems.by_department"))
    _table(
        rows.assign(department=rows["department"].fillna("")), by="department", names=names | {"": t("problems.nobody")}
    )


def _table(rows: pd.DataFrame, *, by: str, names: dict[str, str]) -> None:
    parts = []
    for code, own in rows.groupby(by):
        counted = count(own)
        days = (pd.to_datetime(own["struck_off_on"]) - pd.to_datetime(own["found_on"])).dt.days
        parts.append(
            {"name": names.get(str(code), str(code)), **counted, "days": None if days.isna().all() else days.median()}
        )
    columns: dict[str, Any] = {key: load_ledger_metrics()[key].label[language()] for key in FIGURES}
    columns["problems_struck_off_share"] = st.column_config.NumberColumn(
        columns["problems_struck_off_share"], format="%.1f%%"
    )
    columns |= {"name": t("problems.name"), "days": t("problems.days")}
    sheet.show(
        pd.DataFrame(parts), hide_index=True, column_config=columns, height="content", placeholder=t("value.none")
    )
