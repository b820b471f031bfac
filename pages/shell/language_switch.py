"""Chinese or English: taken from the link, the session or the browser; a small switch keeps the choice in the link."""

import streamlit as st

from pages.shell import view_state
from pages.shell.texts import LANGUAGE_KEY, LOCALES, language, settle_language, t

_NAMES = {"zh": "中文", "en": "English"}
_CHOSEN = "view.language_chosen"


def adopt() -> None:
    """Settle the language: from the link, the session, or the browser."""
    wanted = st.query_params.get(view_state.LANGUAGE)
    if wanted in LOCALES:
        settle_language(wanted)
        st.session_state[_CHOSEN] = True
        return
    if LANGUAGE_KEY in st.session_state:
        held = st.session_state[LANGUAGE_KEY]
    else:
        held = "zh" if (st.context.locale or "zh").lower().startswith("zh") else "en"
    settle_language(held)
    if st.session_state.get(_CHOSEN):
        st.query_params[view_state.LANGUAGE] = held


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
    st.session_state[_CHOSEN] = True
    view_state.remember(view_state.LANGUAGE, st.session_state["bar_language"])
