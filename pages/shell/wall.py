"""The meeting on the wall: a page without menu and bar, in a tab of its own."""

from urllib.parse import urlencode

import streamlit as st

from pages.shell.texts import t
from pages.shell.view_state import View

ON_THE_WALL = "wall"
"""The value that the link of a page without the menu carries."""


def link(view: View) -> None:
    """The link to the meeting."""
    st.link_button(
        t("meeting.open"),
        f"meeting?{urlencode({'embed': 'true', ON_THE_WALL: '1', **view.link})}",
        icon=":material/slideshow:",
    )


def on_the_wall() -> bool:
    """Whether the page is shown on the wall, without the menu."""
    return st.query_params.get(ON_THE_WALL) == "1"
