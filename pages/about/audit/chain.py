"""Whether the audit record is intact from its first entry to its last, and the one that was noted elsewhere."""

import streamlit as st

from data_access import door, record_door
from data_access.access import audit_log
from data_access.ledger import anchors
from data_access.ledger.audit_chain import audit_entry
from data_access.ledger.declaration import LONGEST_TEXT
from pages.about.audit import details
from pages.shell import identity, notices
from pages.shell.texts import t


def show() -> None:
    """A button that recomputes the chain, and the result."""
    st.markdown(t("audit.intro"))
    if not st.button(t("audit.verify"), icon=":material/link:", key="audit_verify"):
        return
    with st.spinner(t("audit.verifying")):
        verdict = audit_log.check_chain(door.ledger(), scope=identity.scope())
    if verdict.broken_at is None:
        st.success(t("audit.holds", entries=verdict.entries, hash=verdict.newest_hash), icon=":material/verified:")
    else:
        table = details.table(verdict.table or audit_entry.name)
        st.error(
            t("audit.broken", entry=verdict.broken_at, entries=verdict.entries, table=table),
            icon=":material/link_off:",
        )


def confirm() -> None:
    """Where the record does not agree with what was noted of it: a manager confirms that it is lawfully so."""
    if not record_door.record_doubts() or not identity.may("confirm_record"):
        return
    st.markdown(t("audit.confirm_why"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        reason = st.text_input(t("audit.confirm_reason"), max_chars=LONGEST_TEXT, key="audit_confirm_reason", width=420)
        if not st.button(t("audit.confirm"), icon=":material/verified_user:", key="audit_confirm"):
            return
    with notices.errors_shown():
        anchors.confirm(door.ledger(), reason=reason, recorded_by=identity.signature(), scope=identity.scope())
        record_door.forget_doubts()
        st.rerun()
