"""What is found about one unit: question by question, compared with what the system says."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

from data_access import clock, door
from data_access.inspection import findings, problems
from data_access.inspection.findings import Finding, Question
from data_access.ledger.declaration import LONGEST_TEXT
from data_access.schema.indicators import code_label
from data_access.schema.limits import is_placeholder
from pages.shell import identity, view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import household_values, record_form, same_signature
from pages.widgets.draw import record_findings
from pages.widgets.draw.choice import ChosenDraw
from pages.widgets.draw.system_values import system_values
from pages.widgets.record_form import RecordForm

ANSWERS = {"agrees": True, "differs": False}
"""Answer -> whether the system agrees with what was found on site."""

NOT_CHECKED = "not_checked"


def show(unit: Mapping[str, Any], *, chosen: ChosenDraw, view: View, source: str = "inspection") -> None:
    """The questions about the unit, the earlier findings, and the form for new ones.

    `source`: the recorded source of problems opened here. What the system does not hold is asked on the spot alone: a
    recheck is of records.
    """
    form = record_form.of("findings")
    form.say()
    before = findings.read_findings(door.ledger(), scope=view_state.scope(), draw_id=chosen.draw_id)
    known = {row["question"]: row for row in before[before["code"] == unit["code"]].to_dict("records")}
    if unit["kind"] == "household":
        for key, row in known.items():
            if not row["agrees"]:
                same_signature.show(unit["code"], question=key, view=view, key="villages_same")
    if identity.looks_only("record_findings"):
        return
    system = system_values(unit, view=view)
    with st.form(form.key(f"villages_{unit['code']}"), border=True):
        st.markdown(t("villages.form_intro", unit=household_values.plain(unit["code"])))
        answers = {
            key: _ask(question, unit=unit, system=system[key], before=known.get(key), form=form)
            for key, question in findings.load_questions()[unit["kind"]].items()
            if question.is_compared or source == "inspection"
        }
        with st.container(horizontal=True, vertical_alignment="bottom"):
            on = st.date_input(t("villages.found_on"), value=clock.today(), width=170)
            by = identity.recorder(t("villages.by"), key="villages_by", width=180)
            due = st.date_input(t("villages.due_on"), value=problems.usual_due(clock.today()), width=170)
            opens = st.checkbox(t("villages.open_problems"), value=True, key="villages_open")
        if is_placeholder("problem_due_days", on=clock.today()):
            st.caption(t("villages.placeholder"))
        pressed = st.form_submit_button(t("villages.record"), type="primary", key=form.key("villages_record"))
    if _changed(unit, known=known, form=form):
        return
    if pressed and isinstance(on, date):
        found = _findings(answers, unit=unit, system=system, chosen=chosen, on=on)
        record_findings.record(
            found, form=form, recorded_by=by, due_on=due if opens and isinstance(due, date) else None, source=source
        )


def _changed(unit: Mapping[str, Any], *, known: Mapping[str, Mapping], form: RecordForm) -> bool:
    """Whether somebody else recorded what was found about the unit while its form was open; says what."""
    last = max(known.values(), key=lambda row: row["record_id"], default=None)
    if not form.changed(0 if last is None else last["record_id"], about=unit["code"]) or last is None:
        return False
    said = t(
        "villages.changed_since",
        by=household_values.plain(last["recorded_by"]),
        at=clock.in_place(last["recorded_at"]).strftime("%H:%M"),
        question=findings.load_questions()[unit["kind"]][last["question"]].label[language()],
        answer=_word(last),
    )
    st.warning(said, icon=":material/warning:")
    return True


def _ask(
    question: Question, *, unit: Mapping[str, Any], system: str, before: Mapping | None, form: RecordForm
) -> tuple[str, str]:
    """One question: whether the system agrees, and what was found; returns answer and words."""
    key = f"villages_{unit['code']}_{question.key}"
    said = "" if before is None else t("villages.before", answer=_word(before), by=before["recorded_by"])
    question_class = code_label(codes="problem_class", code=question.problem_class, language=language())
    st.markdown(
        t(
            "villages.question",
            label=question.label[language()],
            system=household_values.plain(system),
            of=question_class,
        )
        + (f" :gray[{household_values.plain(said)}]" if said else "")
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        answer = st.radio(
            question.label[language()],
            (NOT_CHECKED, *ANSWERS),
            format_func=lambda one: t(f"villages.answer_{one}"),
            horizontal=True,
            label_visibility="collapsed",
            key=form.key(f"{key}_answer"),
        )
        text = st.text_input(
            t("villages.found"),
            max_chars=LONGEST_TEXT,
            placeholder=t("villages.found"),
            key=form.key(f"{key}_text"),
            label_visibility="collapsed",
        )
    return str(answer), text.strip()


def _word(before: Mapping) -> str:
    return t("villages.answer_agrees") if before["agrees"] else t("villages.answer_differs")


def _findings(
    answers: Mapping[str, tuple[str, str]],
    *,
    unit: Mapping[str, Any],
    system: Mapping[str, str],
    chosen: ChosenDraw,
    on: date,
) -> list[Finding]:
    questions = findings.load_questions()[unit["kind"]]
    return [
        findings.new_finding(
            questions[key],
            draw_id=chosen.draw_id,
            unit=unit,
            agrees=ANSWERS[answer],
            found_on=on,
            system_value=system[key],
            found_value=text or None,
        )
        for key, (answer, text) in answers.items()
        if answer in ANSWERS
    ]
