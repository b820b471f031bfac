"""What is found about one unit: question by question, against what the system says."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import streamlit as st

from data_access import clock, door
from data_access.errors import LedgerError
from data_access.inspection import findings, problems
from data_access.inspection.findings import Finding, Question
from data_access.inspection.problems import Problem
from data_access.ledger.declaration import LONGEST_TEXT
from data_access.schema.indicators import code_label
from data_access.schema.limits import is_placeholder, limit
from pages.shell import identity, notices, view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import household_values, numbers
from pages.widgets.draw.choice import ChosenDraw

ANSWERS = ("not_checked", "agrees", "differs")
_SAID = "villages.said"


def show(unit: Mapping[str, Any], *, chosen: ChosenDraw, view: View, source: str = "inspection") -> None:
    """The questions about the unit, what was found before, and the form for what is found now.

    `source`: where the problems come from that are opened here.
    """
    if _SAID in st.session_state:
        st.success(t("villages.recorded", findings=st.session_state.pop(_SAID)))
    before = findings.read_findings(door.ledger(), scope=view_state.scope(), draw_id=chosen.draw_id)
    known = {row["question"]: row for row in before[before["code"] == unit["code"]].to_dict("records")}
    if identity.looks_only("record_findings"):
        return
    system = system_values(unit, view=view)
    with st.form(f"villages_{unit['code']}", border=True):
        st.markdown(t("villages.form_intro", unit=household_values.plain(unit["code"])))
        answers = {
            key: _ask(question, unit=unit, system=system[key], before=known.get(key))
            for key, question in findings.load_questions()[unit["kind"]].items()
        }
        with st.container(horizontal=True, vertical_alignment="bottom"):
            on = st.date_input(t("villages.found_on"), value=clock.today(), width=170)
            by = identity.recorder(t("villages.by"), key="villages_by", width=180)
            due = st.date_input(t("villages.due_on"), value=usual_due(), width=170)
            opens = st.checkbox(t("villages.open_problems"), value=True, key="villages_open")
        if is_placeholder("problem_due_days", on=clock.today()):
            st.caption(t("villages.placeholder"))
        pressed = st.form_submit_button(t("villages.record"), type="primary")
    if pressed and isinstance(on, date):
        found = _findings(answers, unit=unit, system=system, chosen=chosen, on=on)
        record(found, by=by, due_on=due if opens and isinstance(due, date) else None, source=source)


def usual_due() -> date:
    """The day by which a problem is to be settled unless somebody says otherwise."""
    return clock.today() + timedelta(days=limit("problem_due_days", on=clock.today()))


def system_values(unit: Mapping[str, Any], *, view: View) -> dict[str, str]:
    """What the system says about each question, in words."""
    questions = findings.load_questions()[unit["kind"]]
    if unit["kind"] == "village":
        return {key: _figure(question, unit["code"], view=view) for key, question in questions.items()}
    scope = view_state.scope().narrowed(unit["village_code"])
    if unit["kind"] == "household":
        rows = door.read(findings.read_household_values, scope=scope, on=view.on, household_ids=(unit["code"],))
    else:
        rows = door.read(findings.read_project_values, scope=scope, project_ids=(unit["code"],))
    row = next(iter(rows.to_dict("records")), {})
    return {
        key: t("list.separator").join(_value(name, row.get(name), kind=unit["kind"]) for name in question.columns)
        for key, question in questions.items()
    }


def _figure(question: Question, village: str, *, view: View) -> str:
    table = view_state.metric_table()
    metric = question.metric or ""
    return numbers.count(table.count(metric, place=village, month=view.month))


def _value(name: str, value: Any, *, kind: str) -> str:
    if isinstance(value, datetime) and value == value:
        value = value.date()
    if kind == "household":
        return household_values.column_text(household_values.indicator_of(name)[1], value)
    if value is None or value != value:
        return household_values.not_collected()
    if isinstance(value, date):
        return household_values.day(value)
    return household_values.yuan(value) if name == "spent" else f"{household_values.number(value)}%"


def _ask(question: Question, *, unit: Mapping[str, Any], system: str, before: Mapping | None) -> tuple[str, str]:
    """One question: does it agree, and what was found; returns answer and words."""
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
            ANSWERS,
            format_func=lambda one: t(f"villages.answer_{one}"),
            horizontal=True,
            label_visibility="collapsed",
            key=f"{key}_answer",
        )
        text = st.text_input(
            t("villages.found"),
            max_chars=LONGEST_TEXT,
            placeholder=t("villages.found"),
            key=f"{key}_text",
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
        Finding(
            finding_id=f"F{secrets.token_hex(6).upper()}",
            draw_id=chosen.draw_id,
            kind=unit["kind"],
            code=unit["code"],
            township_code=unit["township_code"],
            village_code=unit["village_code"],
            question=key,
            problem_class=questions[key].problem_class,
            agrees=answer == "agrees",
            found_on=on,
            system_value=system[key],
            found_value=text or None,
        )
        for key, (answer, text) in answers.items()
        if answer in ("agrees", "differs")
    ]


def record(found: list[Finding], *, by: str, due_on: date | None, source: str = "inspection") -> None:
    """Findings and the problems they open, together."""
    if not found:
        st.warning(t("villages.nothing"), icon=":material/warning:")
        return
    opened = (
        [_problem(one, due_on=due_on, source=source) for one in found if not one.agrees] if due_on is not None else []
    )
    try:
        st.session_state[_SAID] = findings.add_findings(
            door.ledger(), found, *problems.problem_batches(opened), by=by, scope=view_state.scope()
        )
    except LedgerError as error:
        st.session_state.pop(_SAID, None)
        st.error(notices.error_text(error), icon=":material/error:")
        return
    st.rerun()


def _problem(one: Finding, *, due_on: date, source: str) -> Problem:
    label = findings.load_questions()[one.kind][one.question].label[language()]
    return Problem(
        problem_id=problems.new_problem_id(),
        township_code=one.township_code,
        village_code=one.village_code,
        household_id=one.code if one.kind == "household" else None,
        project_id=one.code if one.kind == "project" else None,
        description=t("villages.problem", label=label, system=one.system_value or "", found=one.found_value or ""),
        problem_class=one.problem_class,
        source=source,
        source_id=one.finding_id,
        found_on=one.found_on,
        due_on=max(due_on, one.found_on),
    )
