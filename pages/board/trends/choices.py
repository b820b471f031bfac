"""What the reader chooses on the trends page, kept in its link: the unit, how open cases are split, where the bridge
starts."""

import streamlit as st

from pages.shell import view_state
from pages.shell.texts import month_name, t
from pages.shell.view_state import View
from pages.widgets import link_choice

_FROM = "from"


def unit() -> str:
    """Households or persons: what the whole page counts."""
    names = {"households": t("trends.unit_households"), "persons": t("trends.unit_persons")}
    return link_choice.choose("unit", names, label=t("trends.unit"))


def split() -> str:
    """What the open cases are split by: the places below the chosen one, or category and cause. Both at once would
    double the cost of the page."""
    names = {"places": t("trends.split_places"), "groups": t("trends.split_groups")}
    return link_choice.choose("split", names, label=t("trends.split"))


def first_month(view: View) -> str | None:
    """The first month of the bridge, by default January; None where nothing is known before the chosen month."""
    months = view.months[1 : view.months.index(view.month) + 1]
    if not months:
        return None
    january = f"{view.month[:4]}-01"
    chosen = view_state.remembered(_FROM, known=set(months), default=january if january in months else months[0])
    names = {month: month_name(month) for month in months}
    st.session_state["trends_from"] = chosen
    st.selectbox(
        t("trends.from"),
        months,
        format_func=names.__getitem__,
        key="trends_from",
        on_change=_keep,
        width=220,
    )
    return chosen


def _keep() -> None:
    st.query_params[_FROM] = st.session_state["trends_from"]
