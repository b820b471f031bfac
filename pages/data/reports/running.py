"""For whoever runs the server: versions, what waits and since when, the last post and the last head noted."""

import pandas as pd
import streamlit as st

from data_access import clock, door
from pages.shell import notices
from pages.shell.texts import t

LINES = (
    *("program", "ledger", "contract", "waiting", "oldest", "doubts", "posted_at", "post_error"),
    *("backup", "anchor"),
)


def show() -> None:
    """One line per thing."""
    state = door.running_state()
    error = state.post_error
    held = {
        "program": state.program,
        "ledger": state.ledger,
        "contract": str(state.contract),
        "waiting": str(state.waiting),
        "oldest": _at(state.oldest),
        "doubts": str(state.doubts),
        "posted_at": _at(state.posted_at),
        "post_error": t("value.none") if error is None else notices.error_text(error),
        "backup": _at(state.backup_at),
        "anchor": _at(state.anchor_at),
    }
    with st.expander(t("reports.running"), icon=":material/monitor_heart:"):
        rows = [(t(f"reports.running_{name}"), held[name]) for name in LINES]
        st.table(pd.DataFrame(rows, columns=[t("reports.running_what"), t("reports.running_value")]), hide_index=True)


def _at(moment: object) -> str:
    return t("value.none") if moment is None else clock.in_place(moment).strftime("%Y-%m-%d %H:%M")  # type: ignore[arg-type]
