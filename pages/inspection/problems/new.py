"""Open a problem by hand: one found by the meeting or anyone else."""

import streamlit as st

from data_access import clock, door
from data_access.errors import LedgerError
from data_access.inspection import problems
from data_access.inspection.problems import LONGEST_WORDS, Problem
from data_access.ledger.declaration import LONGEST_TEXT
from data_access.schema.indicators import code_label, load_codes
from data_access.schema.limits import is_placeholder
from pages.shell import identity, notices, view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import departments as department_names
from pages.widgets import record_form
from pages.widgets.record_form import RecordForm

_NOBODY = ""


def show(view: View) -> None:
    """The form."""
    if identity.looks_only("record_problems"):
        return
    if view.place == view.county:
        st.info(t("problems.choose_township"))
        return
    departments = {_NOBODY: t("problems.nobody"), **department_names.names()}
    form = record_form.of("problems_new")
    form.say()
    with st.form(form.key("problems_new")):
        st.markdown(t("problems.new_intro", place=view.name(view.place)))
        description = st.text_area(
            t("problems.column_description"), max_chars=LONGEST_WORDS, key=form.key("problems_new_text")
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            kind = _choose("problem_class", key="problems_new_class", label=t("problems.column_problem_class"))
            source = _choose("problem_source", key="problems_new_source", label=t("problems.column_source"))
            department = st.selectbox(
                t("problems.column_department"),
                list(departments),
                format_func=departments.__getitem__,
                key="problems_new_department",
                width=200,
            )
            owner = st.text_input(
                t("problems.column_owner"), max_chars=LONGEST_TEXT, key=form.key("problems_new_owner"), width=150
            )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            found = st.date_input(t("problems.column_found_on"), value=clock.today(), width=160)
            due = st.date_input(t("problems.column_due_on"), value=problems.usual_due(clock.today()), width=160)
            recorded_by = identity.recorder(t("problems.step_by"), key="problems_new_by", width=180)
            pressed = st.form_submit_button(t("problems.open"), type="primary", key=form.key("problems_new_press"))
    if is_placeholder("problem_due_days", on=clock.today()):
        st.caption(t("villages.placeholder"))
    if pressed:
        one = problems.problem_at(
            view.place,
            description=description,
            problem_class=kind,
            source=source,
            found_on=found,
            due_on=due,
            department=department,
            owner=owner,
        )
        _open(one, form=form, recorded_by=recorded_by)


def _choose(codes: str, *, key: str, label: str) -> str:
    names = {code: code_label(codes=codes, code=code, language=language()) for code in load_codes()[codes]}
    return str(st.selectbox(label, list(names), format_func=names.__getitem__, key=key, width=180))


def _open(one: Problem, *, form: RecordForm, recorded_by: str) -> None:
    ledger, scope, said = door.ledger(), view_state.scope(), t("problems.opened", number=one.problem_id)
    try:
        problems.open_problems(ledger, [one], recorded_by=recorded_by, scope=scope)
        form.recorded(said)
    except LedgerError as error:
        st.error(notices.error_text(error), icon=":material/error:")
        return
    st.rerun()
