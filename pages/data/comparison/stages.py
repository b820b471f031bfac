"""From what departments sent to what led to a case: the stages of all clues, each with a link to its list."""

import pandas as pd
import streamlit as st

from charts.bars import bars
from charts.palette import BRAND
from charts.series import Series
from data_access import door
from data_access.clues import comparison
from data_access.clues.clue_tests import load_clue_tests
from data_access.facts.metrics import load_metrics
from pages.data.comparison.figures import SHARE
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import chart, list_link, numbers

STAGES = (
    "department_clues_received",
    "department_clues_matched",
    "department_clues_passed",
    "department_clues_checked",
    "department_clues_checked_in_time",
    "department_clues_led",
)
ASIDE = (
    "department_clues_unmatched",
    "department_clues_agree",
    "department_clues_conflict",
    "department_clues_not_comparable",
)
_HEIGHT = 280


def show(total: pd.Series, *, view: View) -> None:
    """What the clues are, the stages as bars, and every figure as a link."""
    st.markdown(f"{t('comparison.triage', first=comparison.first_day(view.on), last=view.on)} {_badge()}")
    if total["department_clues_received"] == 0:
        st.info(t("comparison.empty"))
        _unplaced(view)
        return
    rows = pd.DataFrame({"label": [_name(key) for key in STAGES], "clues": [int(total[key]) for key in STAGES]})
    series = [Series(column="clues", name=t("comparison.clues"), colour=BRAND)]
    left, right = st.columns([3, 2], gap="medium")
    with left:
        lists = {(0, row): list_link.parameters(key, view=view) for row, key in enumerate(STAGES)}
        figure = bars(rows, series=series, height=_HEIGHT)
        chart.show(figure, reading=_reading(total), key="comparison_stages", lists=lists)
    with right:
        for key in (*STAGES, *ASIDE):
            list_link.show(key, view=view, text=f"{_name(key)} **{_text(key, total[key])}**")
    _unplaced(view)


def _reading(total: pd.Series) -> str:
    received, led = int(total["department_clues_received"]), int(total["department_clues_led"])
    return t(
        "comparison.reading",
        received=numbers.count(received),
        matched=numbers.count(total["department_clues_matched"]),
        checked=numbers.count(total["department_clues_checked"]),
        led=numbers.count(led),
        share=numbers.in_unit(100 * led / received, metric=load_metrics()[SHARE]),
    )


def _unplaced(view: View) -> None:
    """Clues with neither household nor village belong to no place, so only the whole district shows how many."""
    if view.place != view.county:
        return
    clues = door.read(comparison.count_unplaced, scope=view_state.scope(), on=view.on)
    if clues:
        st.caption(t("comparison.unplaced", clues=numbers.count(clues)))


def _badge() -> str:
    if not load_clue_tests().placeholder:
        return ""
    return f":orange-badge[{t('badge.placeholder')}] :orange-badge[{t('metric.to_confirm')}]"


def _name(key: str) -> str:
    return load_metrics()[key].label[language()]


def _text(key: str, value: float) -> str:
    return numbers.in_unit(value, metric=load_metrics()[key])
