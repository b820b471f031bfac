"""The six tiles of the first screen: where the district stands, each with what is behind it."""

import streamlit as st

from charts.palette import LAMP_SHAPES
from data_access.metrics import MetricTable, load_metrics
from pages.components import numbers
from pages.components.texts import language, t
from pages.components.view import View

_WIDE, _WORKERS, _NARROW = 346, 236, 214
"""Pixels of a tile with households and persons, of the one with workers in 万, and of the others: six fill a row at
1920 pixels, and on a smaller screen they wrap instead of cutting their figures."""


def show(table: MetricTable, now: View) -> None:
    """Six tiles in a row, for the chosen place and month."""
    with st.container(horizontal=True, gap="xsmall"):
        for tile in (_monitored, _eliminated, _open, _red, _workers, _zero):
            tile(_Reader(table, now))


class _Reader:
    """Metrics of the chosen place and month, as texts."""

    def __init__(self, table: MetricTable, now: View) -> None:
        self._table, self._now = table, now

    def value(self, key: str) -> float:
        return self._table.value(key, place=self._now.place, month=self._now.month) or 0

    def text(self, key: str) -> str:
        number = self._table.value(key, place=self._now.place, month=self._now.month)
        return numbers.in_unit(number, metric=load_metrics()[key])

    def count(self, key: str) -> str:
        return numbers.count(self.value(key))

    def change(self, key: str) -> str:
        number = self._table.change(key, place=self._now.place, month=self._now.month)
        return t("value.none") if number is None else numbers.change(number)

    def both(self, households: str, persons: str) -> str:
        return numbers.households_and_persons(self.value(households), self.value(persons))


def _tile(key: str, *, value: str, second: str, width: int = _WIDE, shape: str = "") -> None:
    metric = load_metrics()[key]
    label = f"{shape} {metric.label[language()]}".strip()
    if width == _WIDE:
        label = t("tile.households_and_persons", label=label)
    with st.container(border=True, height="stretch", width=width, gap=None):
        note = f"\n\n{t('metric.to_confirm')}" if metric.to_confirm else ""
        st.metric(label, value, help=metric.definition[language()] + note)
        st.markdown(f":gray[{second}]")


def _monitored(read: _Reader) -> None:
    second = t(
        "tile.monitored", identified=read.text("identified_households"), change=read.change("monitored_households")
    )
    _tile("monitored_households", value=read.both("monitored_households", "monitored_persons"), second=second)


def _eliminated(read: _Reader) -> None:
    second = t(
        "tile.eliminated",
        eliminated=read.text("newly_eliminated_households"),
        by_households=read.text("eliminated_share_households"),
        by_persons=read.text("eliminated_share_persons"),
    )
    _tile("eliminated_households", value=read.both("eliminated_households", "eliminated_persons"), second=second)


def _open(read: _Reader) -> None:
    second = t("tile.open", change=read.change("open_households"), rolled_back=read.text("rolled_back_households"))
    _tile("open_households", value=read.both("open_households", "open_persons"), second=second)


def _red(read: _Reader) -> None:
    second = t("tile.red", not_included=read.count("red_not_included"), unchecked=read.count("red_unchecked"))
    value = read.text("red_households")
    _tile("red_households", value=value, second=second, width=_NARROW, shape=LAMP_SHAPES["red"])


def _workers(read: _Reader) -> None:
    _tile(
        "off_farm_workers",
        value=read.text("off_farm_workers"),
        second=t("tile.workers", share=read.text("share_of_last_year")),
        width=_WORKERS,
    )


def _zero(read: _Reader) -> None:
    second = t("tile.zero", posts=read.count("public_post_workers"), factories=read.count("factories"))
    value = read.text("zero_employment_households")
    _tile("zero_employment_households", value=value, second=second, width=_NARROW)
