"""A tile: a figure in large letters, a line on what is behind it, and the way to its list."""

from typing import Any, Final, Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data_access.facts.metrics import Metric
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import list_link, metric_words, numbers

_WIDE, _NARROW = 360, 284
"""Pixels of a tile with households and persons, and of the others; on a smaller screen they wrap instead of cutting
their figures."""

Frame = Literal["card", "roomy card", "none"]

_FRAMES: Final[dict[Frame, dict[str, Any]]] = {
    "card": {"border": True, "height": "stretch", "gap": None},
    "roomy card": {"border": True},
    "none": {},
}
"""How a tile is set off: a tight frame as high as its row, a roomy one as high as its words, or nothing."""


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
    """One tile, of whatever is counted; returns its container, for what else is to stand in it.

    Args:
        value: with its unit.
        definition: what the question mark beside the label says.
        second: the line below.
        badge: what stands behind that line, markdown.
        frame: what sets it off.
        width: pixels; as wide as there is room where None.
    """
    tile = st.container(width=width or "stretch", **_FRAMES[frame])
    tile.metric(label, value, help=definition)
    if second:
        tile.markdown(f":gray[{second}]{badge}")
    return tile


def households_and_persons(label: str) -> str:
    """What a tile is called that shows both."""
    return t("tile.households_and_persons", label=label)


def show(
    metric: Metric,
    *,
    value: float | None,
    second: str,
    view: View,
    persons: float | None = None,
    badge: str = "",
    width: int | None = None,
) -> None:
    """The tile of a metric, which opens its list.

    Args:
        value: of the metric; a dash where there is none.
        second: the line below.
        persons: of the households counted; both are shown.
        badge: what stands behind that line, markdown.
        width: pixels, where the usual tile would not fill the row.
    """
    label, text, usual = metric.label[language()], numbers.in_unit(value, metric=metric), _NARROW
    if value is not None and persons is not None:
        label, text, usual = households_and_persons(label), numbers.households_and_persons(value, persons), _WIDE
    tile = draw(
        label,
        text,
        definition=metric_words.definition(metric),
        second=second,
        badge=badge,
        width=width or usual,
    )
    if value:
        with tile:
            list_link.show(metric.key, view=view, text=t("tile.list"))
