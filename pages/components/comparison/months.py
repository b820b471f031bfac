"""The clues of departments by the month they came, as known on the chosen day."""

import pandas as pd
import streamlit as st

from charts.lines import lines
from charts.palette import BRAND, STATES
from charts.series import Series
from data_access.metrics import load_metrics
from data_access.months import month_text
from pages.components import chart, numbers, table_file
from pages.components.comparison.figures import COUNTS
from pages.components.texts import language, month_name, t
from pages.components.view import View

_DRAWN = {
    "department_clues_received": (BRAND, "solid"),
    "department_clues_conflict": (STATES["monitored"], "dash"),
    "department_clues_led": (STATES["eliminated"], "dot"),
}
_HEIGHT = 320


def show(counts: pd.DataFrame, *, now: View) -> None:
    """A line each for what came, what is in conflict and what led to a case; and all figures as a table."""
    if counts.empty:
        return
    rows = counts.assign(month=[month_text(int(number)) for number in counts["received_month"]])
    series = [
        Series(column=key, name=load_metrics()[key].label[language()], colour=colour, dash=dash)
        for key, (colour, dash) in _DRAWN.items()
    ]
    chosen = now.month if now.month in set(rows["month"]) else None
    figure = lines(rows.set_index("month"), series=series, height=_HEIGHT, chosen=chosen)
    chart.show(figure, reading=_reading(rows), key="comparison_months")
    headings = {"month": t("comparison.month")} | {key: load_metrics()[key].label[language()] for key in COUNTS}
    st.dataframe(rows[list(headings)], hide_index=True, column_config=dict(headings), height="content")
    st.caption(t("comparison.months_note"))
    table_file.offer(rows, title=t("page.comparison"), headings=headings, now=now, key="comparison_by_month")


def _reading(rows: pd.DataFrame) -> str:
    received = rows["department_clues_received"]
    most = rows.loc[received.idxmax()]
    return t(
        "comparison.months_reading",
        month=month_name(str(most["month"])),
        most=numbers.count(most["department_clues_received"]),
        average=numbers.count(received.mean()),
        led=numbers.count(rows["department_clues_led"].sum()),
    )
