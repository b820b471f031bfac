"""A number that opens its list."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import streamlit as st

from data_access.facts.metrics import load_metrics
from pages.shell import menu, view_state
from pages.shell.texts import language
from pages.shell.view_state import View
from pages.widgets.chart import Lists

FACET = "by_"
"""The link's prefix for the column of a filter, so that it cannot be mistaken for a month or a place."""


def show(
    metric: str,
    *,
    view: View,
    place: str | None = None,
    text: str | None = None,
    icon: bool = True,
    only: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """A link to the list behind a metric.

    Args:
        place: code of the place; by default the chosen one.
        text: the text of the link; by default the metric's name.
        icon: whether it starts with an arrow.
        only: columns of the list and the codes it is restricted to.
    """
    st.page_link(
        menu.page_path("board", "worklist"),
        label=load_metrics()[metric].label[language()] if text is None else text,
        query_params=parameters(metric, view=view, place=place, only=only),
        icon=":material/arrow_forward:" if icon else None,
        width="content",
    )


def parameters(
    metric: str, *, view: View, place: str | None = None, only: Mapping[str, str] = MappingProxyType({})
) -> dict[str, str]:
    """The parameters of the link to the list behind a metric."""
    return {
        "list": metric,
        **view.link,
        view_state.PLACE: view.place if place is None else place,
        **{f"{FACET}{column}": code for column, code in only.items()},
    }


def of_bars(*series: str | tuple[str, Mapping[str, str]], view: View, column: str, codes: Iterable[object]) -> Lists:
    """What a click on a bar opens (`chart.show`): the list of its column, restricted to the code of its row.

    Args:
        series: the metric of each column that is drawn, and what else its list is restricted to.
        column: the column of the lists that the codes belong to.
        codes: the code of each row, in order; a row without one opens nothing.
    """
    return {
        (part, row): parameters(metric, view=view, only={**only, column: code})
        for row, code in enumerate(codes)
        if isinstance(code, str)
        for part, (metric, only) in enumerate(_drawn(series))
    }


def of_months(*series: str | tuple[str, Mapping[str, str]], view: View, months: Iterable[str]) -> Lists:
    """What a click on a point of a line opens (`chart.show`): the list of its month.

    Args:
        series: as of `of_bars`.
        months: the month of each point, in order.
    """
    return {
        (line, point): parameters(metric, view=view, only=only) | {view_state.MONTH: month}
        for point, month in enumerate(months)
        for line, (metric, only) in enumerate(_drawn(series))
    }


def _drawn(series: Iterable[str | tuple[str, Mapping[str, str]]]) -> list[tuple[str, Mapping[str, str]]]:
    return [(one, {}) if isinstance(one, str) else one for one in series]
