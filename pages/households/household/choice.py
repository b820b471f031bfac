"""Which household the page shows: the link says so, and the session remembers it when a click in the menu clears the
link."""

import streamlit as st

HOUSEHOLD = "household"

_SESSION_KEY = "view.household"
_LONGEST = 40


def chosen() -> str | None:
    """The number of the household to show, as entered: it may not exist. None when nothing was chosen."""
    wanted = st.query_params.get(HOUSEHOLD, st.session_state.get(_SESSION_KEY))
    if not wanted or len(wanted) > _LONGEST or not wanted.isprintable():
        return None
    st.session_state[_SESSION_KEY] = wanted
    if st.query_params.get(HOUSEHOLD) != wanted:
        st.query_params[HOUSEHOLD] = wanted
    return wanted
