"""总览: where the district stands this month, what changed, why, and what waits for the meeting."""

import streamlit as st

from pages.board.overview import dispatch_strip, tiles
from pages.shell import view_state
from pages.widgets import case_charts, disposition_panel, place_table, township_picker

now = view_state.current()
table = view_state.metric_table()

unchecked = disposition_panel.unchecked(table, now, held=disposition_panel.concluded(now))

tiles.show(table, now, unchecked=unchecked)
dispatch_strip.show(table, now, unchecked=unchecked)

left, right = st.columns([5, 6], gap="medium")
with left:
    township_picker.show(table, now)
with right:
    case_charts.trend(table, now)
    case_charts.causes(view_state.breakdown(metric="monitored_households", by=("cause", "state")), now)

place_table.show(table, now)
