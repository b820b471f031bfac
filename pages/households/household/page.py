"""一户一档: one household: who it is, why it has its lamp, what would clear the lamp, and its whole history."""

import streamlit as st

from data_access.access.unmasking import UnmaskTarget
from data_access.ledger.audit_chain import Event
from pages.households.household import (
    choice,
    conditions,
    correction,
    figures,
    header,
    indicator_table,
    known,
    members,
    origins,
    procedure,
    reasons,
    remedies,
    reports,
    timeline,
)
from pages.shell import gate, kept, unmask, view_state
from pages.shell.texts import t
from pages.widgets import disposition_panel, next_step

view, scope = view_state.current(), view_state.scope()
household_id = choice.chosen()
if household_id is None:
    next_step.show(t("household.choose"), page="search", label=t("page.search"))
    st.stop()
home = known.home(household_id, scope=scope, view=view)
if home is None:
    st.warning(t("household.not_found"), icon=":material/search_off:")
    st.stop()

opened = UnmaskTarget(village_code=home["village_code"], household_id=household_id)
gate.note_once(Event(kind="household_opened", place=opened.village_code, household_id=household_id), key=household_id)
scope = scope.of_household(household_id, village_code=opened.village_code)
if not scope.masked:
    kept.nothing_more()  # names that are open are for this reader, for a while

header.identity(household_id, scope=scope, view=view)
unmask.show(opened)
why = known.why(household_id, scope=scope, view=view)
if why is None:
    header.no_longer_here(home, view)
    st.stop()

header.tiles(household_id, scope=scope, view=view)
left, right = st.columns([6, 5], gap="medium")
with left:
    reasons.show(household_id, scope=scope, view=view)
    figures.scores(household_id, scope=scope, view=view)
with right:
    remedies.show(household_id, scope=scope, view=view)
    conditions.show(household_id, scope=scope, view=view)
    figures.income(household_id, scope=scope, view=view)
members.show(household_id, scope=scope, view=view)
st.subheader(t("household.dispositions"))
disposition_panel.show(household_id, view=view)
st.subheader(t("household.procedure"))
procedure.show(household_id, view=view)
st.subheader(t("household.reports"))
reports.show(household_id, village_code=opened.village_code, view=view)
correction.show(household_id, village_code=opened.village_code, why=why, view=view)
indicator_table.show(household_id, scope=scope, view=view)
origins.show(household_id, scope=scope, view=view)
timeline.show(household_id, scope=scope, view=view)
