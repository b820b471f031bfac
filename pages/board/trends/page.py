"""趋势: how monitoring developed, what drove it, how long elimination takes, and where cases wait."""

import streamlit as st

from data_access import door
from data_access.cases.durations import read_durations
from data_access.cases.steps import read_steps
from pages.board.trends import choices, flows, panels, states, steps, times
from pages.shell import view_state
from pages.shell.texts import t

view = view_state.current()
scope = view_state.scope()
here = scope.narrowed(view.place)
table = view_state.metric_table()
unit = choices.unit()

left, right = st.columns(2, gap="medium")
with left:
    st.subheader(t("trends.states"))
    states.show(table, view, unit=unit)
with right:
    st.subheader(t("trends.flows"))
    flows.show(table, view, unit=unit)

st.subheader(t("trends.splits"))
if choices.split() == "places":
    panels.places(table, view, unit=unit)
else:
    left, right = st.columns([1, 3], gap="medium")
    with left:
        by_category = view_state.breakdown(metric=f"open_{unit}", by=("category",))
        panels.groups(by_category, view, codes="monitor_category", unit=unit, beside=1)
    with right:
        by_cause = view_state.breakdown(metric=f"open_{unit}", by=("cause",))
        panels.groups(by_cause, view, codes="cause", unit=unit, beside=2)

st.subheader(t("trends.times"))
times.show(door.read(read_durations, scope=here, on=view.on), view)

st.subheader(t("trends.steps"))
steps.show(door.read(read_steps, scope=here, on=view.on), view)
