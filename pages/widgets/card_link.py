"""A link to the card of a township (镇情卡)."""

from urllib.parse import urlencode

import streamlit as st

from pages.shell import gate, menu, view_state
from pages.shell.texts import t
from pages.shell.view_state import View

PAGE, SECTION = "places", "card"


def show(view: View, *, township: str, text: str | None = None) -> None:
    """The link, for readers who may open the page and see the township."""
    allowed = gate.pages()
    if (allowed is None or PAGE in allowed) and view_state.scope().opens(township):
        st.page_link(
            menu.page_path(menu.section_of(PAGE), PAGE),
            label=t("card.open") if text is None else text,
            query_params=parameters(view, township=township),
            icon=":material/article:",
            width="content",
        )


def parameters(view: View, *, township: str) -> dict[str, str]:
    """What the link carries."""
    return {**view.link, view_state.PLACE: township, "section": SECTION}


def address(view: View, *, township: str) -> str:
    """The link as text, for a cell of a table."""
    return f"{PAGE}?{urlencode(parameters(view, township=township))}"
