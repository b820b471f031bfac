"""The places that make the month's change."""

import streamlit as st

from data_access.facts.metrics import MetricTable
from pages.shell import kept
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import numbers, township_picker

METRIC = "open_households"
_NAMED, _LISTED = 2, 4


def changes(table: MetricTable, view: View) -> list[tuple[str, float]]:
    """The places below the chosen one whose open households changed, by the change, the greatest decrease first."""
    found = {code: table.change(METRIC, place=code, month=view.month) for code in view.children(view.place)}
    return sorted(((code, change) for code, change in found.items() if change), key=lambda one: (one[1], one[0]))


def named(table: MetricTable, view: View) -> str:
    """The places that did most of the change of the whole, with theirs; empty where there is none."""
    whole = table.change(METRIC, place=view.place, month=view.month)
    if not whole:
        return ""
    ordered = changes(table, view)[:: 1 if whole < 0 else -1]
    same = [one for one in ordered if (one[1] < 0) == (whole < 0)]
    return t("list.separator").join(_text(code, change, view=view) for code, change in same[:_NAMED])


@kept.part
def show(table: MetricTable, view: View) -> None:
    """Where it fell most, and where it rose most."""
    ordered = changes(table, view)
    for title, found in (
        (t("movers.down"), [one for one in ordered if one[1] < 0]),
        (t("movers.up"), [one for one in reversed(ordered) if one[1] > 0]),
    ):
        if found:
            lines = [_text(code, change, view=view) for code, change in found[:_LISTED]]
            st.markdown("  \n".join([f"**{title}**", *lines]))


def _text(code: str, change: float, *, view: View) -> str:
    return f"{township_picker.short_name(view.name(code))} {numbers.change(change)}"
