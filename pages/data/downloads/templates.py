"""Saved filters, each with a name."""

from collections.abc import Callable

import streamlit as st

from data_access import door
from data_access.ledger.declaration import LONGEST_TEXT
from data_access.ledger.filter_templates import read_templates, remove_template, save_template
from data_access.lists.selection import Selection
from pages.shell import identity, notices, view_state
from pages.shell.texts import t
from pages.widgets import selection_link


def choose() -> None:
    """The existing templates, to use or to delete."""
    known = read_templates(door.ledger())
    if known.empty:
        return
    rows = dict(zip(known["name"], known["link"], strict=True))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(t("downloads.template"), list(rows), key="downloads_template", width=320)
        if st.button(t("downloads.use"), key="downloads_use"):
            selection_link.adopt(rows[name])
            st.rerun()
        by = identity.recorder(t("downloads.by"), key="downloads_removed_by", width=160)
        if st.button(t("downloads.remove"), key="downloads_remove"):
            _tried(lambda: remove_template(door.ledger(), name=name, recorded_by=by, scope=view_state.scope()))


def save(selection: Selection) -> None:
    """Save the filter of the page under a name."""
    with st.popover(t("downloads.save"), icon=":material/bookmark:"):
        name = st.text_input(t("downloads.name"), max_chars=LONGEST_TEXT, key="downloads_name")
        by = identity.recorder(t("downloads.by"), key="downloads_by")
        if st.button(t("downloads.save_press"), key="downloads_save", type="primary"):
            text = selection_link.texts_of(selection)
            _tried(lambda: save_template(door.ledger(), name=name, link=text, recorded_by=by, scope=view_state.scope()))


def _tried(record: Callable[[], None]) -> None:
    with notices.errors_shown():
        record()
        st.rerun()
