"""A button that opens a small sheet. What is in it is drawn when somebody opens it, and stays from then on: what was
typed there is not lost when it is closed."""

from contextlib import AbstractContextManager

import streamlit as st


def opened(label: str, *, icon: str, key: str) -> AbstractContextManager[object] | None:
    """The sheet, to be drawn in; None while nobody has opened it.

    Args:
        key: names it on its page.
    """
    sheet = st.popover(label, icon=icon, key=key, on_change="rerun")
    if sheet.open:
        st.session_state[was_opened(key)] = True
    return sheet if st.session_state.get(was_opened(key)) else None


def was_opened(key: str) -> str:
    """Where the session says that a sheet was opened."""
    return f"{key}_was_opened"
