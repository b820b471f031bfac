"""周统计: what the townships did each week."""

from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from data_access import door
from data_access.dispatch.weekly import DONE, read_weekly, week_of
from data_access.region_codes import township_of
from pages.shell import view_state
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import sheet

WEEKS = 4
"""Number of weeks shown: the week of the chosen day and those before it."""


def show(view: View) -> None:
    """A table of the chosen week by township, and the totals of the preceding weeks."""
    found = door.read(read_weekly, scope=view_state.scope().narrowed(view.place), until=view.on, weeks=WEEKS)
    weeks = [week_of(view.on) - timedelta(days=7 * back) for back in range(WEEKS)]
    chosen = st.selectbox(
        t("dispatch.week"), weeks, format_func=lambda week: _week_name(week, until=view.on), key="dispatch_week"
    )
    totals = _totals(found).reindex(weeks, fill_value=0)
    unknown = [kind for kind in DONE if not view.keeps("weeks", kind)]
    totals[unknown] = pd.NA
    st.markdown(_reading(totals, week=chosen, until=view.on))
    sheet.show(
        _shown(totals.rename(index=lambda week: _week_name(week, until=view.on))),
        column_config=_columns(t("dispatch.week"), view=view),
        height="content",
        placeholder=t("value.none"),
    )
    st.markdown(t("dispatch.week_by_township"))
    own = found[found["week"] == chosen]
    townships = own.pivot_table(index="township_code", columns="kind", values="amount", aggfunc="sum", fill_value=0)
    codes = view.children(view.county) if view.place == view.county else (township_of(view.place),)
    table = townships.reindex(index=list(codes), columns=list(DONE), fill_value=0)
    table[unknown] = pd.NA
    sheet.show(
        _shown(table.rename(index=view.names)),
        column_config=_columns(t("dispatch.unit"), view=view),
        height="content",
        placeholder=t("value.none"),
    )
    st.caption(t("dispatch.no_groups"))


def _totals(found: pd.DataFrame) -> pd.DataFrame:
    sums = found.pivot_table(index="week", columns="kind", values="amount", aggfunc="sum", fill_value=0)
    return sums.reindex(columns=list(DONE), fill_value=0)


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    return table.astype("Int64").rename_axis(index="name", columns=None)


def _columns(first: str, *, view: View) -> dict[str, Any]:
    said = {kind: "" if view.keeps("weeks", kind) else f" {t('figure.not_collected')}" for kind in DONE}
    return {"name": first, **{kind: t(f"dispatch.week_{kind}") + said[kind] for kind in DONE}}


def _week_name(week: date, *, until: date) -> str:
    last = week + timedelta(days=6)
    if last > until:
        return t("dispatch.week_in_progress", first=week, last=until)
    return t("dispatch.week_name", first=week, last=last)


def _reading(totals: pd.DataFrame, *, week: date, until: date) -> str:
    if totals.isna().any(axis=None):  # the sentence names all kinds
        return _week_name(week, until=until)
    counts = {kind: int(totals[kind][week]) for kind in DONE}
    return t("dispatch.week_reading", week=_week_name(week, until=until), **counts)
