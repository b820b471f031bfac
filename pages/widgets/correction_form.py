"""Correcting an indicator of one household, or of several that are wrong alike: which one, since when, from which value
to which, how that is known. It counts once a second person has approved it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from data_access import clock, door
from data_access.errors import LedgerError
from data_access.households.intervals import read_intervals
from data_access.reports import corrections, records
from data_access.reports.kinds import load_report_kinds
from data_access.risk.rule import Rule
from data_access.schema.indicators import IndicatorColumn, load_codes, load_indicators
from data_access.schema.ranges import range_of
from pages.shell import identity, notices, view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import household_values, record_form, report_fields
from pages.widgets.record_form import RecordForm

NAME = "correction"
_WIDTH = 200
_DIFFERENT = object()
"""Stands for the value held where households have different ones."""

_Held = dict[str, Any]
"""Household -> the value that it holds."""


def columns_of(rules: Iterable[Rule]) -> dict[str, IndicatorColumn]:
    """The indicators that some rules read, in their order; none other can be corrected."""
    table = load_report_kinds()[corrections.INDICATOR].filled
    names = dict.fromkeys(name for rule in rules for name in rule.columns if name in table.c)
    declared = {part.name: part for one in load_indicators() for part in one.columns}
    return {name: declared[name] for name in names if name in declared}


def show(homes: pd.DataFrame, *, columns: Mapping[str, IndicatorColumn], view: View) -> None:
    """The form.

    Args:
        homes: one row per household: household_id, village_code.
        columns: what can be corrected, as `columns_of` returns it.
    """
    form = record_form.of(NAME)
    asked = tuple(sorted(homes["household_id"]))
    intervals = door.read(read_intervals, scope=view_state.scope(), household_ids=asked)
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
            min_value=min((one["valid_from"] for one in intervals), default=None),
            max_value=clock.today(),
            key=form.key("correction_since"),
            width=160,
        )
    if isinstance(since, date):
        on = min(since, view.current.facts.months.cut_off)
        own = {home: tuple(one for one in intervals if one["household_id"] == home) for home in asked}
        held = {home: corrections.value_on(rows, column=name, on=on) for home, rows in own.items()}
        _ask(columns[name], held, homes=homes, since=since)


def _label(column: IndicatorColumn) -> str:
    return column.zh if language() == "zh" else column.en


def _ask(column: IndicatorColumn, held: _Held, *, homes: pd.DataFrame, since: date) -> None:
    form = record_form.of(NAME)
    different = list(dict.fromkeys(held.values()))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        told = _held_text(column, held)
        st.text_input(t("corrections.old"), value=told, disabled=True, key=f"correction_old_{told}", width=_WIDTH)
        new = _new_value(column, different[0] if len(different) == 1 else _DIFFERENT, form=form)
        basis = st.selectbox(
            t("corrections.basis"),
            list(load_codes()[corrections.BASES]),
            format_func=lambda code: household_values.word(corrections.BASES, code),
            key=form.key("correction_basis"),
            width=_WIDTH,
        )
        by, words = report_fields.by_and_words(NAME, form=form)
        wrong = {home: old for home, old in held.items() if old != new}
        says_nothing = new is None or not wrong
        pressed = st.button(
            t("corrections.record"), type="primary", key=form.key("correction_record"), disabled=says_nothing
        )
    if new is not None and not wrong:
        st.caption(f":red[{t('corrections.same', column=_label(column))}]")
    elif new is not None and len(wrong) < len(held):
        st.caption(t("corrections.some_same", households=len(held) - len(wrong)))
    if not pressed or says_nothing:
        return
    villages = dict(zip(homes["household_id"], homes["village_code"], strict=True))
    reports = [
        records.correction(
            household_id=home,
            village_code=villages[home],
            column=column.name,
            old=old,
            new=new,
            basis=basis,
            happened_on=since,
            words=words,
            reported_by=by,
            alone=identity.is_alone(),
            token=form.token,
        )
        for home, old in wrong.items()
    ]
    try:
        records.add_reports(door.ledger(), reports, recorded_by=by, scope=view_state.scope())
        form.recorded(t("corrections.recorded"))
    except LedgerError as error:
        st.error(notices.error_text(error), icon=":material/error:")
        return
    st.rerun()


def _held_text(column: IndicatorColumn, held: _Held) -> str:
    """The value held; of several, how many households have each."""
    counts = Counter(household_values.column_text(column, value) for value in held.values())
    if len(held) == 1:
        return next(iter(counts))
    said = (t("corrections.old_of", value=value, households=households) for value, households in counts.most_common())
    return t("list.separator").join(said)


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
