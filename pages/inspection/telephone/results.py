"""Returned call sheets: read row by row and recorded; a complaint becomes a problem."""

from datetime import date

import pandas as pd
import streamlit as st

from data_access import clock, door
from data_access.errors import LedgerError
from data_access.files.forms import VILLAGE, Filled
from data_access.inspection import calls, phone_checks
from data_access.inspection.call_forms import read_call_sheet
from data_access.inspection.call_questions import load_call_questions
from data_access.inspection.calls import REACHED, CallResult
from data_access.inspection.problems import not_yet_opened, problem_batches
from data_access.reports.records import FieldReport, reports_batch
from data_access.schema.indicators import code_label
from pages.inspection.telephone import form
from pages.shell import identity, notices, view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import field_reports, numbers, record_form, returned_files


def show(view: View) -> None:
    """What has been recorded here so far, and the upload."""
    if identity.looks_only("record_findings"):
        return
    known = calls.read_results(door.ledger(), scope=view_state.scope(), first=view.on.replace(day=1), last=_last(view))
    here = known[known["village_code"].str.startswith(view.place)]
    with st.expander(t("calls.results"), icon=":material/upload_file:"):
        record_form.of("calls_file").say()
        reached = int((here["outcome"] == REACHED).sum())
        st.markdown(t("calls.known", results=numbers.count(len(here)), reached=numbers.count(reached)))
        st.markdown(t("calls.upload"))
        files = returned_files.upload(
            t("calls.upload"),
            key="calls_file",
            words="calls",
            about=(form.about(view),),
            read=lambda content, name, passwords: read_call_sheet(
                content, name=name, form=form.form_of(view), homes=_due(view), known=known, passwords=passwords
            ),
            say=_said,
            of=(view.month, view.recorded, repr(view.current.facts.version)),
        )
        if results := [result for one in files for result in one.entries]:
            _record(results)


def _last(view: View) -> date:
    return max(view.on, clock.today())


def _due(view: View) -> pd.DataFrame:
    """Every household to be called in the chosen month, with the name of its village."""
    homes = door.read(phone_checks.read_due, scope=view_state.scope(), on=view.on)
    return homes.assign(**{VILLAGE: homes["village_code"].map(view.names)})


def _said(filled: Filled[CallResult]) -> str:
    return t(
        "calls.found",
        rows=filled.rows,
        results=len(filled.entries),
        complaints=sum(one.complains for one in filled.entries),
        wrong=sum(one.outcome in calls.NO_NUMBER for one in filled.entries),
        unchanged=filled.unchanged,
        blank=filled.blank,
        rejected=len(filled.rejected),
    )


def _record(results: list[CallResult]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        recorded_by = identity.recorder(t("calls.by"), key="calls_by", width=180)
        pressed = st.button(t("calls.record", results=len(results)), type="primary", key="calls_record")
    if not pressed:
        return
    opened = calls.problems_of(results, on=clock.today(), describe=_in_words)
    form, ledger, scope = record_form.of("calls_file"), door.ledger(), view_state.scope()
    said = t("calls.recorded", results=len(results))
    try:
        new = not_yet_opened(ledger, opened)
        reports = [*calls.reports_of(results, recorded_by=recorded_by), *_corrections(results, recorded_by=recorded_by)]
        follow = [*problem_batches(new), reports_batch(ledger, reports)]
        calls.add_results(ledger, results, *follow, recorded_by=recorded_by, scope=scope)
        form.recorded(said)
    except LedgerError as error:
        st.error(notices.error_text(error), icon=":material/error:")
        return
    field_reports.post()
    st.rerun()


def _corrections(results: list[CallResult], *, recorded_by: str) -> list[FieldReport]:
    """The numbers that were found to be wrong."""
    homes = tuple(sorted({one.household_id for one in results if one.outcome in calls.NO_NUMBER}))
    phones = door.read(phone_checks.read_phones, scope=view_state.scope(), household_ids=homes) if homes else {}
    return calls.corrections_of(results, phones=phones, recorded_by=recorded_by, alone=identity.is_alone())


def _in_words(one: CallResult) -> str:
    asked = load_call_questions()
    told = [
        code_label(codes="complaint", code=one.complaint or "", language=language())
        if name == "complaint"
        else asked[name].label[language()]
        for name in one.troubles
    ]
    return t("calls.problem", complaint=t("list.separator").join(told), note=one.note or "")
