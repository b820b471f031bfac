"""The meeting on the wall: a page without menu and bar, in a tab of its own."""

from urllib.parse import urlencode

import streamlit as st

from pages.shell.texts import t
from pages.shell.view_state import WALL, View


def link(view: View) -> None:
    """The link to the meeting."""
    st.link_button(
        t("meeting.open"),
        f"meeting?{urlencode({'embed': 'true', WALL: '1', **view.link})}",
        icon=":material/slideshow:",
    )


def on_the_wall() -> bool:
    """Whether the page is shown on the wall, without the menu."""
    return st.query_params.get(WALL) == "1"
