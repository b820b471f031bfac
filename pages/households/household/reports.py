"""What the field reported of the household, what became of it, and forms for more: the result of a clue that waits,
visits, screenings, needs, measures."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any

import pandas as pd
import streamlit as st

from data_access import clock, door
from data_access.cases import recording
from data_access.cases.needs_and_measures import read_help
from data_access.clues.waiting import read_waiting_clues
from data_access.errors import LedgerError
from data_access.households import file
from data_access.reports import records
from data_access.reports.kinds import load_report_kinds
from data_access.schema.indicators import code_label
from pages.households.household import known
from pages.shell import identity, kept, notices, view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import case_forms, field_reports, record_form, report_choice, sheet
from pages.widgets.part import part

_KIND = "clue_result"


@dataclass(frozen=True)
class _About:
    """What can be reported of a household."""

    kinds: list[str]
    _: KW_ONLY
    clues: pd.DataFrame
    """Those that wait for a result, as `read_waiting_clues` returns them."""
    tasks: pd.DataFrame
    """Its open measures, and its open needs, as `read_help` returns them."""
    needs: pd.DataFrame
    persons: pd.DataFrame
    case: str | None
    """The number of its case, where that is identified and not over."""


@part
def show(household_id: str, *, village_code: str, view: View) -> None:
    """The reports, newest first, and the forms."""
    try:
        history = door.read_records(records.read_reports, scope=view_state.scope(), household_id=household_id)
    except LedgerError as error:
        st.warning(notices.error_text(error), icon=":material/warning:")
        return
    if not history.empty:
        _history(history[history["takes_back"].isna()][::-1], view=view)
    about = kept.value(("reports about", household_id), lambda: _about(household_id, view=view))
    _result_of_clue(about.clues)
    if identity.may("record_conclusions"):
        with st.expander(t("reports.what"), icon=":material/edit_note:"):
            _others(about, home=known.row(household_id, village_code=village_code))


def _others(about: _About, *, home: pd.DataFrame) -> None:
    """What else is reported of a household: of itself, or of one of its open needs and measures."""
    chosen = load_report_kinds()[report_choice.choose(about.kinds, key="report_what")]
    if chosen.enters:
        st.markdown(t("reports.enters"))
    if chosen.enters in ("leaves", "splits"):
        names = {row["member_id"]: _person_name(row) for row in about.persons.to_dict("records")}
        number = st.selectbox(t("reports.person"), list(names), format_func=names.__getitem__, key="report_person")
        field_reports.record(home.assign(member_id=number), kind=chosen)
    elif chosen.existing and chosen.thing != "household_id":
        things = about.needs if chosen.key == "need_met" else about.tasks
        names = {row[chosen.thing]: _help_name(row) for row in things.to_dict("records")}
        number = st.selectbox(t("reports.which"), list(names), format_func=names.__getitem__, key="report_help")
        field_reports.record(things[things[chosen.thing] == number], kind=chosen)
    else:
        told = ["case_id"] if chosen.key in report_choice.OF_CASES else []
        field_reports.record(home.assign(case_id=about.case), kind=chosen, known=told)


def _about(household_id: str, *, view: View) -> _About:
    scope = view_state.scope()
    clues = door.read(read_waiting_clues, scope=scope, household_id=household_id, on=view.on)
    mine = view.reported[view.reported["household_id"] == household_id]
    help_ = door.read(read_help, scope=scope, household_id=household_id, on=view.on)
    tasks, needs = help_[help_["measure_id"].notna()], help_[help_["need_id"].notna()]
    persons = door.read(file.read_members, scope=scope, household_id=household_id, on=view.on)
    case = case_forms.identified([household_id]).get(household_id)
    kinds = [*report_choice.HOUSEHOLDS, "self_report", *(report_choice.OF_CASES if case else [])]
    kinds += [*(["measure_begun", "measure_done"] if len(tasks) else []), *(["need_met"] if len(needs) else [])]
    kinds += ["member_joined", *(["member_left", "household_split"] if len(persons) else []), "household_left"]
    waiting = clues[~clues["clue_id"].isin(mine["thing"])]
    return _About(kinds, clues=waiting, tasks=tasks, needs=needs, persons=persons, case=case)


def _person_name(row: Mapping[Any, Any]) -> str:
    relation = code_label(codes="relation", code=row["relation"], language=language()) if row["relation"] else ""
    return t("list.separator").join(str(one) for one in (row["name"], relation, row["member_id"]) if one)


def _help_name(row: Mapping[Any, Any]) -> str:
    kind = code_label(codes="measure_kind", code=row["kind"], language=language()) if row["kind"] else ""
    return t("list.separator").join([kind, str(row["measure_id"] or row["need_id"])])


def _result_of_clue(clues: pd.DataFrame) -> None:
    record_form.of(_KIND).say()
    if clues.empty:
        return
    names = {
        row["clue_id"]: t(
            "reports.clue",
            number=row["clue_id"],
            kind=code_label(codes="clue_kind", code=row["kind"], language=language()) if row["kind"] else "",
            received=row["received_on"],
        )
        for row in clues.to_dict("records")
    }
    chosen = st.selectbox(t("reports.choose_clue"), list(names), format_func=names.__getitem__, key="report_clue")
    field_reports.record(clues[clues["clue_id"] == chosen], kind=load_report_kinds()[_KIND])


def _history(told: pd.DataFrame, *, view: View) -> None:
    waiting = set(view.reported["report_no"]) if "report_no" in view.reported else set()
    states = [field_reports.state_of(row, waiting=waiting) for row in records.records_of(told)]
    shown = pd.DataFrame(
        {
            "kind": [load_report_kinds()[kind].label[language()] for kind in told["kind"]],
            "said": [field_reports.said(row) for row in records.records_of(told)],
            "state": [t(f"reports.state_{state}") for state in states],
            "by": [field_reports.by_whom(row) for row in records.records_of(told)],
            "at": clock.column_in_place(told["recorded_at"]).dt.strftime("%Y-%m-%d %H:%M").to_list(),
        }
    )
    sheet.show(shown, hide_index=True, column_config={str(name): t(f"reports.column_{name}") for name in shown})
    mine = [recording.may_take_back(row, scope=view_state.scope()) for row in records.records_of(told)]
    held = [state in ("posted", "waits", "to_enter", "unapproved") for state in states]
    _take_back(told[[one and other for one, other in zip(mine, held, strict=True)]])


def _take_back(told: pd.DataFrame) -> None:
    if told.empty or not identity.may(records.ACTION):
        return
    rows = {row["report_no"]: row for row in records.records_of(told)}
    form = record_form.of("take_back")
    form.say()
    with st.expander(t("reports.take_back"), icon=":material/undo:"):
        chosen = st.selectbox(
            t("reports.which"),
            list(rows),
            format_func=lambda number: field_reports.said(rows[number]),
            key=form.key("take_back"),
        )
        name = identity.recorder(t("reports.by"), key="take_back_by", width=180)
        if not st.button(t("reports.take_back_press"), key=form.key("take_back_press"), disabled=not name.strip()):
            return
    try:
        ledger, scope = door.ledger(), view_state.scope()
        records.take_back(ledger, report=rows[chosen], reported_by=name, recorded_by=name, scope=scope)
        form.recorded(t("reports.taken_back"))
    except LedgerError as error:
        st.error(notices.error_text(error), icon=":material/error:")
        return
    field_reports.post()
    st.rerun()
