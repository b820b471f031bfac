"""The fields of a form for a report from the field: one for each column, by its kind."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import streamlit as st

from data_access import clock
from data_access.ledger.declaration import LONGEST_TEXT
from data_access.lists.lists import DEPARTMENT
from data_access.reports.kinds import ReportKind
from data_access.schema.indicators import code_label
from pages.shell import identity
from pages.shell.texts import language, t
from pages.widgets import departments
from pages.widgets.record_form import RecordForm

_WIDTH = 180


def ask(kind: ReportKind, names: Iterable[str], *, form: RecordForm) -> dict[str, Any]:
    """A field for each of some columns; what was left open is not there. A day is text, as reports hold it."""
    said = {name: _ask(kind, name, key=form.key(f"{kind.key}_{name}")) for name in names}
    return {name: value for name, value in said.items() if value not in (None, "")}


def _ask(kind: ReportKind, name: str, *, key: str) -> Any:
    column = kind.filled.c[name]
    label = str(column.info[language()])
    if name == DEPARTMENT:
        known = {"": t("list.no_department"), **departments.names()}
        return st.selectbox(label, list(known), format_func=known.__getitem__, key=key, width=_WIDTH)
    if codes := column.info["codes"]:
        words = {code: code_label(codes=codes, code=code, language=language()) for code in kind.codes_of(name)}
        first = None if kind.enters else 0  # what nobody knows beforehand is not chosen for them
        return st.selectbox(label, list(words), index=first, format_func=words.__getitem__, key=key, width=_WIDTH)
    if column.type.python_type is bool:
        return st.checkbox(label, key=key) or None
    if column.type.python_type is int:
        return st.number_input(label, min_value=0, step=1, value=None, key=key, width=_WIDTH)
    if column.type.python_type is date:
        day = st.date_input(label, value=None, max_value=clock.today(), key=key, width=_WIDTH)
        return day.isoformat() if isinstance(day, date) else None
    return st.text_input(label, max_chars=LONGEST_TEXT, key=key, width=_WIDTH).strip()


def day(kind: ReportKind, *, form: RecordForm) -> date | None:
    """The day of what is reported: today until another is chosen."""
    key = form.key(f"{kind.key}_day")
    chosen: object = st.date_input(t("reports.day"), value=clock.today(), max_value=clock.today(), key=key, width=160)
    return chosen if isinstance(chosen, date) else None


def by_and_words(name: str, *, form: RecordForm) -> tuple[str, str | None]:
    """Who reports it, and what is to be said besides."""
    by = identity.recorder(t("reports.by"), key=f"{name}_by", width=_WIDTH)
    words = st.text_input(t("reports.words"), key=form.key(f"{name}_words"), max_chars=LONGEST_TEXT)
    return by, words.strip() or None
