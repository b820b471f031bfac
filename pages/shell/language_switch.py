"""Chinese or English: a small switch that keeps the choice in the link."""

import streamlit as st

from pages.shell import view_state
from pages.shell.texts import LOCALES, language, t

_NAMES = {"zh": "中文", "en": "English"}


def show() -> None:
    """Draw the switch."""
    st.session_state["bar_language"] = language()
    st.segmented_control(
        t("bar.language"),
        list(LOCALES),
        format_func=lambda code: _NAMES[code],
        key="bar_language",
        required=True,
        on_change=_choose,
        label_visibility="collapsed",
        width="content",
    )


def _choose() -> None:
    view_state.choose_language(st.session_state["bar_language"])
