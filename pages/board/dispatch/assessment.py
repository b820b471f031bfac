"""考评台账: how each township ranked in every month of the year so far."""

from typing import Any

import pandas as pd
import streamlit as st

from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import ranks as standing
from pages.widgets import sheet


def show(view: View) -> None:
    """One row per rural township: rank by month, mean score, months in the last third."""
    months = [month for month in view.months if month[:4] == view.month[:4] and month <= view.month]
    ranks = {month: standing.townships(view, month=month)[1].set_index("unit") for month in months}
    st.markdown(t("dispatch.assessment_intro", months=len(months)))
    rows = year_to_date(ranks)
    if rows.empty:
        st.info(t("dispatch.nothing_to_rank"))
        return
    rows["name"] = [view.names.get(code, code) for code in rows["unit"]]
    shown = rows[["name", "mean", "last_third", *months]]
    columns: dict[str, Any] = {
        "name": t("dispatch.unit"),
        "mean": st.column_config.NumberColumn(t("dispatch.mean"), format="%.1f"),
        "last_third": t("dispatch.last_third"),
    }
    columns |= {month: view.month_name(month) for month in months}
    sheet.show(shown, hide_index=True, column_config=columns, height="content", placeholder=t("dispatch.too_few"))


def year_to_date(ranks: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The ranks of several months side by side; one row per unit, best mean score first.

    Columns: unit, mean (mean score over the months in which it was ranked), last_third (how many of these months it
    spent in the last third), and each month's rank.
    """
    months = list(ranks)
    table = pd.DataFrame({month: own["rank"] for month, own in ranks.items()})
    scores = pd.DataFrame({month: own["score"] for month, own in ranks.items()})
    worst = {month: 2 * table[month].count() / 3 for month in months}
    late = pd.DataFrame({month: table[month] > worst[month] for month in months}).fillna(value=False)
    rows = table.assign(mean=scores.mean(axis=1), last_third=late.sum(axis=1).astype("int64"))
    ordered = rows.rename_axis("unit").reset_index().sort_values("unit")
    return ordered.sort_values("mean", ascending=False, kind="stable", ignore_index=True)
