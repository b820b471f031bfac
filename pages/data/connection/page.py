"""连接: a database of another shape as the board sees it: what the last refresh and the last check found, by table."""

import streamlit as st

from data_access import door
from data_access.connect.runs import CHECK, REFRESH, REFRESHED, is_outdated
from pages.data.connection import run
from pages.shell.texts import t

runs = door.newest_runs()
if not runs:
    st.info(t("connection.none"), icon=":material/cable:")
    st.stop()
st.markdown(t("connection.intro"))
if REFRESH in runs:
    st.subheader(t("connection.run_refresh"), anchor=False)
    run.show(runs[REFRESH])
    if REFRESHED in runs and not runs[REFRESH].done:
        run.show(runs[REFRESHED])
if CHECK in runs and not is_outdated(runs[CHECK], by=runs.get(REFRESHED)):
    st.subheader(t("connection.run_check"), anchor=False)
    run.show(runs[CHECK])
