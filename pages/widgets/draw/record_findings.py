"""Records findings and the problems they open, whether they were typed in or came from a form."""

from datetime import date

import streamlit as st

from data_access import door
from data_access.errors import LedgerError
from data_access.inspection import findings, problems
from data_access.inspection.findings import Finding
from pages.shell import notices, view_state
from pages.shell.texts import language, t
from pages.widgets.record_form import RecordForm


def record(
    found: list[Finding], *, form: RecordForm, recorded_by: str, due_on: date | None, source: str = "inspection"
) -> None:
    """Record findings and the problems they open, together. What has an open problem already gets no second one."""
    if not found:
        st.warning(t("villages.nothing"), icon=":material/warning:")
        return
    ledger, scope, said = door.ledger(), view_state.scope(), t("villages.recorded", findings=len(found))
    try:
        new = findings.without_open_problem(ledger, found, scope=scope)
        opened = [] if due_on is None else findings.problems_of(new, due_on=due_on, source=source, describe=_in_words)
        if known := len(found) - len(new):
            said = f"{said} {t('villages.problem_stands', problems=known)}"
        findings.add_findings(ledger, found, *problems.problem_batches(opened), recorded_by=recorded_by, scope=scope)
        form.recorded(said)
    except LedgerError as error:
        st.error(notices.error_text(error), icon=":material/error:")
        return
    st.rerun()


def _in_words(one: Finding) -> str:
    label = findings.load_questions()[one.kind][one.question].label[language()]
    return t("villages.problem", label=label, system=one.system_value or "", found=one.found_value or "")
