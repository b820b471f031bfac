"""What managers do for those who cannot sign in with a local account: lift locks, reset second factors."""

import streamlit as st

from data_access import clock, door
from data_access.access import accounts, sign_in
from data_access.access.second_factor import SecondFactors
from data_access.access.tries import Lock, Tries
from pages.shell import identity, notices
from pages.shell.texts import t

ACTION = "manage_sign_in"


def show() -> None:
    """The locks of now and the accounts with a second factor; nothing where accounts are kept elsewhere, or for who may
    not."""
    if sign_in.mode() != sign_in.LOCAL or not identity.may(ACTION):
        return
    with st.expander(t("audit.sign_ins"), icon=":material/lock_open:"), notices.errors_shown():
        _lift()
        _reset()


def _lift() -> None:
    locks = {_named(lock): lock for lock in Tries(door.ledger()).locks(scope=identity.scope())}
    if not locks:
        st.markdown(t("audit.no_locks"))
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(t("audit.locks"), list(locks), key="audit_locks", width=520)
        if st.button(t("audit.lift"), key="audit_lift"):
            held = locks[chosen]
            lane = {"address": held.address} if held.user_id is None else {"user_id": held.user_id}
            Tries(door.ledger()).lift(**lane, recorded_by=identity.signature(), scope=identity.scope())
            st.rerun()


def _reset() -> None:
    known = identity.user()
    # One's own stays: whoever found this screen open would be rid of it. The command line resets it.
    own = None if known is None else known.user_id
    held = [one.user_id for one in accounts.read_accounts(door.ledger()) if one.factor and one.user_id != own]
    if not held:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(t("audit.factors"), held, key="audit_factors", width=520)
        if st.button(t("audit.reset_factor"), key="audit_reset_factor"):
            who = identity.signature()
            SecondFactors(door.ledger()).reset(user_id=chosen, recorded_by=who, scope=identity.scope())
            door.sessions().end_all(chosen, recorded_by=who)
            st.rerun()


def _named(lock: Lock) -> str:
    until = clock.in_place(lock.until).strftime("%H:%M")
    if lock.user_id is None:
        return t("audit.lock_of_address", address=lock.address, until=until)
    if lock.address is None:
        return t("audit.lock_of_account", account=lock.user_id, until=until)
    return t("audit.lock_of_both", account=lock.user_id, address=lock.address, until=until)
