"""The search field. What is entered may be personal: it stays in the session, never in the link."""

import streamlit as st

from data_access.households.search import LONGEST_TEXT
from pages.shell import menu
from pages.shell.texts import t
from pages.shell.view_state import View

_TEXT, _TURN, _TURN_IN_BAR = "search.text", "search.turn", "search.turn_in_bar"
_FIELD = "search_page_text"


def turn() -> int:
    """How many searches the reader has made: part of the names of widgets that must reset with each."""
    return st.session_state.get(_TURN, 0)


def in_bar(view: View) -> None:
    """A small button on every page that opens the field; submitting it leads to the results."""
    # A new name after each search here closes the field that the last one left open. The browser shows the new one at
    # once, because another page follows; what is typed into a field of an old name is lost.
    number = st.session_state.get(_TURN_IN_BAR, 0)
    with st.popover(t("search.title"), icon=":material/search:", key=f"search_popover_{number}"):
        typed = _typed(f"search_bar_{number}", field=f"search_bar_text_{number}")
    if typed is not None:
        st.session_state[_TURN_IN_BAR] = number + 1
        _remember(typed)
        st.session_state[_FIELD] = typed
        st.switch_page(menu.page_path("households", "search"), query_params=view.link)


def on_page() -> str:
    """The field on the results page; returns the search text, empty when nothing has been submitted yet."""
    st.session_state.setdefault(_FIELD, st.session_state.get(_TEXT, ""))
    typed = _typed("search_page", field=_FIELD)
    if typed is not None:
        _remember(typed)
    return st.session_state.get(_TEXT, "")


def _remember(typed: str) -> None:
    st.session_state[_TEXT], st.session_state[_TURN] = typed, turn() + 1


def _typed(form: str, *, field: str) -> str | None:
    """A field and its button; returns what was submitted, None if nothing was."""
    with (
        st.form(form, border=False, width=620),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        typed = st.text_input(
            t("search.label"),
            max_chars=LONGEST_TEXT,
            placeholder=t("search.placeholder"),
            autocomplete="off",
            icon=":material/search:",
            key=field,
        )
        sent = st.form_submit_button(t("search.send"), type="primary")
    return (typed or "") if sent else None
