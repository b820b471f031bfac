"""导入: an incoming file, what its headings mean, what is wrong with its rows; then it is loaded, and the load can be
undone."""

import streamlit as st

from pages.data.imports import headings, history, load, upload
from pages.shell import view_state
from pages.shell.texts import t

view = view_state.current()
st.markdown(t("imports.intro"))
chosen = upload.file(view)
if chosen is not None:
    mapped = headings.show(chosen)
    load.show(chosen, mapped=mapped)
history.show()
