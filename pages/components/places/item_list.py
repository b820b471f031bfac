"""十五件: the standing items of work with their metrics at the chosen place; items without data say so."""

import streamlit as st

from data_access.items import Item, load_items
from data_access.metrics import MetricTable
from pages.components import list_link
from pages.components.places import figures
from pages.components.texts import language, t
from pages.components.view import View


def show(table: MetricTable, now: View) -> None:
    """One line per item; which metrics belong to an item is our reading, and says so."""
    items = load_items()
    unknown = items.count - len(items.known)
    source = items.source[language()]
    st.markdown(t("items.intro", count=items.count, known=len(items.known), unknown=unknown, source=source))
    st.markdown(f":orange-badge[{t('metric.to_confirm')}]")
    for item in items.known:
        with st.container(horizontal=True, vertical_alignment="center", gap="medium", border=True):
            st.markdown(f"**{item.label[language()]}**", width=220)
            _metrics(item, table=table, now=now)


def _metrics(item: Item, *, table: MetricTable, now: View) -> None:
    if not item.metrics:
        st.markdown(f":gray[{t('items.no_data')}]", width="content")
    for metric in item.metrics:
        figure = figures.of_place(metric.key, table=table, now=now, place=now.place)
        list_link.show(metric.key, now=now, text=t("items.figure", metric=metric.label[language()], value=figure.text))
