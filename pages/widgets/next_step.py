"""Where there is nothing yet: what is missing, and the next step as a button."""

import streamlit as st

from pages.shell import gate, menu, view_state
from pages.shell.texts import t


def show(said: str, *, page: str, label: str, **link: str) -> None:
    """Say it, with the way to the page where it can be done, for readers who may open that.

    Args:
        page: the key of the page.
        label: what is done there.
        link: what its link carries besides month and place, e.g. the part.
    """
    st.info(said)
    allowed = gate.pages()
    if allowed is None or page in allowed:
        with st.container(key=f"next_step_{page}"):
            st.page_link(
                menu.page_path(menu.section_of(page), page),
                label=t("next.step", step=label),
                query_params=view_state.current().link | link,
                icon=":material/arrow_forward:",
                width="content",
            )
