"""A household that is new and has no number yet: in which village, since when, of which type."""

from datetime import date

import streamlit as st

from data_access import clock, door
from data_access.errors import LedgerError
from data_access.reports import records
from data_access.reports.kinds import load_report_kinds
from pages.shell import identity, notices, view_state
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import household_values, record_form, report_fields

_NAME, _WIDTH = "household_arrived", 200


def show(view: View) -> None:
    """The form; nothing for whoever may not record."""
    form = record_form.of(_NAME)
    form.say()
    if not identity.may(records.ACTION):
        return
    kind = load_report_kinds()[_NAME]
    with st.expander(t("cases.arrival"), icon=":material/edit_note:"):
        st.markdown(t("cases.arrival_intro"))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            village = _village(view)
            types = list(kind.codes_of("household_type"))
            chosen = st.selectbox(
                t("cases.arrival_type"),
                types,
                index=None,
                format_func=lambda code: household_values.word("household_type", code),
                key=form.key("arrival_type"),
                width=_WIDTH,
            )
            on: object = st.date_input(
                t("cases.change_day"),
                value=clock.today(),
                max_value=clock.today(),
                key=form.key("arrival_day"),
                width=160,
            )
            by, words = report_fields.by_and_words(_NAME, form=form)
            ready = village is not None and chosen is not None and bool(words)
            pressed = st.button(t("reports.record"), type="primary", key=form.key("arrival_record"), disabled=not ready)
    if not pressed or village is None or chosen is None or words is None or not isinstance(on, date):
        return
    report = records.arrival(
        village_code=village, household_type=chosen, happened_on=on, words=words, reported_by=by, token=form.token
    )
    try:
        records.add_reports(door.ledger(), [report], recorded_by=by, scope=view_state.scope())
        form.recorded(t("reports.recorded_to_enter", reports=1))
    except LedgerError as error:
        st.error(notices.error_text(error), icon=":material/error:")
        return
    st.rerun()


def _village(view: View) -> str | None:
    """A village of the chosen place."""
    below = view.children(view.place)
    townships = () if view.place != view.county else below
    township = view.place
    if townships:
        township = st.selectbox(
            t("cases.arrival_township"), townships, format_func=view.name, key="arrival_township", width=_WIDTH
        )
    villages = view.children(township) or (township,)
    return st.selectbox(
        t("cases.arrival_village"), villages, format_func=view.name, key=f"arrival_village_{township}", width=_WIDTH
    )
