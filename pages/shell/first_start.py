"""Before there are data: every page points at the one where a board begins."""

import streamlit as st

from pages.shell import gate, menu, view_state
from pages.shell.texts import t
from pages.shell.view_state import View

PAGE = "start"

_NOTHING_YET = ("no_database", "no_tables", "nothing_loaded", "no_regions")
"""The errors of a database that nobody has loaded into."""


def point_there(view: View | None, *, page: str) -> None:
    """Say what is missing and where to begin: without a database or regions, and without households."""
    if page == PAGE or not (said := _lacking(view)):
        return
    st.info(said, icon=":material/start:")
    allowed = gate.pages()
    if allowed is None or PAGE in allowed:
        st.page_link(
            menu.page_path("data", PAGE),
            label=t(f"page.{PAGE}"),
            query_params=None if view is None else view.link,
            icon=":material/arrow_forward:",
        )


def _lacking(view: View | None) -> str | None:
    if view is not None:
        return t("start.no_households") if view.current.facts.frames["households"].empty else None
    error = view_state.problem()
    return t("start.nothing_yet") if error is not None and error.key in _NOTHING_YET else None
