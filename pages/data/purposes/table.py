"""Every purpose: what it opens, whether it is in force, how often it was used; and revoking one."""

import json
from datetime import date

import pandas as pd
import streamlit as st

from data_access import clock, door
from data_access.access import purposes
from data_access.lists.selection import Condition, load_fields
from data_access.schema.indicators import code_label
from pages.shell import identity, notices, view_state
from pages.shell.texts import language, t
from pages.widgets import conditions, next_step, sheet, table_file

COLUMNS = (
    *("purpose_id", "name", "subject", "conditions", "place", "day", "approved_rows"),
    *("columns", "reason", "approved_by", "until", "state", "uses", "used_at"),
)


def show() -> None:
    """The table, also as a file, and a way to revoke a purpose."""
    st.markdown(t("purposes.intro"))
    known = purposes.read_purposes(door.ledger(), on=clock.today())
    if known.empty:
        next_step.show(t("purposes.none"), page="downloads", label=t("page.downloads"))
        return
    shown = _in_words(known)
    headings = {name: t(f"purposes.column_{name}") for name in COLUMNS}
    sheet.show(shown, hide_index=True, column_config=headings, height="content", placeholder=t("value.none"))
    table_file.offer(shown, title=t("page.purposes"), headings=headings, view=view_state.current(), key="purposes_file")
    _withdraw(known[known["state"] == "in_force"])


def _in_words(known: pd.DataFrame) -> pd.DataFrame:
    names = door.regions(scope=identity.scope()).names[language()]
    used = clock.column_in_place(known["used_at"]).dt.strftime("%Y-%m-%d %H:%M")
    return known.assign(
        subject=[conditions.list_name(subject) for subject in known["subject"]],
        columns=[
            t("list.separator").join(_column_name(name, subject=subject) for name in json.loads(columns))
            for columns, subject in zip(known["columns"], known["subject"], strict=True)
        ],
        conditions=[_conditions(conditions) for conditions in known["conditions"]],
        place=[names.get(code, code) for code in known["place"]],
        day=[
            _day(day, each_month=each_month)
            for day, each_month in zip(known["day"], known["each_month"].eq(True), strict=True)
        ],
        approved_rows=known["approved_rows"].astype("Int64"),
        until=known["until"].map(str),
        state=[code_label(codes="purpose_state", code=state, language=language()) for state in known["state"]],
        used_at=used.where(used.notna(), None),
    )[list(COLUMNS)]


def _column_name(name: str, *, subject: str) -> str:
    field = load_fields().get(name) if subject == purposes.SELECTION else None
    return t(f"list.{name}") if field is None else field.label[language()]


def _conditions(told: str) -> str:
    found = [Condition(one["field"], one["operator"], tuple(one["wanted"])) for one in json.loads(told)]
    return t("list.separator").join(conditions.in_words(condition) for condition in found)


def _day(day: date | None, *, each_month: bool) -> str:
    if pd.isna(day):
        return t("value.none")
    return t("purposes.from_day", day=day) if each_month else str(day)


def _withdraw(held: pd.DataFrame) -> None:
    if held.empty or identity.looks_only("approve_purposes"):
        return
    names = dict(zip(held["purpose_id"], held["name"], strict=True))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            t("purposes.choose"),
            list(names),
            format_func=lambda number: t("purposes.named", name=names[number], number=number),
            key="purposes_withdraw",
            width=360,
        )
        if not st.button(t("purposes.withdraw"), key="purposes_withdraw_press"):
            return
    with notices.errors_shown():
        purposes.withdraw(door.ledger(), chosen, recorded_by=identity.signature(), scope=identity.scope())
        st.rerun()
