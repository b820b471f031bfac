"""开始使用: the steps from no data to a board, what each has brought so far, and the person sheet that the first two
are made from."""

import streamlit as st

from data_access import clock
from pages.data.imports import headings, load, under_way, upload
from pages.data.start import regions, steps
from pages.shell.texts import t

st.markdown(t("start.intro"))
held = steps.read()
steps.show(held)
under_way.show()
chosen = upload.files(as_of=clock.today(), kinds=("persons",))
if chosen:
    if not held.get("villages"):
        regions.show(chosen)
    else:
        mapped = headings.show(chosen)
        load.show(chosen, mapped=mapped)
else:
    load.show_last()
