"""待核对: reports that disagree with the data, with both values, and what somebody decides."""

import json
from typing import Any

import pandas as pd
import streamlit as st

from data_access import door
from data_access.errors import LedgerError
from data_access.reports import records
from data_access.reports.kinds import load_report_kinds
from pages.data.reports import table
from pages.shell import identity, notices, view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import field_reports, list_table, owed_reports, record_form

WHYS = ("older", "against", "unknown", "too_early", "changed_since", "case_goes_on")
"""Why a report is not put into the data by itself; anything else is a rule that a load rejects rows by."""


def show(view: View) -> None:
    """One row per report at the place in view, and the decision."""
    doubted = owed_reports.rows("reports_in_doubt", view=view)
    st.subheader(t("reports.doubts", count=len(doubted)))
    record_form.of("decide_report").say()
    if doubted.empty:
        st.markdown(t("reports.no_doubts"))
        return
    shown = pd.DataFrame(
        {
            "household_id": [list_table.household_address(one, view=view) for one in doubted["household_id"]],
            "kind": [load_report_kinds()[kind].label[language()] for kind in doubted["kind"]],
            "thing": doubted["thing"].to_list(),
            "said": [field_reports.said(row) for row in records.records_of(doubted)],
            "held": [_held(row) for row in records.records_of(doubted)],
            "why": [_why(why) for why in doubted["why"]],
            "by": [field_reports.by_whom(row) for row in records.records_of(doubted)],
        }
    )
    headings = {str(name): t(f"reports.column_{name}") for name in shown}
    table.with_file(
        shown, headings=headings, reports=doubted, title=t("reports.doubts_file"), key="report_doubts", view=view
    )
    _decide(doubted)


def _held(row: dict[str, Any]) -> str:
    """What the data held when the report was looked at."""
    kind, held = load_report_kinds()[row["kind"]], json.loads(row["held"] or "{}")
    if kind.empties:
        return t("list.separator").join(held.values())
    if kind.corrects:
        since = ((day, field_reports.corrected_text(kind, row["thing"], value)) for day, value in held.items())
        return t("list.separator").join(t("corrections.held", since=day, value=value) for day, value in since)
    said = [field_reports.value_text(kind, name, value) for name, value in held.items() if value is not None]
    return t("list.separator").join(said)


def _why(why: str) -> str:
    return t(f"reports.why_{why}") if why in WHYS else t("reports.why_rule", rule=why)


def _decide(doubted: pd.DataFrame) -> None:
    if identity.looks_only(records.DECIDE):
        return
    form, rows = record_form.of("decide_report"), {row["report_no"]: row for row in records.records_of(doubted)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = table.which(rows, key=form.key("decide_which"))
        name = identity.recorder(t("reports.decided_by"), key="decide_by", width=180)
        counts = st.button(t("reports.report_counts"), key=form.key("decide_report"), disabled=not name.strip())
        stays = st.button(t("reports.data_count"), key=form.key("decide_data"), disabled=not name.strip())
    if not (counts or stays):
        return
    try:
        records.decide(
            door.ledger(),
            report_no=chosen,
            village_code=rows[chosen]["village_code"],
            counts=counts,
            recorded_by=name,
            scope=view_state.scope(),
        )
        form.recorded(t("reports.decided"))
    except LedgerError as error:
        st.error(notices.error_text(error), icon=":material/error:")
        return
    field_reports.post()
    st.rerun()
