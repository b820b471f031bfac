"""A form that a group filled in offline: uploaded, read row by row, and recorded with the problems it opens."""

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from data_access import clock, door
from data_access.files.forms import VILLAGE, Filled
from data_access.inspection import findings, problems
from data_access.inspection.finding_forms import read_findings_form
from data_access.inspection.findings import Finding
from pages.shell import identity, view_state
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import record_form, returned_files
from pages.widgets.draw import form_file, record_findings
from pages.widgets.draw.choice import ChosenDraw
from pages.widgets.draw.system_values import system_values_of


def show(chosen: ChosenDraw, *, units: pd.DataFrame, view: View) -> None:
    """The upload, what the file says, and the button that records it."""
    if identity.looks_only("record_findings"):
        return
    with st.expander(t("findings.upload_heading"), icon=":material/upload_file:"):
        record_form.of("findings_file").say()
        st.markdown(t("findings.upload_intro"))
        known = findings.read_findings(door.ledger(), scope=view_state.scope(), draw_id=chosen.draw_id)
        drawn = units[units["active"]].assign(**{VILLAGE: units["village_code"].map(view.names)})
        files = returned_files.upload(
            t("findings.upload"),
            key="findings_file",
            words="findings",
            about=(chosen.draw_id,),
            read=lambda content, name, passwords: read_findings_form(
                content,
                name=name,
                draw_id=chosen.draw_id,
                form=form_file.form_of(chosen.month),
                units=drawn,
                known=known,
                passwords=passwords,
            ),
            say=_said,
            of=(chosen.draw_id, view.recorded),
        )
        found = [finding for one in files for finding in one.entries]
        if found:
            _record(found, units=units, view=view)


def _said(filled: Filled[Finding]) -> str:
    return t(
        "findings.found",
        rows=filled.rows,
        findings=len(filled.entries),
        differ=sum(not one.agrees for one in filled.entries),
        unchanged=filled.unchanged,
        blank=filled.blank,
        rejected=len(filled.rejected),
    )


def _record(found: list[Finding], *, units: pd.DataFrame, view: View) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        recorded_by = identity.recorder(t("villages.by"), key="findings_by", width=180)
        due = st.date_input(
            t("villages.due_on"), value=problems.usual_due(clock.today()), width=170, key="findings_due"
        )
        opens = st.checkbox(t("villages.open_problems"), value=True, key="findings_open")
        pressed = st.button(t("findings.record", findings=len(found)), type="primary", key="findings_record")
    if pressed:
        due_on = due if opens and isinstance(due, date) else None
        kept = _with_system(found, units=units, view=view)
        record_findings.record(kept, form=record_form.of("findings_file"), recorded_by=recorded_by, due_on=due_on)


def _with_system(found: list[Finding], *, units: pd.DataFrame, view: View) -> list[Finding]:
    """The findings with the system's own values: those in the file may have been changed."""
    records: list[dict[str, Any]] = units.to_dict("records")  # type: ignore[assignment]
    answered = {one.code for one in found}
    said = system_values_of([row for row in records if row["code"] in answered], view=view)
    return [replace(one, system_value=said[one.code][one.question]) for one in found]
