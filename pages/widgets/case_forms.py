"""The steps of cases, recorded where the officer stands: for one household on its page, for a selection in a list."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

import streamlit as st

from data_access import door
from data_access.cases import opening, recording
from data_access.cases.procedure import load_steps
from data_access.cases.recording import DueStep
from data_access.errors import AppError
from data_access.facts.metrics import load_metrics
from data_access.reports.kinds import load_report_kinds
from data_access.schema.indicators import code_label
from pages.shell import identity, kept, notices, view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import field_reports, household_values, record_form, report_fields

_LISTS = {
    "steps": "step",
    "elimination_steps": "step",
    "publicity": "step",
    "to_enter": "step",
    "to_mark": "step",
    "clues_to_open": "opening",
}
"""Fact -> what is recorded at a selection from its list."""

Case = dict[str, Any]


def covers(metric: str) -> bool:
    """Whether the things of a list are cases, or become one."""
    return load_metrics()[metric].numerator.fact in _LISTS


def record(metric: str, household_ids: Sequence[str], *, view: View) -> None:
    """The form for a selection from a list that is covered; nothing while none is chosen."""
    is_opening = _LISTS[load_metrics()[metric].numerator.fact] == "opening"
    (open_cases if is_opening else take_steps)(household_ids, view=view)


def cases_of(household_ids: Collection[str]) -> list[Case]:
    """The cases of some households that are not over, as they are once what waits is in the data."""
    asked = tuple(sorted(set(household_ids)))

    def find() -> list[Case]:
        held = door.read(recording.read_case_files, scope=view_state.scope(), household_ids=asked)
        waiting = door.waiting_reports(scope=view_state.scope())
        return recording.as_reported(held, waiting[waiting["household_id"].isin(asked)])

    return kept.value(("cases", asked), find, everywhere=True)


def identified(household_ids: Collection[str]) -> dict[str, str]:
    """The number of the newest case of each of some households whose case is identified and not over."""
    held = [case for case in cases_of(household_ids) if case["identified_on"] is not None]
    return {case["household_id"]: case["case_id"] for case in reversed(held)}


def step_name(due: DueStep, *, view: View) -> str:
    """What is to be done, in words: the step, or what has to come before it."""
    if due.kind is not None and due.kind.day != due.step.date:
        return due.kind.label[language()]
    if due.step in load_steps(on=view.on).steps:
        return load_steps(on=view.on).name(due.step.key, language=language())
    return code_label(codes="elimination_step", code=due.step.key, language=language())


def take_steps(household_ids: Sequence[str], *, view: View) -> None:
    """The form for the step that the cases of some households wait for; of several steps, for one of them."""
    form = record_form.of("case_step")
    form.say()
    if not household_ids:
        return
    _say_changes(household_ids, form=form)
    found = [(case, due) for case in cases_of(household_ids) if (due := recording.due_step(case, on=view.on))]
    groups: dict[str, tuple[DueStep, list[Case]]] = {}
    for case, due in found:
        groups.setdefault(step_name(due, view=view), (due, []))[1].append(case)
    if not groups:
        return
    names = {name: t("cases.step_waits", step=name, cases=len(cases)) for name, (_, cases) in groups.items()}
    chosen = next(iter(groups))
    if len(groups) > 1:
        chosen = st.selectbox(
            t("cases.choose_step"), list(groups), format_func=names.__getitem__, key="case_step_choice"
        )
    due, cases = groups[chosen]
    acts = code_label(codes="step_level", code=due.acts, language=language())
    if due.kind is None:
        st.caption(t("cases.waits_entry", step=chosen, cases=len(cases)))
    elif identity.may(recording.ACTIONS[due.acts]):
        _form(chosen, due, cases, form=form, view=view)
    else:
        st.caption(t("cases.taken_by", step=chosen, acts=acts))


def _say_changes(household_ids: Sequence[str], *, form: record_form.RecordForm) -> None:
    """That somebody else reported something about these households since the form was drawn."""
    known = door.reports(scope=view_state.scope())
    own = known[known["household_id"].isin(set(household_ids))]
    newest = 0 if own.empty else int(own["record_id"].max())
    if form.changed(newest, about=tuple(sorted(set(household_ids)))):
        last = own.iloc[-1]
        said = t(
            "cases.changed_since",
            by=household_values.plain(last["reported_by"]),
            kind=load_report_kinds()[last["kind"]].label[language()],
            household=last["household_id"],
        )
        st.warning(said, icon=":material/warning:")


def _form(name: str, due: DueStep, cases: list[Case], *, form: record_form.RecordForm, view: View) -> None:
    kind, refused = due.kind, load_report_kinds()[recording.REJECTED]
    if kind is None:
        return
    step = kind.key  # in every key: a click on the form of a step that somebody just took must not take the next one
    with record_form.frame("case_step"):
        st.markdown(t("cases.take_step", step=name, cases=len(cases)))
        outcomes = {"done": t("cases.step_done")}
        if all(case["identified_on"] is None for case in cases):
            outcomes["refused"] = refused.label[language()]
        with st.container(horizontal=True, vertical_alignment="bottom"):
            outcome = st.selectbox(
                t("cases.step_outcome"),
                list(outcomes),
                format_func=outcomes.__getitem__,
                key=form.key(f"{step}_outcome"),
                width=160,
            )
            kind = refused if outcome == "refused" else kind
            values = report_fields.ask(
                kind, [name for name in kind.says if name not in (kind.by, "rejected_step")], form=form
            )
            on = report_fields.day(kind, form=form)
            by, words = report_fields.by_and_words(step, form=form)
            pressed = st.button(t("reports.record"), type="primary", key=form.key(f"{step}_record"))
    if pressed and on is not None:
        _recorded(
            lambda: recording.take_step(
                door.ledger(),
                cases,
                kind=kind,
                happened_on=on,
                values=values,
                words=words,
                recorded_by=by,
                alone=identity.is_alone(),
                on=view.on,
                scope=view_state.scope(),
            ),
            form=form,
        )


def open_cases(household_ids: Sequence[str], *, view: View) -> None:
    """The form by which cases are opened for some households: from the clue that says so, or because somebody found the
    risk; nothing for households whose case is in hand."""
    form = record_form.of(opening.KIND)
    form.say()
    if not household_ids or not identity.may(opening.ACTION):
        return
    asked = tuple(sorted(set(household_ids)))
    known = door.read(opening.read_openings, scope=view_state.scope(), household_ids=asked, on=view.on)
    in_hand = {case["household_id"] for case in cases_of(asked)}
    homes = [row for row in known if not row["in_hand"] and row["household_id"] not in in_hand]
    if not homes:
        return
    kind, by_clue = load_report_kinds()[opening.KIND], all(home["received_on"] is not None for home in homes)
    with record_form.frame(opening.KIND):
        if by_clue:
            days = t("list.separator").join(sorted({str(home["received_on"]) for home in homes}))
            st.markdown(t("cases.open_by_clue", homes=len(homes), days=days))
        else:
            st.markdown(t("cases.open_found", homes=len(homes)))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            types = {"": t("cases.by_type"), "sudden": household_values.word("monitor_category", "sudden")}
            category = st.selectbox(
                t("list.category"), list(types), format_func=types.__getitem__, key=form.key("case_category"), width=220
            )
            asked_for = ["cause_1", *([] if by_clue else ["channel"]), "helped_first"]
            values = report_fields.ask(kind, asked_for, form=form)
            on = None if by_clue else report_fields.day(kind, form=form)
            by, words = report_fields.by_and_words(kind.key, form=form)
            pressed = st.button(t("cases.open_press"), type="primary", key=form.key("case_opened_record"))
    if pressed and (by_clue or on is not None):
        _recorded(
            lambda: opening.open_cases(
                door.ledger(),
                homes,
                found_on=on,
                values=values | ({"category": category} if category else {}),
                words=words,
                recorded_by=by,
                alone=identity.is_alone(),
                scope=view_state.scope(),
            ),
            form=form,
        )


def _recorded(write: Callable[[], int], *, form: record_form.RecordForm) -> None:
    try:
        form.recorded(t("reports.recorded", reports=write()))
    except AppError as error:
        st.error(notices.error_text(error), icon=":material/error:")
        return
    field_reports.post()
    st.rerun()
