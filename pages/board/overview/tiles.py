"""The six tiles of the first screen: where the district stands, each with the figures behind it."""

import streamlit as st

from charts.palette import LAMP_SHAPES
from data_access.facts.metrics import MetricTable, load_metrics
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import change_since, list_link, metric_words, numbers, tile

_WIDE, _WORKERS, _NARROW = 346, 236, 222
"""Width in pixels of a tile with households and persons, of the one with workers in 万, and of the others: six fill a
row at 1920 pixels; on a smaller screen they wrap instead of cutting off their figures."""

_SILENT = 362
"""Width of a tile whose figure is not collected: the words take more room."""


def show(table: MetricTable, view: View) -> None:
    """Six tiles in a row, for the chosen place and month; every figure opens its list."""
    with st.container(horizontal=True, gap="xsmall"):
        for one in (_monitored, _eliminated, _open, _red, _workers, _zero):
            one(_Reader(table, view))


class _Reader:
    """Metrics of the chosen place and month, as text."""

    def __init__(self, table: MetricTable, view: View) -> None:
        self._table, self.view = table, view

    def value(self, key: str) -> float | None:
        return self._table.value(key, place=self.view.place, month=self.view.month)

    def text(self, key: str) -> str:
        return numbers.in_unit(self.value(key), metric=load_metrics()[key])

    def count(self, key: str) -> str:
        value = self.value(key)
        return t("value.none") if value is None else numbers.count(value)

    def change(self, key: str) -> str:
        return change_since.text(self._table, key, self.view)

    def both(self, households: str, persons: str) -> str:
        return numbers.both_in_unit(self.value(households), self.value(persons), metric=load_metrics()[households])


def _tile(
    key: str,
    read: _Reader,
    *,
    value: str,
    second: str,
    links: dict[str, str],
    width: int = _WIDE,
    shape: str = "",
) -> None:
    """One tile; `links`: what else opens its list, metric -> text of the link."""
    metric = load_metrics()[key]
    label = f"{shape} {metric.label[language()]}".strip()
    if width == _WIDE:
        label = tile.households_and_persons(label)
    if not view_state.collects(metric):  # which takes more room than a figure
        second, width = "", _SILENT
    with tile.draw(label, value, definition=metric_words.definition(metric), width=width):
        with st.container(horizontal=True, gap=None, vertical_alignment="center"):
            if second:
                st.markdown(f":gray[{second}]", width="content")
            list_link.show(key, view=read.view, text=t("tile.list"), icon=False)
        with st.container(horizontal=True, gap=None):
            for listed, text in links.items():
                list_link.show(listed, view=read.view, text=text, icon=False)


def _monitored(read: _Reader) -> None:
    _tile(
        "monitored_households",
        read,
        value=read.both("monitored_households", "monitored_persons"),
        second=read.change("monitored_households"),
        links={"identified_households": t("tile.identified", number=read.count("identified_households"))},
    )


def _eliminated(read: _Reader) -> None:
    shares = {
        "by_households": read.text("eliminated_share_households"),
        "by_persons": read.text("eliminated_share_persons"),
    }
    number = read.count("newly_eliminated_households")
    _tile(
        "eliminated_households",
        read,
        value=read.both("eliminated_households", "eliminated_persons"),
        second=t("tile.eliminated_shares", **shares),
        links={"newly_eliminated_households": t("tile.eliminated", number=number)},
    )


def _open(read: _Reader) -> None:
    _tile(
        "open_households",
        read,
        value=read.both("open_households", "open_persons"),
        second=read.change("open_households"),
        links={"rolled_back_households": t("tile.rolled_back", number=read.count("rolled_back_households"))},
    )


def _red(read: _Reader) -> None:
    _tile(
        "red_households",
        read,
        value=read.text("red_households"),
        second=read.change("red_households"),
        links={
            "red_not_included": t("tile.not_included", number=read.count("red_not_included")),
            "red_unchecked": t("tile.unchecked", number=read.count("red_unchecked")),
        },
        width=_NARROW,
        shape=LAMP_SHAPES["red"],
    )


def _workers(read: _Reader) -> None:
    _tile(
        "off_farm_workers",
        read,
        value=read.text("off_farm_workers"),
        second=t("tile.workers", share=read.text("share_of_last_year")),
        links={"public_post_workers": t("tile.posts", number=read.count("public_post_workers"))},
        width=_WORKERS,
    )


def _zero(read: _Reader) -> None:
    _tile(
        "zero_employment_households",
        read,
        value=read.text("zero_employment_households"),
        second=t("tile.zero", share=read.text("in_work_share")),
        links={"factories": t("tile.factories", number=read.count("factories"))},
        width=_NARROW,
    )
