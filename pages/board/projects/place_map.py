"""The map of townships by what was spent, what the assets earn, or what is overdue."""

import streamlit as st

from data_access.facts.metrics import load_metrics
from pages.board.projects.figures import Figures
from pages.shell.texts import language, t
from pages.widgets import township_picker

METRICS = (
    "project_spending_share",
    "asset_distributed_share",
    "asset_yield",
    "projects_overdue",
    "project_budget",
    "asset_value",
)
"""What the map can show; rates first."""


def show(figures: Figures) -> None:
    """Choice of metric, sentence, map and legend."""
    names = {key: load_metrics()[key].label[language()] for key in METRICS}
    chosen = st.selectbox(
        t("map.metric"),
        list(names),
        format_func=names.__getitem__,
        key="projects_metric",
        label_visibility="collapsed",
    )
    key = chosen if chosen in names else METRICS[0]
    township_picker.draw(
        load_metrics()[key], value=lambda place: figures.value(key, place=place), view=figures.view, key="projects_map"
    )
