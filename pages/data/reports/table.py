"""The newest reports, and what became of each."""

from typing import Any

import pandas as pd
import streamlit as st

from data_access import clock, door
from data_access.reports import records
from data_access.reports.kinds import load_report_kinds
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import field_reports, list_table, sheet

SHOWN = 100


def show(reports: pd.DataFrame, *, view: View) -> None:
    """One row per report, the newest first; those that wait are named before."""
    waiting = set(door.waiting_reports(scope=view_state.scope())["report_no"])
    own = reports[reports["takes_back"].isna()][::-1].head(SHOWN)
    st.subheader(t("reports.newest", count=len(reports), waiting=len(waiting)))
    if own.empty:
        st.markdown(t("reports.none"))
        return
    states = [field_reports.state_of(row, waiting=waiting) for row in records.records_of(own)]
    shown = pd.DataFrame(
        {
            "at": clock.column_in_place(own["recorded_at"]).dt.strftime("%Y-%m-%d %H:%M").to_list(),
            "household_id": [list_table.household_address(one, view=view) for one in own["household_id"]],
            "kind": [load_report_kinds()[kind].label[language()] for kind in own["kind"]],
            "said": [field_reports.said(row) for row in records.records_of(own)],
            "state": [t(f"reports.state_{state}") for state in states],
            "by": [field_reports.by_whom(row) for row in records.records_of(own)],
        }
    )
    columns: dict[str, Any] = {str(name): t(f"reports.column_{name}") for name in shown} | {
        "household_id": st.column_config.LinkColumn(t("reports.column_household_id"), display_text=r"household=([^&]+)")
    }
    sheet.show(shown, hide_index=True, column_config=columns, placeholder=t("value.none"))
