"""A figure with the one sentence that says what it shows, for readers and for screen readers; its parts open their
lists."""

import re
from collections.abc import Collection, Mapping
from functools import partial
from typing import Any, Literal

import plotly.graph_objects as go
import streamlit as st

from charts.layout import CONFIG
from pages.shell import kept, menu, wall
from pages.shell.texts import t

Lists = Mapping[tuple[int, int], Mapping[str, str]]
"""Position of a series in a figure and of a point in it -> the link parameters of its list (`list_link.parameters`)."""


def show(
    figure: go.Figure,
    *,
    reading: str,
    key: str,
    lists: Lists | None = None,
    longest_first: bool = False,
) -> None:
    """The sentence, and below it the figure, which fills its place where it has no height of its own.

    Args:
        key: names it on its page.
        lists: what a click on a bar or point opens; not on the wall of a meeting.
        longest_first: whether its bars are sorted by that; it is said then.
    """
    if longest_first:
        reading = f"{reading} :gray[{t('chart.longest_first')}]"
    st.markdown(reading)
    draw(figure, key=key, alt=spoken(reading), lists=lists)


def draw(
    figure: go.Figure, *, key: str, alt: str, width: int | Literal["stretch"] = "stretch", lists: Lists | None = None
) -> None:
    """The figure alone; `alt` says what it shows to who does not see it."""
    height: Literal["stretch", "content"] = "stretch" if figure.layout.height is None else "content"
    drawn: dict[str, Any] = {"config": CONFIG, "width": width, "height": height, "key": key, "alt": alt}
    if not lists or wall.on_the_wall():
        st.plotly_chart(figure, **drawn)
        return
    st.plotly_chart(figure, on_select="rerun", selection_mode="points", **drawn)
    kept.afterwards(partial(_open_list, key, lists))


def _open_list(key: str, lists: Lists) -> None:
    for point in st.session_state[key]["selection"]["points"][:1]:
        found = lists.get((point.get("curve_number", -1), point.get("point_index", -1)))
        if found is not None:
            st.switch_page(menu.page_path("board", "worklist"), query_params=dict(found))


def show_legend(picture: str, *, texts: Collection[str], no_data: str | None) -> None:
    """The legend of a map, a picture, with the limits of its classes in words for who does not see it."""
    limits = t("list.separator").join([*texts, *([] if no_data is None else [no_data])])
    st.image(picture, alt=t("map.legend", limits=limits))


def spoken(reading: str) -> str:
    """A sentence without its marks, for who hears it."""
    return re.sub(r":[a-z-]+\[(.*?)\]", r"\1", reading).replace("*", "")
