"""一户一档: one household: who it is, why it has its lamp, what would clear the lamp, and its whole history."""

import streamlit as st

from data_access import door
from data_access.access.unmasking import UnmaskTarget
from data_access.cases import elimination
from data_access.households import file
from data_access.households import timeline as household_story
from data_access.ledger.audit_chain import Event
from data_access.warnings import explanation
from pages.households.household import (
    choice,
    conditions,
    correction,
    figures,
    header,
    indicator_table,
    members,
    origins,
    procedure,
    reasons,
    remedies,
    reports,
    timeline,
)
from pages.shell import gate, unmask, view_state
from pages.shell.texts import language, t
from pages.widgets import disposition_panel, next_step

view, scope = view_state.current(), view_state.scope()
household_id = choice.chosen()
if household_id is None:
    next_step.show(t("household.choose"), page="search", label=t("page.search"))
    st.stop()
home = door.read(file.read_household, scope=scope, household_id=household_id, on=view.on, language=language())
if home is None:
    st.warning(t("household.not_found"), icon=":material/search_off:")
    st.stop()

opened = UnmaskTarget(village_code=home["village_code"], household_id=household_id)
gate.note_once(Event(kind="household_opened", place=opened.village_code, household_id=household_id), key=household_id)
scope = scope.of_household(household_id, village_code=opened.village_code)
home = door.read(file.read_household, scope=scope, household_id=household_id, on=view.on, language=language()) or home

header.identity(home)
unmask.show(opened)
why = door.read(explanation.read_explanation, scope=scope, household_id=household_id, on=view.on)
if why is None:
    header.no_longer_here(home, view)
    st.stop()
watched = door.read(elimination.read_watched, scope=scope, household_id=household_id, on=view.on)
months = view.current.facts.months
history = door.read(explanation.read_score_history, scope=scope, household_id=household_id, months=months)

header.tiles(why, watched, home)
left, right = st.columns([6, 5], gap="medium")
with left:
    reasons.show(why)
    figures.scores(history, why, view)
with right:
    remedies.show(why)
    conditions.show(watched, why)
    figures.income(why)
members.show(door.read(file.read_members, scope=scope, household_id=household_id, on=view.on), view)
st.subheader(t("household.dispositions"))
disposition_panel.show(household_id, view=view)
st.subheader(t("household.procedure"))
procedure.show(household_id, view=view)
st.subheader(t("household.reports"))
reports.show(household_id, village_code=opened.village_code, view=view)
correction.show(household_id, village_code=opened.village_code, why=why, view=view)
indicator_table.show(why, home, watched)
origins.show(household_id, scope=scope, view=view)
told = door.read(household_story.read_story, scope=scope, household_id=household_id, on=view.on)
timeline.show(told, household_id, scope=scope, view=view)
