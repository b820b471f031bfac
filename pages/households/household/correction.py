"""Correcting an indicator of the household: which one, since when, the value held and the right one, how that is known.
It counts once a second person has approved it."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import uuid4

import streamlit as st

from data_access import clock, door
from data_access.errors import LedgerError
from data_access.households.intervals import read_intervals
from data_access.reports import corrections, records
from data_access.reports.kinds import load_report_kinds
from data_access.schema.indicators import IndicatorColumn, load_codes, load_indicators
from data_access.schema.ranges import range_of
from data_access.warnings.explanation import Explanation
from pages.shell import identity, notices, view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import household_values, record_form, report_fields
from pages.widgets.part import part
from pages.widgets.record_form import RecordForm

_NAME, _WIDTH = "correction", 200


@part
def show(household_id: str, *, village_code: str, why: Explanation, view: View) -> None:
    """The form; nothing for whoever may not record, and where no rule reads anything."""
    form = record_form.of(_NAME)
    form.say()
    columns = _columns(why)
    if not identity.may(records.ACTION) or not columns:
        return
    intervals = door.read(read_intervals, scope=view_state.scope(), household_id=household_id)
    with st.expander(t("corrections.form"), icon=":material/rule:"):
        st.markdown(t("corrections.intro"))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = st.selectbox(
                t("corrections.indicator"),
                list(columns),
                format_func=lambda one: _label(columns[one]),
                key=form.key("correction_column"),
                width=260,
            )
            since = st.date_input(
                t("corrections.since"),
                value=clock.today(),
                min_value=intervals[0]["valid_from"] if intervals else None,
                max_value=clock.today(),
                key=form.key("correction_since"),
                width=160,
            )
        if isinstance(since, date):
            _ask(columns[name], intervals, household_id, village_code=village_code, since=since, view=view)


def _columns(why: Explanation) -> dict[str, IndicatorColumn]:
    """The indicators that the rules in force read, those that give most points first."""
    table = load_report_kinds()[corrections.INDICATOR].filled
    rules = [one.rule for one in sorted(why.assessments, key=lambda one: -(one.points or 0))]
    names = dict.fromkeys(name for rule in rules for name in rule.columns if name in table.c)
    declared = {part.name: part for one in load_indicators() for part in one.columns}
    return {name: declared[name] for name in names if name in declared}


def _label(column: IndicatorColumn) -> str:
    return column.zh if language() == "zh" else column.en


def _ask(
    column: IndicatorColumn,
    intervals: tuple[Mapping[str, Any], ...],
    household_id: str,
    *,
    village_code: str,
    since: date,
    view: View,
) -> None:
    form = record_form.of(_NAME)
    cut_off = view.current.facts.months.cut_off
    old = corrections.value_on(intervals, column=column.name, on=min(since, cut_off))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        held = household_values.column_text(column, old)
        st.text_input(t("corrections.old"), value=held, disabled=True, key=f"correction_old_{held}", width=_WIDTH)
        new = _new_value(column, old, form=form)
        basis = st.selectbox(
            t("corrections.basis"),
            list(load_codes()[corrections.BASES]),
            format_func=lambda code: household_values.word(corrections.BASES, code),
            key=form.key("correction_basis"),
            width=_WIDTH,
        )
        by, words = report_fields.by_and_words("correction", form=form)
        wrong = _wrong(column, old=old, new=new)
        pressed = st.button(
            t("corrections.record"), type="primary", key=form.key("correction_record"), disabled=wrong is not None
        )
    if wrong:
        st.caption(f":red[{wrong}]")
    if not pressed or wrong is not None:
        return
    report = records.correction(
        household_id=household_id,
        village_code=village_code,
        column=column.name,
        old=old,
        new=new,
        basis=basis,
        happened_on=since,
        words=words,
        reported_by=by,
        alone=identity.is_alone(),
        token=_token(form),
    )
    try:
        records.add_reports(door.ledger(), [report], recorded_by=by, scope=view_state.scope())
        form.recorded(t("corrections.recorded"))
    except LedgerError as error:
        st.error(notices.error_text(error), icon=":material/error:")
        return
    st.rerun()


def _token(form: RecordForm) -> str:
    """What tells this form apart: so that what was refused can be recorded again, and one form is one record."""
    return str(st.session_state.setdefault(form.key("correction_token"), uuid4().hex))


def _new_value(column: IndicatorColumn, old: Any, *, form: RecordForm) -> Any:
    """The field for the right value, by the kind and the unit of the indicator; None while it is open."""
    label = t("corrections.new")
    if column.unit is not None:
        label = t("corrections.new_unit", unit=t(f"quantity.{column.unit}", number="").strip())
    key = form.key(f"correction_new_{column.name}")
    held = load_report_kinds()[corrections.INDICATOR].filled.c[column.name]
    match column.type:
        case "boolean":
            both: list[bool] = [one for one in (True, False) if one is not old]
            return st.selectbox(label, both, format_func=_yes_or_no, key=key, width=_WIDTH)
        case "code":
            codes = [code for code in load_codes()[str(column.codes)] if code != old]
            word = household_values.word
            return st.selectbox(
                label, codes, format_func=lambda code: word(str(column.codes), code), key=key, width=_WIDTH
            )
        case "date":
            return st.date_input(label, value=None, max_value=clock.today(), key=key, width=_WIDTH)
    low, high = range_of(held) or (0, None)
    whole = column.type == "integer"
    meant = int if whole else float
    return st.number_input(
        label,
        min_value=meant(low),
        max_value=None if high is None else meant(high),
        value=None,
        step=meant(1),
        format="%d" if whole else "%.2f",
        key=key,
        width=_WIDTH,
    )


def _yes_or_no(value: bool) -> str:
    return household_values.word("boolean", value)


def _wrong(column: IndicatorColumn, *, old: Any, new: Any) -> str | None:
    """What is wrong with the new value; empty while it is open."""
    if new is None:
        return ""
    return t("corrections.same", column=_label(column)) if new == old else None
