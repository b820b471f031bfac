"""The card as one page: what the township stands at, what it is behind with, its cases and villages."""

import streamlit as st

from data_access.facts.metrics import MetricTable
from data_access.region_codes import level_of, township_of
from pages.households.places.card import behind, cases, standing, villages
from pages.households.places.card.reading import Card
from pages.shell import view_state
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import card_link, numbers

_WIDTHS = (10, 9, 13)
"""Of the columns; the villages name several figures in a line."""


def show(table: MetricTable, view: View) -> None:
    """The card of the township in view, or that of the village in view; for the district the townships to choose."""
    if level_of(view.place) == "county" or not view_state.scope().opens(township_of(view.place)):
        _choose(view)
        return
    card = Card(township_of(view.place), table, view, on_demand=behind.on_demand(view))
    households, persons = (card.value(key) for key in ("households", "persons"))
    said = {"households": numbers.count(households or 0), "persons": numbers.count(persons or 0)}
    name, count = view.name(card.township), len(view.children(card.township))
    st.markdown(t("card.title", place=name, month=view.month_name(), villages=count, **said))
    with st.container(key="card"):
        left, middle, right = st.columns(_WIDTHS, gap="small")
        with left:
            standing.show(card)
        with middle:
            behind.show(card)
        with right:
            cases.show(card)
            villages.show(card)


def _choose(view: View) -> None:
    st.markdown(t("card.choose"))
    with st.container(horizontal=True, gap="medium"):
        for township in view.children(view.county):
            card_link.show(view, township=township, text=view.name(township))
