"""Monitored, eliminated and open by month, and what has changed since the first month."""

import pandas as pd
import streamlit as st

from charts.lines import lines
from charts.palette import STATE_DASHES, STATES
from charts.series import Series
from data_access.facts.metrics import MetricTable, load_metrics
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import breaks, chart, list_link, numbers
from pages.widgets.part import part

_HEIGHT = 400


@part
def show(table: MetricTable, view: View, *, unit: str) -> None:
    """Sentence, lines up to the chosen month, and the lists behind the last figures."""
    metrics = {state: load_metrics()[f"{state}_{unit}"] for state in STATES}
    rows = pd.DataFrame({state: table.series(metric.key, place=view.place) for state, metric in metrics.items()})
    rows = rows.loc[: view.month]
    series = [
        Series(column=state, name=metric.label[language()], colour=STATES[state], dash=STATE_DASHES[state])
        for state, metric in metrics.items()
    ]
    lists = list_link.of_months(*(metric.key for metric in metrics.values()), view=view, months=rows.index)
    changed = breaks.of_categories(list(rows.index))
    figure = lines(rows, series=series, height=_HEIGHT, breaks=changed)
    reading = breaks.said(_reading(rows, view=view), changed)
    chart.show(figure, reading=reading, key="trends_states", lists=lists)
    with st.container(horizontal=True, gap="medium"):
        for state, metric in metrics.items():
            value = numbers.in_unit(rows[state].iloc[-1], metric=metric)
            list_link.show(metric.key, view=view, text=t("trends.link", name=metric.label[language()], value=value))


def _reading(rows: pd.DataFrame, *, view: View) -> str:
    if len(rows) == 1:
        return t("trends.states_first", month=view.month_name(rows.index[0]))
    change = rows.iloc[-1] - rows.iloc[0]
    return t(
        "trends.states_reading",
        first=view.month_name(rows.index[0]),
        last=view.month_name(rows.index[-1]),
        **{state: numbers.change(change[state]) for state in STATES},
    )
