"""What tables of places have in common: the column of a metric, their size, and that clicking a row switches the page
to its place."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from data_access.facts.metrics import Metric
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.widgets import metric_words

ROW_HEIGHT = 38
_MOST_SHOWN, _TALL = 30, 1100
"""The number of rows from which a table scrolls, and its height in pixels then."""


def metric_column(metric: Metric, *, label: str | None = None, number: str | None = None) -> Any:
    """The column of a metric, with its definition behind the heading.

    Args:
        label: the heading; the metric's own if None.
        number: the `printf` format of its numbers; if None, shares have one decimal and everything else is whole.
    """
    name = metric.label[language()] if label is None else label
    return st.column_config.NumberColumn(
        name if view_state.collects(metric) else f"{name} {t('figure.not_collected')}",
        format=number or ("%.1f%%" if metric.unit == "%" else "%d"),
        help=metric_words.definition(metric),
    )


def frame(rows: int) -> dict[str, Any]:
    """How a table with this many places is drawn: no row numbers, and all rows visible as long as there are few."""
    return {
        "hide_index": True,
        "height": ROW_HEIGHT * (rows + 1) if rows < _MOST_SHOWN else _TALL,
        "row_height": ROW_HEIGHT,
        "placeholder": t("value.none"),
    }


def turning(key: str, places: Sequence[str]) -> dict[str, Any]:
    """A table in which clicking a row switches the page to its place.

    Args:
        key: of the table, a different one for each place: a tick must not carry over to the next place's table.
        places: the code of the place of every row.
    """
    return {"key": key, "on_select": partial(_turn, key, places), "selection_mode": "single-row"}


def _turn(key: str, places: Sequence[str]) -> None:
    chosen = st.session_state[key]["selection"]["rows"]
    if chosen and chosen[0] < len(places):
        view_state.remember(view_state.PLACE, places[chosen[0]])
