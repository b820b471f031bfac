"""What was reported of households and persons and the national system does not hold yet, with its 回填表."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from data_access.files.export import FileColumn
from data_access.load.entry_forms import load_entry_forms
from data_access.reports import records
from data_access.reports.kinds import ReportKind, load_report_kinds
from pages.households.cases import arrivals
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import download, field_reports, list_file, list_table, sheet
from pages.widgets.part import part

REASONS = ("join_reason", "leave_reason", "closed_reason")
"""What of a report says what changed; without it the name of its kind does."""


@part
def show(view: View) -> None:
    """One row per report, and the file for entry."""
    st.subheader(t("cases.changes"))
    kinds = [key for key, kind in load_report_kinds().items() if kind.enters]
    own = view.reported[view.reported["kind"].isin(kinds)]
    own = own[own["village_code"].astype("str").str.startswith(view.place)]
    arrivals.show(view)
    if own.empty:
        st.markdown(t("cases.changes_none"))
        return
    st.markdown(t("cases.changes_count", count=len(own)))
    rows = records.records_of(own)
    filled = pd.DataFrame([_filled(row, view=view) for row in rows])
    shown = pd.DataFrame(
        {
            "household_id": [
                None if is_new(row["household_id"]) else list_table.household_address(row["household_id"], view=view)
                for row in rows
            ],
            "village": filled["village"],
            "change": filled["change"],
            "day": filled["day"],
            "person": [_person(row) for row in filled.to_dict("records")],
            "words": filled["words"],
            "by": [field_reports.by_whom(row) for row in rows],
        }
    )
    headings: dict[str, Any] = {
        "household_id": st.column_config.LinkColumn(
            t("reports.column_household_id"), display_text=r"household=([^&]+)"
        ),
        "village": t("list.village"),
        "change": t("cases.change"),
        "day": t("cases.change_day"),
        "person": t("cases.change_person"),
        "words": t("reports.words"),
        "by": t("reports.column_by"),
    }
    sheet.show(shown, hide_index=True, column_config=headings, height="content", placeholder=t("value.none"))
    _offer(filled, view=view)


def _filled(row: Mapping[str, Any], *, view: View) -> dict[str, Any]:
    """A report as the form has it."""
    kind, said = load_report_kinds()[row["kind"]], row["content"]
    reason = next((name for name in REASONS if said.get(name)), None)
    words = [_word(kind, "household_type", said), row["words"] or ""]
    return {
        "household_id": "" if is_new(row["household_id"]) else row["household_id"],
        "village": view.names.get(row["village_code"], row["village_code"]),
        "change": kind.label[language()] if reason is None else field_reports.value_text(kind, reason, said[reason]),
        "day": row["happened_on"].isoformat(),
        "member_id": row["thing"] if kind.enters in ("leaves", "splits") else "",
        "relation": _word(kind, "relation", said),
        "gender": _word(kind, "gender", said),
        "words": t("list.separator").join(word for word in words if word),
    }


def is_new(household_id: str) -> bool:
    """Whether a household has no number yet."""
    return household_id.startswith(records.NEW_HOUSEHOLD)


def _word(kind: ReportKind, name: str, said: Mapping[str, Any]) -> str:
    return field_reports.value_text(kind, name, said[name]) if said.get(name) else ""


def _person(filled: Mapping[Any, Any]) -> str:
    return t("list.separator").join(str(filled[name]) for name in ("member_id", "relation", "gender") if filled[name])


def _offer(filled: pd.DataFrame, *, view: View) -> None:
    def source() -> download.FileSource:
        title = t("cases.entry_title", list=t("cases.changes"))
        headings = load_entry_forms().reports
        return download.of_rows(
            filled,
            name=(view.name(view.place), title, view.on.isoformat()),
            columns=tuple(FileColumn(key=name, title=heading) for name, heading in headings.items()),
            about=list_file.about_file(
                view, scope=view_state.scope(), title=title, definition=t("cases.changes"), restricted=""
            ),
        )

    download.offer(source, key="entry_changes")
