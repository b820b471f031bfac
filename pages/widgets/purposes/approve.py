"""Approving a purpose beside its list: what it is called, why, which columns, until when."""

from collections.abc import Mapping
from datetime import date, timedelta

import streamlit as st

from data_access import clock, door
from data_access.access import purposes
from data_access.access.purposes import Contents, Purpose
from data_access.access.settings import setting
from data_access.disclosure import PERSONAL
from data_access.ledger.declaration import LONGEST_TEXT
from pages.shell import identity, notices
from pages.shell.texts import language, t
from pages.widgets import drawer, record_form
from pages.widgets.record_form import RecordForm


def show(contents: Contents, *, titles: Mapping[str, str]) -> None:
    """The form; nothing for a reader who may not approve.

    Args:
        contents: the list as it stands, which is what is approved.
        titles: the columns that its files may have -> their headings.
    """
    if not identity.may("approve_purposes"):
        return
    form = record_form.of("purpose")
    form.say()
    sheet = drawer.opened(t("purpose.approve"), icon=":material/approval:", key=f"purpose_{contents.subject}_approve")
    if sheet is not None:
        with sheet:
            _draw(contents, titles=titles, form=form)


def _draw(contents: Contents, *, titles: Mapping[str, str], form: RecordForm) -> None:
    subject, today, days = contents.subject, clock.today(), setting("purposes", "longest_days")
    with st.form(form.key(f"purpose_form_{subject}"), border=False):
        st.markdown(t("purpose.intro", days=days))
        st.markdown(
            t(
                "purpose.extent",
                place=door.regions(scope=identity.scope()).names[language()].get(contents.place, contents.place),
                day=contents.day,
                rows=contents.rows,
                percent=setting("purposes", "growth_percent"),
            )
        )
        name = st.text_input(t("purpose.name"), max_chars=LONGEST_TEXT, key=form.key(f"purpose_name_{subject}"))
        reason = st.text_input(t("purpose.reason"), max_chars=LONGEST_TEXT, key=form.key(f"purpose_reason_{subject}"))
        columns = st.multiselect(
            t("purpose.columns"),
            list(titles),
            default=[column for column in ("head_name", "phone") if column in titles],
            format_func=lambda column: _marked(column, titles=titles),
            placeholder=t("purpose.columns_hint"),
            key=f"purpose_columns_{subject}",
        )
        until = st.date_input(
            t("purpose.until"),
            value=today + timedelta(days=days),
            min_value=today,
            max_value=today + timedelta(days=days),
            key=f"purpose_until_{subject}",
        )
        each_month = st.checkbox(t("purpose.each_month"), key=f"purpose_each_month_{subject}")
        recorded_by = identity.recorder(t("purposes.column_approved_by"), key=f"purpose_by_{subject}")
        pressed = st.form_submit_button(t("purpose.press"), type="primary", key=form.key(f"purpose_press_{subject}"))
        if pressed and isinstance(until, date):
            asked = Purpose(
                name,
                reason,
                subject,
                columns=tuple(columns),
                until=until,
                place=contents.place,
                day=contents.day,
                rows=contents.rows,
                conditions=contents.conditions,
                each_month=each_month,
            )
            _approve(asked, form=form, recorded_by=recorded_by)


def _marked(column: str, *, titles: Mapping[str, str]) -> str:
    return t("purpose.personal", column=titles[column]) if column in PERSONAL else titles[column]


def _approve(asked: Purpose, *, form: RecordForm, recorded_by: str) -> None:
    ledger, scope, said = door.ledger(), identity.scope(), t("purpose.approved", name=asked.name)
    with notices.errors_shown():
        purposes.approve(ledger, asked, on=clock.today(), recorded_by=recorded_by, scope=scope)
        form.recorded(said)
        st.rerun()
