"""Tables of reports: the newest, with what became of each, and what other parts of the page show of theirs."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from data_access import clock, door
from data_access.reports import records
from data_access.reports.kinds import load_report_kinds
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import field_reports, list_table, sheet, table_file

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
    headings = {str(name): t(f"reports.column_{name}") for name in shown}
    sheet.show(shown, hide_index=True, column_config=_columns(headings), placeholder=t("value.none"))


def with_file(
    shown: pd.DataFrame, *, headings: dict[str, str], reports: pd.DataFrame, title: str, key: str, view: View
) -> None:
    """A table of reports whose household_id holds links, and its file, which has the numbers.

    Args:
        reports: the same rows, with the numbers of the households.
    """
    columns = _columns(headings)
    sheet.show(shown, hide_index=True, column_config=columns, height="content", placeholder=t("value.none"))
    plain = shown.assign(household_id=reports["household_id"].to_list())
    table_file.offer(plain, title=title, headings=headings, view=view, key=key)


def which(rows: Mapping[str, Mapping[str, Any]], *, key: str) -> str:
    """The number of the report that somebody decides on; `rows` by their numbers."""
    return st.selectbox(
        t("reports.which"),
        list(rows),
        format_func=lambda number: f"{rows[number]['household_id']} {field_reports.said(rows[number])}",
        key=key,
    )


def _columns(headings: Mapping[str, str]) -> dict[str, Any]:
    link = st.column_config.LinkColumn(headings["household_id"], display_text=r"household=([^&]+)")
    return {**headings, "household_id": link}
