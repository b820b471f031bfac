"""The password of a file that is sent out: the sender sets one, or takes one that is made."""

import hashlib

import streamlit as st

from data_access.access.purposes import Purpose
from data_access.files.protection import made_password
from pages.shell.texts import t

SHORTEST = 10
"""Characters of a password."""


def ask(key: str) -> str | None:
    """Two fields for a password, and a button that makes one; None, with the rule, until there is one.

    Args:
        key: of the file that it protects.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        entered = st.text_input(t("password.enter"), type="password", key=f"{key}_password", width=220)
        again = st.text_input(t("password.again"), type="password", key=f"{key}_again", width=220)
        st.button(t("password.make"), key=f"{key}_make", on_click=_make, args=(key,))
    _say_made(key, entered=entered)
    if len(entered) < SHORTEST or entered != again:
        st.caption(t("password.rule", letters=SHORTEST))
        return None
    return entered


def is_needed(purpose: Purpose | None) -> bool:
    """Whether a file that is sent out under a purpose asks for a password: it shows names or numbers in full."""
    return purpose is not None and bool(purpose.opened)


def stamp(entered: str | None) -> str:
    """What stands for a password where it must not stand itself."""
    return "" if entered is None else hashlib.sha256(entered.encode()).hexdigest()


def _make(key: str) -> None:
    made = made_password()
    st.session_state.update({f"{key}_password": made, f"{key}_again": made, f"{key}_made": made})


def _say_made(key: str, *, entered: str) -> None:
    """The password that was made, once: it goes to whoever opens the file by another way than the file."""
    made = st.session_state.pop(f"{key}_made", None)
    if made is not None and made == entered:
        st.code(made, language=None)
        st.caption(t("password.made_once"))
