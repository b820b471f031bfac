"""A choice of a few things side by side, kept in the link."""

from collections.abc import Mapping

import streamlit as st

from pages.shell import view_state


def choose(link: str, names: Mapping[str, str], *, label: str) -> str:
    """Let the reader choose one of `names` (key -> what it is called); the first unless told.

    Args:
        link: what the link calls the choice; also names the widget, so a page uses each once.
        label: what is chosen, for screen readers.
    """
    chosen = view_state.remembered(link, known=set(names), default=next(iter(names)))
    key = f"switch_{link}"
    st.session_state[key] = chosen
    st.segmented_control(
        label,
        list(names),
        format_func=names.__getitem__,
        key=key,
        required=True,
        on_change=_keep,
        args=(link, key),
        label_visibility="collapsed",
    )
    return chosen


def _keep(link: str, key: str) -> None:
    st.query_params[link] = st.session_state[key]
