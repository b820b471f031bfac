"""导入: incoming files, what their headings mean, what is wrong with their rows; they are loaded, and the last load can
be undone."""

import streamlit as st

from pages.data.imports import headings, history, load, under_way, upload
from pages.shell import view_state
from pages.shell.texts import t

view = view_state.current()
st.markdown(t("imports.intro"))
under_way.show()
chosen = upload.files(as_of=view.current.facts.months.cut_off)
if chosen:
    mapped = headings.show(chosen)
    load.show(chosen, mapped=mapped)
else:
    load.show_last()
history.show()
