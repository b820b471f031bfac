"""本期需调度: what waits for the meeting. Every figure opens its list; what the data cannot tell says so."""

import streamlit as st

from data_access.metrics import MetricTable, load_metrics
from pages.components import menu, numbers
from pages.components.texts import language, t
from pages.components.view import View

WAITING = ("measures_overdue", "clues_overdue", "red_unchecked")
"""Metrics of the strip; each is the number of rows of the list of the same name."""


def show(table: MetricTable, now: View) -> None:
    """One line of figures, each a link to its list at the chosen place and month."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", border=True):
        st.markdown(f"**{t('strip.title')}**", width="content")
        for key in WAITING:
            _figure(key, table=table, now=now)
        st.markdown(f":gray[{t('strip.no_problems_recorded')}]", width="content")


def _figure(key: str, *, table: MetricTable, now: View) -> None:
    metric = load_metrics()[key]
    value = table.value(key, place=now.place, month=now.month)
    st.page_link(
        menu.page_path("board", "worklist"),
        label=f"{metric.label[language()]} **{numbers.in_unit(value, metric=metric)}**",
        query_params={"list": key, "month": now.month, "place": now.place, "lang": language()},
        icon=":material/arrow_forward:",
        width="content",
    )
