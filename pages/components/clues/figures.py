"""What came, what was checked, what waits: the tiles; and the counts of a part, counted once."""

import pandas as pd
import streamlit as st

from data_access import cached, lists
from data_access.limits import is_placeholder, limit
from data_access.metrics import MetricTable, load_metrics
from pages.components import figure_tile, numbers, since, view
from pages.components.texts import t
from pages.components.view import View

TILES = ("clues_open", "clues_overdue", "clues_received", "clues_checked")


def tiles(table: MetricTable, now: View) -> None:
    """Clues that wait, those past their day, those that came and were checked in the month."""
    with st.container(horizontal=True, gap="xsmall"):
        for key in TILES:
            value = table.count(key, place=now.place, month=now.month)
            before = since.change(table, key, place=now.place, now=now)
            change = t("value.none") if before is None else numbers.change(before)
            second = t("since.text", since=since.words(now), change=change)
            figure_tile.show(load_metrics()[key], value=value, second=second, now=now)


def counts(now: View, *, metrics: tuple[str, ...], by: str) -> pd.DataFrame:
    """Metrics at the chosen place by one column of their lists; one row per value of it."""
    scope = view.scope().narrowed(now.place)
    return cached.read(lists.read_figures, scope=scope, metrics=metrics, by=(by,), on=now.on)


def by_place(frame: pd.DataFrame, *, now: View) -> pd.DataFrame:
    """Counts by village summed up for the places below the chosen one, in their order; the place itself where there is
    none below. Index: place code."""
    places = now.children(now.place) or (now.place,)
    located = frame.assign(place=frame["village_code"].str[: len(places[0])]).drop(columns="village_code")
    return located.groupby("place").sum().reindex(list(places), fill_value=0)


def days(key: str, *, now: View) -> str:
    """A limit as it stands in `limits.yaml`, with a badge where it still waits for a published source."""
    badge = f" :orange-badge[{t('badge.placeholder')}]" if is_placeholder(key, on=now.on) else ""
    return f"{limit(key, on=now.on)}{badge}"
