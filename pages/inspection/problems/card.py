"""One problem: what it is, its history, and the next step."""

from datetime import date

import pandas as pd
import streamlit as st

from data_access import clock, door
from data_access.errors import LedgerError
from data_access.inspection import findings, problems
from data_access.inspection.problems import LONGEST_WORDS, NEXT_STEPS, ProblemStep
from data_access.ledger.declaration import LONGEST_TEXT
from data_access.schema.indicators import code_label
from pages.shell import identity, notices, view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import departments as department_names
from pages.widgets import list_table, record_form, same_signature, sheet
from pages.widgets.household_values import plain
from pages.widgets.record_form import RecordForm

_NOBODY = ""


def show(problem_id: str | None, *, view: View) -> None:
    """The card of a problem; nothing if none is chosen."""
    if problem_id is None:
        return
    known = problems.read_problems(door.ledger(), scope=view_state.scope(), on=clock.today())
    [row] = known[known["problem_id"] == problem_id].to_dict("records")
    with st.container(border=True):
        st.markdown(t("problems.card", number=problem_id, description=plain(row["description"])))
        if row["household_id"]:
            link = list_table.household_address(row["household_id"], view=view)
            st.markdown(t("problems.household", number=row["household_id"], link=link))
            same_signature.show(
                row["household_id"], question=_question(row["source_id"]), view=view, key="problem_same"
            )
        steps = problems.read_steps(door.ledger(), scope=view_state.scope(), problem_id=problem_id)
        form = record_form.of("problem_step")
        form.say()
        _history(steps)
        _next(problem_id, state=row["state"], steps=steps, form=form)


def _question(source_id: object) -> str | None:
    """The question whose answer opened the problem; None for one that was found in another way."""
    return findings.read_question(door.ledger(), scope=view_state.scope(), finding_id=str(source_id))


def _history(steps: pd.DataFrame) -> None:
    departments = department_names.names()
    shown = pd.DataFrame(
        {
            "step": [code_label(codes="problem_step", code=code, language=language()) for code in steps["step"]],
            "done_on": steps["done_on"],
            "department": [departments.get(code, code) for code in steps["department"].fillna("")],
            "owner": steps["owner"],
            "due_on": steps["due_on"],
            "measures": steps["measures"],
            "evidence": steps["evidence"],
            "by": steps["recorded_by"],
        }
    )
    columns = {str(name): t(f"problems.step_{name}") for name in shown}
    sheet.show(shown, hide_index=True, column_config=columns, height="content", placeholder=t("value.none"))


def _next(problem_id: str, *, state: str, steps: pd.DataFrame, form: RecordForm) -> None:
    """The form for the next step: only steps that are allowed next."""
    if identity.looks_only("record_problems"):
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        step = st.selectbox(
            t("problems.step_step"),
            NEXT_STEPS[state],
            format_func=lambda code: code_label(codes="problem_step", code=code, language=language()),
            key=form.key(f"problems_step_{state}"),
            width=220,
        )
        on = st.date_input(t("problems.step_done_on"), value=clock.today(), width=160)
        names = {_NOBODY: t("problems.unchanged"), **department_names.names()}
        department = st.selectbox(
            t("problems.step_department"),
            list(names),
            format_func=names.__getitem__,
            key=form.key("problems_department"),
            width=200,
        )
        owner = st.text_input(
            t("problems.step_owner"), max_chars=LONGEST_TEXT, key=form.key("problems_owner"), width=150
        )
        due = st.date_input(t("problems.step_due_on"), value=None, key=form.key("problems_due"), width=160)
    measures = st.text_input(t("problems.step_measures"), max_chars=LONGEST_WORDS, key=form.key("problems_measures"))
    evidence = st.text_input(t("problems.step_evidence"), max_chars=LONGEST_WORDS, key=form.key("problems_evidence"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        recorded_by = identity.recorder(t("problems.step_by"), key="problems_by", width=180)
        pressed = st.button(t("problems.record"), type="primary", key=form.key("problems_record"))
    if form.changed(len(steps), about=problem_id):
        _say_changed(steps.iloc[-1])
    elif pressed and isinstance(on, date):
        done = ProblemStep(
            step=str(step),
            done_on=on,
            department=department or None,
            owner=owner.strip() or None,
            due_on=due if isinstance(due, date) else None,
            measures=measures.strip() or None,
            evidence=evidence.strip() or None,
        )
        _record(problem_id, done, form=form, recorded_by=recorded_by)


def _say_changed(newest: pd.Series) -> None:
    """What somebody else recorded while this page was open: whoever looks at it decides anew."""
    step = code_label(codes="problem_step", code=newest["step"], language=language())
    at = clock.in_place(newest["recorded_at"]).strftime("%H:%M")
    owner = newest["owner"] or t("problems.nobody")
    said = t("problems.changed_since", by=plain(newest["recorded_by"]), at=at, step=step, owner=plain(owner))
    st.warning(said, icon=":material/warning:")


def _record(problem_id: str, step: ProblemStep, *, form: RecordForm, recorded_by: str) -> None:
    ledger, scope, said = door.ledger(), view_state.scope(), t("problems.recorded")
    try:
        problems.record_step(ledger, problem_id, step, recorded_by=recorded_by, scope=scope)
        form.recorded(said)
    except LedgerError as error:
        st.error(notices.error_text(error), icon=":material/error:")
        return
    st.rerun()
