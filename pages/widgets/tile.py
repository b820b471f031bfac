"""A tile: a large figure, a line about what is behind it, and the link to its list."""

from typing import Any, Final, Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data_access.facts.metrics import Metric
from data_access.schema.columns import in_words
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import field_reports, list_link, metric_words, numbers

Frame = Literal["card", "roomy card", "none"]

_FRAMES: Final[dict[Frame, dict[str, Any]]] = {
    "card": {"border": True, "height": "stretch", "gap": None},
    "roomy card": {"border": True},
    "none": {},
}
"""How a tile is framed: a tight frame as high as its row, a roomy one as high as its words, or none."""


def draw(
    label: str,
    value: str,
    *,
    definition: str | None = None,
    second: str = "",
    badge: str = "",
    frame: Frame = "card",
    width: int | None = None,
) -> DeltaGenerator:
    """One tile, for anything that is counted; returns its container, so that more can be put into it.

    Args:
        value: with its unit.
        definition: the text behind the question mark beside the label.
        second: the line below.
        badge: shown after that line, markdown.
        frame: how the tile is framed.
        width: pixels; the full available width if None.
    """
    tile = st.container(width=width or "stretch", **_FRAMES[frame])
    tile.metric(label, value, help=definition)
    if second:
        tile.markdown(f":gray[{second}]{badge}")
    return tile


def row(name: str) -> DeltaGenerator:
    """A row of tiles, equally wide and high (`pages/shell/board.css`); `name` is its own on its page."""
    return st.container(horizontal=True, gap="xsmall", key=f"tiles_{name}")


def both(households: float | None, persons: float | None, *, metric: Metric) -> str:
    """The figure of a tile: households, and smaller the persons in them, as far as both are known."""
    if households is None or persons is None:
        return numbers.in_unit(households, metric=metric)
    return t("tile.both", households=numbers.count(households), persons=numbers.count(persons))


def show(
    metric: Metric,
    *,
    value: float | None,
    second: str,
    view: View,
    persons: float | None = None,
    badge: str = "",
) -> None:
    """The tile of a metric, which opens its list.

    Args:
        value: of the metric; None if there is none.
        second: the line below.
        persons: in the households counted; both are shown.
        badge: shown after that line, markdown.
    """
    label, text = metric.label[language()], both(value, persons, metric=metric)
    definition = metric_words.definition(metric)
    if lacking := view_state.lacking(metric):
        second, badge = "", ""
        definition += f"\n\n{t('figure.lacking', columns=in_words(lacking)[f'columns_{language()}'])}"
    drawn = draw(label, text, definition=definition, second=second, badge=badge)
    with drawn:
        field_reports.note(metric.key, view=view)
        if value:
            list_link.show(metric.key, view=view, text=t("tile.list"), icon=False)
