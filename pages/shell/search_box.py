"""The search field. What is entered may be personal: it stays in the session, never in the link."""

import streamlit as st

from data_access.households.search import LONGEST_TEXT
from pages.shell import menu
from pages.shell.texts import t
from pages.shell.view_state import View

_TEXT, _TURN = "search.text", "search.turn"


def turn() -> int:
    """How many searches the reader has made: part of the names of widgets that must reset with each."""
    return st.session_state.get(_TURN, 0)


def in_bar(view: View) -> None:
    """A small button on every page that opens the field; submitting it leads to the results."""
    # A new name after each search closes the field that the last one left open.
    with st.popover(t("search.title"), icon=":material/search:", key=f"search_popover_{turn()}"):
        sent = _sent("bar")
    if sent:
        link = view.link
        st.switch_page(menu.page_path("households", "search"), query_params=link)


def on_page() -> str:
    """The field on the results page; returns the search text, empty when nothing has been submitted yet."""
    _sent("page", text=st.session_state.get(_TEXT, ""))
    return st.session_state.get(_TEXT, "")


def _sent(where: str, *, text: str = "") -> bool:
    """A field and its button; returns whether something was submitted, which is then remembered."""
    with (
        st.form(f"search_{where}_{turn()}", border=False, width=620),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        typed = st.text_input(
            t("search.label"),
            value=text,
            max_chars=LONGEST_TEXT,
            placeholder=t("search.placeholder"),
            autocomplete="off",
            icon=":material/search:",
            key=f"search_{where}_text_{turn()}",
        )
        sent = st.form_submit_button(t("search.send"), type="primary")
    if sent:
        st.session_state[_TEXT], st.session_state[_TURN] = typed or "", turn() + 1
    return sent
