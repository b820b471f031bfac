"""Whether the audit record is intact from its first entry to its last."""

import streamlit as st

from data_access import door
from data_access.access import audit_log
from data_access.ledger.audit_chain import audit_entry
from pages.about.audit import details
from pages.shell import identity
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
