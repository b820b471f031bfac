"""十五件: the standing items of work with their metrics at the chosen place; items without data say so."""

import streamlit as st

from data_access.facts.metrics import MetricTable
from data_access.facts.standing_items import Item, load_items
from pages.households.places import figures
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import list_link


def show(table: MetricTable, view: View) -> None:
    """One line per item; which metrics belong to an item is our own interpretation, and the page says so."""
    items = load_items()
    unknown = items.count - len(items.known)
    source = items.source[language()]
    st.markdown(t("items.intro", count=items.count, known=len(items.known), unknown=unknown, source=source))
    st.markdown(f":orange-badge[{t('metric.to_confirm')}]")
    for item in items.known:
        with st.container(horizontal=True, vertical_alignment="center", gap="medium", border=True):
            st.markdown(f"**{item.label[language()]}**", width=220)
            _metrics(item, table=table, view=view)


def _metrics(item: Item, *, table: MetricTable, view: View) -> None:
    if not item.metrics:
        st.markdown(f":gray[{t('items.no_data')}]", width="content")
    for metric in item.metrics:
        figure = figures.of_place(metric.key, table=table, view=view, place=view.place)
        list_link.show(
            metric.key, view=view, text=t("items.figure", metric=metric.label[language()], value=figure.text)
        )
