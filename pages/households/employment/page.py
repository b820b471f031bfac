"""就业: who works where, whether every household able to work has somebody in work, and the jobs near home."""

import streamlit as st

from data_access import door
from data_access.employment.able_members import read_able_members
from data_access.employment.workers import read_wages
from data_access.employment.workplaces import read_factories, read_large_sites
from data_access.lists import lists
from pages.households.employment import destinations, duty, factories, posts, steadiness, tiles, townships, wages
from pages.shell import view_state
from pages.shell.texts import t

now = view_state.current()
scope = view_state.scope()
here = scope.narrowed(now.place)
table = view_state.metric_table()
by_place = view_state.breakdown(metric="off_farm_workers", by=("channel", "place"))
able = door.read(read_able_members, scope=here, on=now.on)
by_reward = ("channel", "post_kind", "wage_band")
work = door.read(lists.read_breakdown, scope=here, metric="workers_in_work", by=by_reward, on=now.on)

tiles.show(table, now)
destinations.note(by_place, table, now)

st.subheader(t("employment.destinations"))
left, right = st.columns(2, gap="medium")
with left:
    destinations.by_place(by_place, table, now)
with right:
    destinations.trend(by_place, table, now)

st.subheader(t("employment.duty"))
left, right = st.columns(2, gap="medium")
with left:
    duty.trend(table, now)
with right:
    duty.reasons(able, now)

st.subheader(t("employment.steadiness"))
left, right = st.columns(2, gap="medium")
with left:
    steadiness.months(able, now)
with right:
    steadiness.returned(now, scope=here)

st.subheader(t("employment.wages"))
left, right = st.columns(2, gap="medium")
with left:
    wages.bands(work, now)
with right:
    wages.industries(door.read(read_wages, scope=here, on=now.on))

st.subheader(t("employment.factories"))
factories.show(door.read(read_factories, scope=scope, on=now.on), table, now)
factories.sites(door.read(read_large_sites, scope=here, on=now.on), now)

st.subheader(t("employment.posts"))
left, right = st.columns(2, gap="medium")
with left:
    posts.kinds(work, now)
with right:
    posts.trend(table, now)

st.subheader(t("employment.townships"))
townships.show(table, now)
