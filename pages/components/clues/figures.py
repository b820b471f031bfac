"""What came, what was checked, what waits: the tiles; and the counts of a part, counted once."""

import pandas as pd
import streamlit as st

from data_access import cached
from data_access.figures import read_figures
from data_access.limits import is_placeholder
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
            figure_tile.show(
                load_metrics()[key], value=value, second=t("clues.tile", since=since.words(now), change=change), now=now
            )


def counts(now: View, *, metrics: tuple[str, ...], by: str) -> pd.DataFrame:
    """Metrics at the chosen place by one column of their lists; one row per value of it."""
    scope = view.scope().narrowed(now.place)
    return cached.read(read_figures, scope=scope, metrics=metrics, by=(by,), on=now.on)


def limits(*keys: str, now: View) -> str:
    """A badge where one of these limits still waits for a published source; else nothing."""
    waits = any(is_placeholder(key, on=now.on) for key in keys)
    return f" :orange-badge[{t('badge.placeholder')}]" if waits else ""
