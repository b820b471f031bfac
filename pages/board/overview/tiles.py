"""The six tiles of the first screen: where the district stands, each with the figures behind it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from charts.palette import LAMP_SHAPES
from data_access import door
from data_access.facts.metrics import MetricTable, load_metrics
from pages.shell import kept, view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import categories, change_since, list_link, metric_words, numbers, tile, why_red


@kept.part
def show(table: MetricTable, view: View) -> None:
    """Six tiles in a row, for the chosen place and month; every figure opens its list."""
    with tile.row("overview"):
        for one in (_monitored, _eliminated, _open, _red, _workers, _zero):
            one(_Reader(table, view))


@dataclass(frozen=True)
class _Link:
    """A figure of a tile that opens a list of its own."""

    metric: str
    text: str
    only: Mapping[str, str] = field(default_factory=dict)


class _Reader:
    """Metrics of the chosen place and month, as text."""

    def __init__(self, table: MetricTable, view: View) -> None:
        self.table, self.view = table, view

    def value(self, key: str) -> float | None:
        return self.table.value(key, place=self.view.place, month=self.view.month)

    def text(self, key: str) -> str:
        return numbers.in_unit(self.value(key), metric=load_metrics()[key])

    def count(self, key: str) -> str:
        value = self.value(key)
        return t("value.none") if value is None else numbers.count(value)

    def change(self, key: str) -> str:
        return change_since.text(self.table, key, self.view)

    def both(self, households: str, persons: str) -> str:
        return tile.both(self.value(households), self.value(persons), metric=load_metrics()[households])


def _tile(key: str, read: _Reader, *, value: str, second: str, links: list[_Link], shape: str = "") -> None:
    """One tile; `links`: what else opens its list."""
    metric = load_metrics()[key]
    label = f"{shape} {metric.label[language()]}".strip()
    with tile.draw(label, value, definition=metric_words.definition(metric)):
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            if second and view_state.collects(metric):
                st.markdown(f":gray[{second}]", width="content")
            list_link.show(key, view=read.view, text=t("tile.list"), icon=False)
        with st.container(horizontal=True, gap="xsmall"):
            for link in links:
                list_link.show(link.metric, view=read.view, text=link.text, icon=False, only=link.only)


def _monitored(read: _Reader) -> None:
    _tile(
        "monitored_households",
        read,
        value=read.both("monitored_households", "monitored_persons"),
        second=read.change("monitored_households"),
        links=[
            _Link("identified_households", t("tile.identified", number=read.count("identified_households"))),
            *_visits_due(read),
        ],
    )


def _visits_due(read: _Reader) -> list[_Link]:
    """How many of the monitored are due for a visit."""
    amounts = _on_demand("visits_due_share", read.view)
    if amounts is None:
        return []
    number, share = (numbers.count(amounts.count(place=read.view.place)), amounts.value(place=read.view.place))
    return [_Link("visits_due", t("tile.visits_due", number=number, share=numbers.share(share)))]


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
        links=[
            _Link("newly_eliminated_households", t("tile.eliminated", number=number)),
            _Link("rolled_back_households", t("tile.rolled_back", number=read.count("rolled_back_households"))),
        ],
    )


def _open(read: _Reader) -> None:
    _tile(
        "open_households",
        read,
        value=read.both("open_households", "open_persons"),
        second=read.change("open_households"),
        links=[
            _Link("open_households", text, only={"category": code})
            for code, text in categories.of_open(read.view).items()
        ],
    )


def _red(read: _Reader) -> None:
    why = why_red.text(read.table, read.view)
    at_most = _on_demand("may_be_red", read.view)
    links = [_Link("lamp_changes", why)] if why else []
    if at_most is not None:
        number = numbers.count(at_most.count(place=read.view.place))
        links.append(_Link("may_be_red", t("tile.at_most", number=number)))
    links.append(_Link("red_not_included", t("tile.not_included", number=read.count("red_not_included"))))
    _tile(
        "red_households",
        read,
        value=read.text("red_households"),
        second=read.change("red_households"),
        links=links,
        shape=LAMP_SHAPES["red"],
    )


def _on_demand(key: str, view: View) -> Any:
    """A metric that is counted when asked for; None where it is not collected or the database is not to be asked."""
    if view.edition is not None or view.current.stale or not view_state.collects(load_metrics()[key]):
        return None
    return door.amounts(metric=key, on=view.on, scope=view_state.scope())


def _workers(read: _Reader) -> None:
    _tile(
        "off_farm_workers",
        read,
        value=read.text("off_farm_workers"),
        second=t("tile.workers", share=read.text("share_of_last_year")),
        links=[_Link("public_post_workers", t("tile.posts", number=read.count("public_post_workers")))],
    )


def _zero(read: _Reader) -> None:
    _tile(
        "zero_employment_households",
        read,
        value=read.text("zero_employment_households"),
        second=t("tile.zero", share=read.text("in_work_share")),
        links=[_Link("factories", t("tile.factories", number=read.count("factories")))],
    )
