"""A choice kept in the link: from a few things side by side, from a longer list, or everything unless one is chosen.

The link is untrusted: a value that is not among the names falls back to the default.
"""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.shell import view_state

ALL = ""
"""What `narrow` returns where nothing is chosen."""


def choose(link: str, names: Mapping[str, str], *, label: str) -> str:
    """Let the reader choose one of `names` (key -> its name), all visible; the first by default.

    Args:
        link: the link parameter of the choice; it also names the widget, so use each once on a page.
        label: what is chosen, for screen readers.
    """
    chosen = view_state.remembered(link, known=set(names), default=next(iter(names)))
    widget = _bound(link, names, chosen=chosen, key=f"switch_{link}")
    st.segmented_control(label, required=True, label_visibility="collapsed", **widget)
    return chosen


def select(
    link: str, names: Mapping[str, str], *, label: str, key: str, default: str | None = None, width: int | None = None
) -> str:
    """Let the reader choose one of `names` from a drop-down list.

    Args:
        link: the link parameter of the choice.
        label: what is chosen.
        key: of the widget.
        default: what is chosen unless the link or the session says otherwise; the first if None.
        width: in pixels; the full available width if None.
    """
    chosen = view_state.remembered(link, known=set(names), default=next(iter(names)) if default is None else default)
    st.selectbox(label, width=width or "stretch", **_bound(link, names, chosen=chosen, key=key))
    return chosen


def narrow(link: str, names: Mapping[str, str], *, label: str, everything: str, key: str, width: int) -> str:
    """Let the reader choose one of `names` or ALL, which is neither written to the link nor remembered by a session.

    Args:
        everything: the name of ALL.
    """
    wanted = st.query_params.get(link, ALL)
    chosen = wanted if wanted in names else ALL
    widget = _bound(link, {ALL: everything, **names}, chosen=chosen, key=key)
    st.selectbox(label, width=width, label_visibility="collapsed", **widget)
    return chosen


def keep(link: str, chosen: str) -> None:
    """Put a choice into the link; ALL removes it."""
    if chosen == ALL:
        st.query_params.pop(link, None)
    else:
        st.query_params[link] = chosen


def _bound(link: str, names: Mapping[str, str], *, chosen: str, key: str) -> dict[str, Any]:
    """What binds a widget to the link: it shows the value in the link, and the link follows the choice."""
    st.session_state[key] = chosen
    return {
        "options": list(names),
        "format_func": names.__getitem__,
        "key": key,
        "on_change": _keep_widget,
        "args": (link, key),
    }


def _keep_widget(link: str, key: str) -> None:
    keep(link, st.session_state[key])
