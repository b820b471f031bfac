"""Months in which the rules that judge changed: figures before and after are not of one definition."""

from datetime import date, timedelta

import streamlit as st

from data_access import door
from data_access.clock import month_number, month_text
from data_access.risk.rulebook import RuleChange
from pages.shell.texts import language, month_name, t
from pages.shell.view_state import View


def told(*, after: date, until: date) -> dict[str, str]:
    """Month -> what changed in it, in words; only months in which something did."""
    book = door.rulebook()
    by_month: dict[str, list[str]] = {}
    for day in book.changes(after=after, until=until):
        by_month.setdefault(month_text(month_number(day)), []).extend(map(_text, book.changes_on(day)))
    return {month: t("list.separator").join(found) for month, found in by_month.items() if found}


def warn(view: View) -> None:
    """Says that figures of lamps cannot be compared with the month before, if something changed in the month."""
    found = told(after=view.on.replace(day=1) - timedelta(days=1), until=view.on)
    for month, changes in found.items() if view.months[0] != view.month else ():
        st.caption(t("breaks.month", month=month_name(month), changes=changes))


def _text(change: RuleChange) -> str:
    name = "" if change.label is None else change.label[language()]
    return t(f"breaks.{change.kind}", name=name)
