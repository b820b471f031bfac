"""一户一档: one household: who it is, why it has its lamp, what would clear it, and all that happened to it."""

import streamlit as st

from data_access import cached, elimination, explanation, household_file, household_story
from data_access.access.audit import Event
from data_access.access.unmasking import Target
from pages.components import disposition_panel, gate, unmask, view
from pages.components.household import (
    choice,
    conditions,
    figures,
    header,
    indicator_table,
    members,
    reasons,
    remedies,
    timeline,
)
from pages.components.texts import language, t

now, scope = view.current(), view.scope()
household_id = choice.chosen()
if household_id is None:
    st.info(t("household.choose"), icon=":material/search:")
    st.stop()
home = cached.read(household_file.read_household, scope=scope, household_id=household_id, language=language())
if home is None:
    st.warning(t("household.not_found"), icon=":material/search_off:")
    st.stop()

opened = Target(village_code=home["village_code"], household_id=household_id)
gate.note_once(Event(kind="household_opened", place=opened.village_code, household_id=household_id), key=household_id)
scope = scope.of_household(household_id, village_code=opened.village_code)
home = cached.read(household_file.read_household, scope=scope, household_id=household_id, language=language()) or home

header.identity(home)
unmask.show(opened)
why = cached.read(explanation.read_explanation, scope=scope, household_id=household_id, on=now.on)
if why is None:
    header.no_longer_here(home, now)
    st.stop()
watched = cached.read(elimination.read_watched, scope=scope, household_id=household_id, on=now.on)
months = now.current.facts.months
history = cached.read(explanation.read_score_history, scope=scope, household_id=household_id, months=months)

header.tiles(why, watched, home)
left, right = st.columns([6, 5], gap="medium")
with left:
    reasons.show(why)
    figures.scores(history, why, now)
with right:
    remedies.show(why)
    conditions.show(watched, why)
    figures.income(why)
members.show(cached.read(household_file.read_members, scope=scope, household_id=household_id, on=now.on))
st.subheader(t("household.dispositions"))
disposition_panel.show(household_id, now=now)
indicator_table.show(why, home, watched)
timeline.show(cached.read(household_story.read_story, scope=scope, household_id=household_id, on=now.on))
