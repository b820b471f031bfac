"""总览: where the district stands this month, what changed, why, and what waits for the meeting."""

import streamlit as st

from pages.board.overview import answer, dispatch_strip, sources, tiles
from pages.shell import kept, view_state
from pages.widgets import case_charts, movers, place_table, township_picker

view = view_state.current()
table = view_state.metric_table()

answer.show(table, view)
sources.show(view)
tiles.show(table, view)
dispatch_strip.show(table, view)

left, right = st.columns([5, 6], gap="medium")
with left.container(gap=None):
    township_picker.show(table, view, beside=lambda: movers.show(table, view))
with right.container(gap=None):
    case_charts.trend(table, view, reading=kept.value("faster", lambda: case_charts.faster_reading(table, view)))
    case_charts.causes(view_state.breakdown(metric="monitored_households", by=("cause", "state")), view)

place_table.show(table, view)
