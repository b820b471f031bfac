"""The members of the household, masked, with health, labour, work, insurance and relief."""

import pandas as pd
import streamlit as st

from data_access import door
from data_access.households.file import read_members
from data_access.scope import Scope
from pages.shell import kept
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import household_values, sheet

COLUMNS = (
    "name",
    "relation",
    "gender",
    "age",
    "health",
    "disability_grade",
    "labour",
    "work_place",
    "work_channel",
    "school_stage",
    "insurance",
    "relief",
    "id_no",
)
"""What is shown about a person, in this order."""

_CODED = {
    "relation": "relation",
    "gender": "gender",
    "health": "health",
    "labour": "labour",
    "work_place": "work_place",
    "work_channel": "work_channel",
    "school_stage": "school_stage",
    "insurance": "insurance",
    "relief": "relief",
}


@kept.part
def show(household_id: str, *, scope: Scope, view: View) -> None:
    """One row per person."""
    people = door.read(read_members, scope=scope, household_id=household_id, on=view.on)
    st.subheader(t("household.members", persons=len(people)))
    if people.empty:
        kept = view.fills("member")
        st.markdown(t("household.no_members") if kept else household_values.not_collected())
        return
    rows = people.assign(**{name: [_word(codes, code) for code in people[name]] for name, codes in _CODED.items()})
    grade = people["disability_grade"]
    rows["disability_grade"] = grade.astype("string").mask(grade.eq(0), t("household.no_disability"))
    if view.fills("employment"):
        rows["work_place"] = rows["work_place"].where(people["has_job"], t("household.no_job"))
        rows["work_channel"] = rows["work_channel"].where(people["has_job"], "")
    sheet.show(
        rows[list(COLUMNS)],
        hide_index=True,
        height="content",
        column_config={name: t(f"household.member.{name}") for name in COLUMNS},
        placeholder=t("value.none"),
        key="household_members",
    )


def _word(codes: str, code: str | None) -> str:
    return household_values.word(codes, None if pd.isna(code) else code)
