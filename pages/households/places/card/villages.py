"""The villages of the township that have most to catch up with."""

import streamlit as st

from data_access.dispatch.matters import load_dispatch_matters
from data_access.errors import NotCollectedError
from data_access.facts.metrics import load_metrics
from pages.households.places.card.reading import Card, heading
from pages.shell import menu, view_state
from pages.shell.texts import language, t
from pages.widgets import numbers

NAMED = 3
"""Villages that are named."""


def show(card: Card) -> None:
    """The villages with most of what the township is behind with, each with its numbers; none where nothing is."""
    heading(t("card.villages"))
    found = {village: _behind(card, village) for village in card.view.children(card.township)}
    ordered = sorted(found, key=lambda village: (-sum(found[village].values()), village))
    named = [village for village in ordered[:NAMED] if found[village]]
    if not named:
        st.markdown(t("value.none"))
    for village in named:
        _village(card, village, counts=found[village])


def _behind(card: Card, village: str) -> dict[str, float]:
    """What a village is behind with, by metric; without what is not."""
    counts = {}
    for key in (*load_dispatch_matters(), "visits_due", "step_overdue", "needs_overdue"):
        try:
            value = card.value(key, place=village)
        except NotCollectedError:  # the line of the township says so
            continue
        if value:
            counts[key] = value
    return counts


def _village(card: Card, village: str, *, counts: dict[str, float]) -> None:
    with st.container(horizontal=True, gap="small", key=f"card_village_{village}"):
        st.page_link(
            menu.page_path("households", "places"),
            label=f"**{card.view.name(village)}**",
            query_params=card.view.link | {view_state.PLACE: village, "section": "below"},
            width="content",
        )
        for key, value in counts.items():
            metric = load_metrics()[key]
            text = t("strip.matter", number=numbers.in_unit(value, metric=metric), name=metric.label[language()])
            card.link(key, text=text, place=village)
