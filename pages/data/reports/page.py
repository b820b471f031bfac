"""基层上报: corrections that wait for a second person, reports that disagree with the data and wait for a decision, the
newest ones, and what whoever runs the server should know."""

import streamlit as st

from data_access import door
from pages.data.reports import approvals, doubts, running, table
from pages.shell import identity, view_state
from pages.shell.texts import t

view = view_state.current()
st.markdown(t("reports.intro"))
reports = door.reports(scope=view_state.scope())
approvals.show(view)
approvals.show_undone(reports, view=view)
doubts.show(view)
table.show(reports, view=view)
if identity.may("load"):
    running.show()
