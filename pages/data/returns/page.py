"""按镇拆分 and 回收: send a list out, one file per township or village; collect the completed files."""

import streamlit as st

from pages.data.returns import board, collect, send_out
from pages.shell import view_state
from pages.shell.texts import t
from pages.widgets import link_choice

view = view_state.current()
part = link_choice.choose(
    "part", {"send_out": t("returns.send_out"), "collect": t("returns.collect")}, label=t("returns.part")
)
if part == "send_out":
    st.markdown(t("returns.send_out_intro"))
    send_out.show(view)
else:
    chosen = board.choose_handout(view)
    if chosen is not None:
        rows = board.show(chosen, view=view)
        collect.show(chosen, rows=rows, view=view)
