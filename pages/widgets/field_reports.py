"""Reports from the field beside numbers, lists and households: what waits to come into the data, and forms for more."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from data_access import door
from data_access.errors import AppError, LedgerError
from data_access.posting.waiting import being_taken_back, is_posted, read_posted_numbers
from data_access.reports import approval, corrections, records
from data_access.reports.kinds import ReportKind, load_report_kinds
from data_access.reports.records import FieldReport
from data_access.schema.indicators import code_label
from pages.shell import identity, notices, view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import household_values, record_form, report_fields
from pages.widgets.record_form import RecordForm


def waiting_text(*metrics: str, view: View) -> str:
    """That some reports which change one of some metrics are not in the data yet, or have to be entered elsewhere
    first; empty where none waits."""
    count, entered = view.waiting(*metrics)
    said = [t("reports.waiting", count=count)] * bool(count) + [t("reports.to_enter", count=entered)] * bool(entered)
    return t("list.separator").join(said)


def note(*metrics: str, view: View) -> None:
    """The same as a line of its own."""
    if said := waiting_text(*metrics, view=view):
        st.caption(said)


def post() -> None:
    """Have what was recorded put into the data. Where that cannot be done now it waits, as the page says, and is tried
    again by the server."""
    try:
        door.post_reports()
    except AppError:
        return


def post_now() -> None:
    """The same, and wait for it, before figures are frozen: what cannot be put into the data now is left out of
    them."""
    try:
        door.post_waiting_reports()
    except AppError:
        return


def record(things: pd.DataFrame, *, kind: ReportKind, known: Collection[str] = ()) -> None:
    """A form for a report of some things; nothing while none is chosen.

    Args:
        things: one row per thing: household_id, village_code, what is known, and the column of its number, unless it
            is new.
        known: the columns that the form need not ask.
    """
    form = record_form.of(kind.key)
    form.say()
    if things.empty or identity.looks_only("record_conclusions"):
        return
    with record_form.frame(kind.key):
        st.markdown(t("reports.heading", kind=kind.label[language()], things=len(things)))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            values, on, name, words = _asked(kind, known=known, form=form)
            pressed = st.button(t("reports.record"), type="primary", key=form.key(f"{kind.key}_record"))
    if not pressed or on is None:
        return
    reports = [
        FieldReport(
            kind=kind.key,
            household_id=row["household_id"],
            village_code=row["village_code"],
            thing=row[kind.thing] if kind.existing else kind.number(row["household_id"], on=on, values=values),
            happened_on=on,
            values={**{column: row[column] for column in known}, **values},
            words=words,
            reported_by=name,
        )
        for row in things.to_dict("records")
    ]
    try:
        records.add_reports(door.ledger(), reports, recorded_by=name, scope=view_state.scope())
        told = {"reports": len(reports)}
        form.recorded(t("reports.recorded", **told) if is_posted(kind.key) else t("reports.recorded_to_enter", **told))
    except LedgerError as error:
        st.error(notices.error_text(error), icon=":material/error:")
        return
    post()
    st.rerun()


def _asked(
    kind: ReportKind, *, known: Collection[str], form: RecordForm
) -> tuple[dict[str, Any], date | None, str, str | None]:
    """What the fields say: values, day, who, words."""
    first = [] if kind.result is None else [kind.result]
    values = report_fields.ask(kind, first, form=form)
    explained = kind.needs.get(str(values[kind.result])) if kind.result else None
    left = [name for name in kind.says if name not in (*first, *known, *kind.needs.values(), kind.by)]
    values |= report_fields.ask(kind, [*left, *([explained] if explained else [])], form=form)
    on = report_fields.day(kind, form=form)
    name, words = report_fields.by_and_words(kind.key, form=form)
    return values if kind.by is None else {**values, kind.by: name}, on, name, words


def state_of(row: Mapping[str, Any], *, waiting: Collection[str]) -> str:
    """What has become of a report: a key of the catalogue."""
    if row["taken_back"]:
        posted = door.read(read_posted_numbers, scope=view_state.scope())
        held = row["report_no"] in being_taken_back(door.reports(scope=view_state.scope()), posted=posted)
        return "taking_back" if held else "taken_back"
    if approval.is_unapproved(row):
        return "unapproved"
    if row["report_no"] in waiting:
        return "waits" if is_posted(row["kind"]) else "to_enter"
    return str(row["state"]) if row["state"] in (records.DOUBT, records.DISMISSED, records.REFUSED) else "posted"


STATES = (
    *("posted", "waits", "to_enter", "unapproved", "taking_back", "taken_back"),
    *(records.DOUBT, records.DISMISSED, records.REFUSED),
)
"""What can have become of a report; `reports.state_<key>` in the catalogues."""


def by_whom(row: Mapping[str, Any]) -> str:
    """Who reported, and who approved or refused it; and that one person may have done what two should, where nobody
    signs in."""
    by = str(row["reported_by"])
    if row["state"] in (records.APPROVED, records.REFUSED):
        words = {"by": by, "second": row["decided_by"]}
        by = (
            t("corrections.approved_by", **words)
            if row["state"] == records.APPROVED
            else t("corrections.refused_by", **words)
        )
    return t("reports.by_one_person", by=by) if row["origin"] == records.ALONE else by


def said(row: Mapping[str, Any]) -> str:
    """What a report says, in words."""
    kind = load_report_kinds()[row["kind"]]
    if kind.corrects:
        parts = [
            correction_text(kind, row),
            household_values.word(corrections.BASES, row["content"][corrections.BASIS]),
        ]
        return t("list.separator").join([*parts, *(_words(row))])
    parts = [str(row["happened_on"])]
    held = row["content"]
    parts += [value_text(kind, name, held[name]) for name in kind.says if held.get(name) is not None]
    return t("list.separator").join([*parts, *_words(row)])


def _words(row: Mapping[str, Any]) -> list[str]:
    return [row["words"]] if isinstance(row["words"], str) else []


def correction_text(kind: ReportKind, row: Mapping[str, Any]) -> str:
    """What a correction changes: since when, which indicator, from which value to which."""
    column = household_values.indicator_of(row["thing"])[1]
    old, new = (corrected_text(kind, row["thing"], row["content"][name]) for name in (corrections.OLD, corrections.NEW))
    label = column.zh if language() == "zh" else column.en
    return t("corrections.said", since=row["happened_on"], column=label, old=old, new=new)


def corrected_text(kind: ReportKind, name: str, value: object) -> str:
    """A value of an indicator, as a correction holds it, in words."""
    held = corrections.as_held(value, column=kind.filled.c[name])
    return household_values.column_text(household_values.indicator_of(name)[1], held)


def value_text(kind: ReportKind, name: str, value: object) -> str:
    """A value of a report in words."""
    codes = kind.filled.c[name].info["codes"]
    return code_label(codes=codes, code=str(value), language=language()) if codes and value is not None else str(value)
