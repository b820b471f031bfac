"""就业: who works where, whether every household able to work has someone in work, and the jobs near home."""

import streamlit as st

from data_access import door
from data_access.employment.able_members import read_able_members
from data_access.employment.workers import read_wages
from data_access.employment.workplaces import read_factories, read_large_sites
from pages.households.employment import destinations, duty, factories, posts, steadiness, tiles, townships, wages
from pages.shell import view_state
from pages.shell.texts import t

view = view_state.current()
scope = view_state.scope()
here = scope.narrowed(view.place)
table = view_state.metric_table()
by_place = view_state.breakdown(metric="off_farm_workers", by=("channel", "place"))
able = door.read(read_able_members, scope=here, on=view.on)
work = wages.read_work(view, scope=here)

tiles.show(table, view)
destinations.note(by_place, work, table, view)

st.subheader(t("employment.destinations"))
left, right = st.columns(2, gap="medium")
with left:
    destinations.by_place(by_place, table, view)
with right:
    destinations.trend(by_place, table, view)

st.subheader(t("employment.duty"))
left, right = st.columns(2, gap="medium")
with left:
    duty.trend(table, view)
with right:
    duty.reasons(able, view)

st.subheader(t("employment.steadiness"))
left, right = st.columns(2, gap="medium")
with left:
    steadiness.months(able, view)
with right:
    steadiness.returned(view, scope=here)

st.subheader(t("employment.wages"))
left, right = st.columns(2, gap="medium")
with left:
    wages.bands(work, view)
with right:
    wages.industries(door.read(read_wages, scope=here, on=view.on), view)

st.subheader(t("employment.factories"))
factories.show(door.read(read_factories, scope=scope, on=view.on), table, view)
factories.sites(door.read(read_large_sites, scope=here, on=view.on), view)

st.subheader(t("employment.posts"))
left, right = st.columns(2, gap="medium")
with left:
    posts.kinds(work, view)
with right:
    posts.trend(table, view)

st.subheader(t("employment.townships"))
townships.show(table, view)
