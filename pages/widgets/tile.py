"""A tile: one metric in large figures, a line on what is behind it, and the way to its list."""

import streamlit as st

from data_access.facts.metrics import Metric
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import list_link, numbers

_WIDE, _NARROW = 360, 284
"""Pixels of a tile with households and persons, and of the others; on a smaller screen they wrap instead of cutting
their figures."""


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
    """One tile.

    Args:
        value: of the metric; a dash where there is none.
        second: the line below.
        persons: of the households counted; both are shown.
        badge: what stands behind that line, markdown.
        width: pixels, where the usual tile would not fill the row.
    """
    label = metric.label[language()]
    note = f"\n\n{t('metric.to_confirm')}" if metric.to_confirm else ""
    text, both = numbers.in_unit(value, metric=metric), False
    if value is not None and persons is not None:
        text, both = numbers.households_and_persons(value, persons), True
    with st.container(border=True, height="stretch", width=width or (_WIDE if both else _NARROW), gap=None):
        st.metric(
            t("tile.households_and_persons", label=label) if both else label,
            text,
            help=metric.definition[language()] + note,
        )
        st.markdown(f":gray[{second}]{badge}")
        if value:
            list_link.show(metric.key, view=view, text=t("tile.list"))
