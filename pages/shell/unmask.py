"""Unmasking names and numbers for a while: the reason, the button, and until when they stay open."""

from datetime import datetime

import streamlit as st
from babel.dates import format_datetime

from data_access import clock, door
from data_access.access import unmasking
from data_access.access.settings import setting
from data_access.access.unmasking import UnmaskTarget
from data_access.ledger.declaration import LONGEST_TEXT
from pages.shell import identity, notices
from pages.shell.texts import locale, t


def show(target: UnmaskTarget) -> None:
    """The way to unmask a household or a village; nothing for anyone who may not, or where nobody signs in."""
    known = identity.user()
    if known is None or known.scope.may("unmask_own"):  # who opens all own places at once, on top of the page
        return
    if _is_open(target):
        st.markdown(f":orange-badge[:material/visibility: {t('unmask.open')}]", width="content")
        return
    if not unmasking.may_open(door.ledger(), target, scope=known.scope):
        return
    name = target.household_id or target.village_code
    with (
        st.popover(_label(target), icon=":material/visibility:"),
        st.form(f"unmask_{name}", border=False),
    ):
        st.markdown(t("unmask.intro", minutes=setting("unmasking", "minutes")))
        reason = st.text_input(t("unmask.reason"), max_chars=LONGEST_TEXT, key=f"unmask_reason_{name}")
        if st.form_submit_button(t("unmask.press"), type="primary"):
            _open(target, reason=reason)


def show_own() -> None:
    """The way to unmask all own places for the day; nothing for anyone who may not."""
    known = identity.user()
    if known is None or not unmasking.own_to_open(known):
        return
    with st.popover(t("unmask.own"), icon=":material/visibility:"), st.form("unmask_own", border=False):
        st.markdown(t("unmask.intro_own"))
        purpose = st.text_input(t("unmask.purpose"), max_chars=LONGEST_TEXT, key="unmask_purpose")
        if st.form_submit_button(t("unmask.press"), type="primary"):
            with notices.errors_shown():
                _opened(unmasking.open_own(door.ledger(), purpose=purpose, user=known))


def _label(target: UnmaskTarget) -> str:
    return t("unmask.village") if target.household_id is None else t("unmask.household")


def _open(target: UnmaskTarget, *, reason: str) -> None:
    known = identity.user()
    if known is None:
        return
    with notices.errors_shown():
        _opened(unmasking.open_names(door.ledger(), target, reason=reason, user=known))


def _opened(until: datetime) -> None:
    door.forget_unmasked()
    at = format_datetime(clock.in_place(until), "HH:mm", locale=locale())
    st.toast(t("unmask.until", at=at), icon=":material/visibility:")
    st.rerun()


def _is_open(target: UnmaskTarget) -> bool:
    scope = identity.scope()
    if target.household_id is None:
        return not scope.narrowed(target.village_code).masked
    return not scope.of_household(target.household_id, village_code=target.village_code).masked
