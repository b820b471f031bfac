"""待批准: corrections that count once a second person has approved them, and what that person decides."""

import pandas as pd
import streamlit as st

from data_access import clock, door
from data_access.errors import LedgerError
from data_access.ledger.declaration import LONGEST_TEXT
from data_access.posting import waiting
from data_access.reports import approval, corrections, records
from data_access.reports.kinds import load_report_kinds
from pages.data.reports import table
from pages.shell import identity, notices, view_state
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import field_reports, household_values, list_table, owed_reports, record_form

_NAME = "approve_correction"


def show(view: View) -> None:
    """One row per correction at the place in view, and the decision."""
    unapproved = owed_reports.rows("corrections_waiting", view=view)
    st.subheader(t("corrections.waiting", count=len(unapproved)))
    record_form.of(_NAME).say()
    if unapproved.empty:
        st.markdown(t("corrections.none_waiting"))
        return
    _table(unapproved, title=t("corrections.file"), key="corrections_waiting", view=view)
    _decide(unapproved)


def show_undone(reports: pd.DataFrame, *, view: View) -> None:
    """The corrections of which a file has brought the old value back since; nothing where there is none."""
    scope = view_state.scope()
    standing = waiting.standing_corrections(reports, posted=door.read(waiting.read_posted_numbers, scope=scope))
    numbers = door.read(waiting.read_undone_numbers, scope=scope, asked=waiting.asked_of(standing))
    undone = standing[standing["report_no"].isin(numbers)]
    if undone.empty:
        return
    st.subheader(t("corrections.undone", count=len(undone)))
    st.markdown(t("corrections.undone_means"))
    _table(undone, title=t("corrections.undone_file"), key="corrections_undone", view=view)


def _table(reports: pd.DataFrame, *, title: str, key: str, view: View) -> None:
    rows = records.records_of(reports)
    shown = pd.DataFrame(
        {
            "household_id": [list_table.household_address(row["household_id"], view=view) for row in rows],
            "correction": [field_reports.correction_text(load_report_kinds()[row["kind"]], row) for row in rows],
            "basis": [household_values.word(corrections.BASES, row["content"][corrections.BASIS]) for row in rows],
            "words": reports["words"].to_list(),
            "by": [field_reports.by_whom(row) for row in rows],
            "at": clock.column_in_place(reports["recorded_at"]).dt.strftime("%Y-%m-%d %H:%M").to_list(),
        }
    )
    headings = {
        "household_id": t("reports.column_household_id"),
        "correction": t("corrections.correction"),
        "basis": t("corrections.basis"),
        "words": t("reports.words"),
        "by": t("reports.column_by"),
        "at": t("reports.column_at"),
    }
    table.with_file(shown, headings=headings, reports=reports, title=title, key=key, view=view)


def _decide(unapproved: pd.DataFrame) -> None:
    if identity.looks_only(approval.ACTION):
        return
    form, rows = record_form.of(_NAME), {row["report_no"]: row for row in records.records_of(unapproved)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = table.which(rows, key=form.key("approve_which"))
        name = identity.recorder(t("corrections.by"), key="approve_by", width=180)
        reason = st.text_input(
            t("corrections.reason"), max_chars=LONGEST_TEXT, key=form.key("approve_reason"), width=240
        )
        approves = st.button(t("corrections.approve"), key=form.key("approve"), disabled=not name.strip())
        refuses = st.button(t("corrections.refuse"), key=form.key("refuse"), disabled=not name.strip())
    if not (approves or refuses):
        return
    try:
        approval.approve(
            door.ledger(),
            report_no=chosen,
            refused=None if approves else reason,
            recorded_by=name,
            alone=identity.is_alone(),
            scope=view_state.scope(),
        )
        form.recorded(t("corrections.approved") if approves else t("corrections.refused"))
    except LedgerError as error:
        st.error(notices.error_text(error), icon=":material/error:")
        return
    field_reports.post()
    st.rerun()
