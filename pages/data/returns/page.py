"""按镇拆分 and 回收: send a list out, one file per township or village; take the filled files back."""

import streamlit as st

from pages.data.returns import board, collect, send_out
from pages.shell import view_state
from pages.shell.texts import t
from pages.widgets import link_choice

now = view_state.current()
part = link_choice.choose(
    "part", {"send_out": t("returns.send_out"), "collect": t("returns.collect")}, label=t("returns.part")
)
if part == "send_out":
    st.markdown(t("returns.send_out_intro"))
    send_out.show(now)
else:
    chosen = board.choose_handout(now)
    if chosen is not None:
        rows = board.show(chosen, now=now)
        collect.show(chosen, rows=rows)
