"""十五件: the standing items of work with their metrics at the chosen place; items without data say so."""

import streamlit as st

from data_access.errors import LedgerError
from data_access.facts.metrics import MetricTable
from data_access.facts.standing_items import Item, load_items
from pages.households.places import figures
from pages.shell import menu, notices
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import list_link
from pages.widgets.problems import board, records


def show(table: MetricTable, view: View) -> None:
    """One line per item; which metrics belong to an item is our own interpretation, and the page says so."""
    items = load_items()
    st.markdown(t("items.intro", count=items.count, source=items.source[language()]))
    st.markdown(f":orange-badge[{t('metric.to_confirm')}]")
    for item in items.known:
        with st.container(horizontal=True, vertical_alignment="center", gap="medium", border=True):
            st.markdown(f"**{item.label[language()]}**", width=220)
            _metrics(item, table=table, view=view)
            _records(item, view=view)


def _metrics(item: Item, *, table: MetricTable, view: View) -> None:
    if not (item.metrics or item.records):
        st.markdown(f":gray[{t('items.no_data')}]", width="content")
    for metric in item.metrics:
        figure = figures.of_place(metric.key, table=table, view=view, place=view.place)
        list_link.show(
            metric.key, view=view, text=t("items.figure", metric=metric.label[language()], value=figure.text)
        )


def _records(item: Item, *, view: View) -> None:
    """What the problems on record say of it, with a link to them."""
    if not item.records:
        return
    try:
        counted = board.count(records.all_problems(view))
    except LedgerError as error:
        st.markdown(f":gray[{notices.error_text(error)}]", width="content")
        return
    for metric in item.records:
        value = board.text(metric.key, counted[metric.key])
        st.page_link(
            menu.page_path("inspection", "problems"),
            label=t("items.figure", metric=metric.label[language()], value=value),
            query_params=view.link,
            icon=":material/arrow_forward:",
            width="content",
        )
