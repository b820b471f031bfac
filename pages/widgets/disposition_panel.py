"""核查结论: what people concluded about households that a lamp pointed to; recorded singly or for a selection."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from data_access import clock, door
from data_access.errors import LedgerError
from data_access.ledger.declaration import LONGEST_TEXT
from data_access.schema.indicators import code_label, load_codes
from data_access.warnings import dispositions
from data_access.warnings.dispositions import Disposition
from pages.shell import identity, notices, view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import record_form, sheet
from pages.widgets.household_values import plain
from pages.widgets.record_form import RecordForm


def columns(held: pd.DataFrame) -> pd.DataFrame:
    """The conclusion for each household, in words, for a list; index household_id, one column."""
    words = [_words(code) for code in held["conclusion"]]
    return pd.DataFrame({"disposition": words}, index=pd.Index(held["household_id"], name="household_id"))


def show(household_id: str, *, view: View) -> None:
    """The conclusions about one household, newest first, and a form for another."""
    try:
        history = _known([household_id])
    except LedgerError as error:
        st.warning(notices.error_text(error), icon=":material/warning:")
        return
    if history.empty:
        st.markdown(t("disposition.none"))
    else:
        _history(history, held=view.concluded)
    record([household_id], view=view)


def record(household_ids: Sequence[str], *, view: View) -> None:
    """A form for the conclusion about some households; nothing while none is chosen."""
    form = record_form.of("disposition")
    form.say()
    if not household_ids or identity.looks_only("record_conclusions"):
        return
    with record_form.frame("disposition"):
        st.markdown(t("disposition.heading", households=len(household_ids)))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            conclusion = _choose("disposition", label=t("disposition.conclusion"), key="disposition_conclusion")
            reason = None
            if conclusion == "not_include":
                reason = _choose("reject_reason", label=t("disposition.reason"), key="disposition_reason")
            until = st.date_input(t("disposition.until"), value=None, key=form.key("disposition_until"), width=180)
            name = identity.recorder(t("disposition.by"), key="disposition_by", width=180)
            note = st.text_input(t("disposition.note"), key=form.key("disposition_note"), max_chars=LONGEST_TEXT)
            pressed = st.button(t("disposition.record"), type="primary", key=form.key("disposition_record"))
    if _changed(household_ids, form=form):
        return
    if pressed:
        until_day = until if isinstance(until, date) else None
        _record(
            household_ids,
            view=view,
            conclusion=conclusion,
            reason=reason,
            until=until_day,
            name=name,
            note=note,
            form=form,
        )


def _changed(household_ids: Sequence[str], *, form: RecordForm) -> bool:
    """Whether somebody else concluded something about these households while this page was open; says what."""
    try:
        known = _known(household_ids)
    except LedgerError as error:
        st.warning(notices.error_text(error), icon=":material/warning:")
        return True
    newest = 0 if known.empty else int(known["record_id"].iloc[0])
    if not form.changed(newest, about=tuple(sorted(household_ids))):
        return False
    last = known.iloc[0]
    said = t(
        "disposition.changed_since",
        by=plain(last["recorded_by"]),
        at=clock.in_place(last["recorded_at"]).strftime("%H:%M"),
        household=plain(last["household_id"]),
        conclusion=_words(last["conclusion"]),
    )
    st.warning(said, icon=":material/warning:")
    return True


def _known(household_ids: Sequence[str]) -> pd.DataFrame:
    asked = tuple(sorted(set(household_ids)))
    return door.read_records(dispositions.read_dispositions, scope=view_state.scope(), household_ids=asked)


def _choose(codes: str, *, label: str, key: str) -> str:
    names = {code: code_label(codes=codes, code=code, language=language()) for code in load_codes()[codes]}
    chosen = st.selectbox(label, list(names), format_func=names.__getitem__, key=key, width=200)
    return str(chosen)


def _record(
    household_ids: Sequence[str],
    *,
    view: View,
    conclusion: str,
    reason: str | None,
    until: date | None,
    name: str,
    note: str,
    form: RecordForm,
) -> None:
    seen = door.read(
        dispositions.read_fingerprints,
        scope=view_state.scope(),
        on=view.on,
        household_ids=tuple(sorted(set(household_ids))),
    )
    records = [
        Disposition(
            household_id=row["household_id"],
            village_code=row["village_code"],
            conclusion=conclusion,
            reason=reason,
            note=note.strip() or None,
            until=until,
            lamp=row["lamp"],
            fingerprint=row["fingerprint"],
        )
        for row in seen.to_dict("records")
    ]
    ledger, scope, said = door.ledger(), view_state.scope(), t("disposition.recorded", households=len(records))
    try:
        dispositions.add_dispositions(ledger, records, recorded_by=name, scope=scope)
        form.recorded(said)
    except LedgerError as error:
        st.error(notices.error_text(error), icon=":material/error:")
        return
    st.rerun()


def _history(history: pd.DataFrame, *, held: pd.DataFrame) -> None:
    in_force = set(held["record_id"]) if "record_id" in held else set()
    rows = pd.DataFrame(
        {
            "conclusion": [_words(code) for code in history["conclusion"]],
            "state": [
                t("disposition.holds") if number in in_force else t("disposition.past")
                for number in history["record_id"]
            ],
            "reason": [
                None if reason is None else code_label(codes="reject_reason", code=reason, language=language())
                for reason in history["reason"]
            ],
            "until": history["until"],
            "note": history["note"],
            "by": history["recorded_by"],
            "at": clock.column_in_place(history["recorded_at"]).dt.tz_localize(None),
        }
    )
    labels = {str(name): t(f"disposition.{name}") for name in rows}
    dated: dict[str, Any] = {
        "until": st.column_config.DateColumn(labels["until"], format="YYYY-MM-DD"),
        "at": st.column_config.DatetimeColumn(labels["at"], format="YYYY-MM-DD HH:mm"),
    }
    sheet.show(rows, hide_index=True, column_config=labels | dated, placeholder=t("value.none"))


def _words(conclusion: str) -> str:
    return code_label(codes="disposition", code=conclusion, language=language())
