"""The map of townships by what was spent, what the assets earn, or what is overdue."""

import streamlit as st

from data_access.facts.metrics import Metric, load_metrics
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
    """Choice of metric, sentence, legend and map."""
    township_picker.draw(
        _choose,
        value=lambda metric, place: figures.value(metric.key, place=place),
        view=figures.view,
        key="projects_map",
    )


def _choose() -> Metric:
    names = {key: load_metrics()[key].label[language()] for key in METRICS}
    chosen = st.selectbox(
        t("map.metric"),
        list(names),
        format_func=names.__getitem__,
        key="projects_metric",
        label_visibility="collapsed",
    )
    return load_metrics()[chosen if chosen in names else METRICS[0]]
