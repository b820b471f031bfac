"""周统计: what the townships did each week."""

from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from data_access import clock, door
from data_access.dispatch.weekly import DONE, read_last_week_day, read_weekly, week_of
from data_access.region_codes import township_of
from pages.shell import view_state
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import numbers, sheet

WEEKS = 4
"""Number of weeks shown: the week of the chosen day and those before it; what was reported after it has its own."""

_ENTERED = "identified"
"""What the national system enters: nothing is known of it after the last file."""


def show(view: View) -> None:
    """A table of the chosen week by township, and the totals of the preceding weeks."""
    scope, until = view_state.scope().narrowed(view.place), _until(view)
    newest = week_of(until)
    weeks = [newest - timedelta(days=7 * back) for back in range((newest - week_of(view.on)).days // 7 + WEEKS)]
    found = door.read(read_weekly, scope=scope, until=until, weeks=len(weeks))
    names = {week: _week_name(week, until=until, cut_off=view.on) for week in weeks}
    chosen = st.selectbox(t("dispatch.week"), weeks, format_func=names.__getitem__, key="dispatch_week")
    totals = _totals(found).reindex(weeks, fill_value=0).astype("Int64")
    totals.loc[[week for week in weeks if week > view.on], _ENTERED] = pd.NA
    unknown = [kind for kind in DONE if not view.keeps("weeks", kind)]
    totals[unknown] = pd.NA
    st.markdown(_reading(totals, week=chosen, name=names[chosen]))
    sheet.show(
        _shown(totals.rename(index=names)),
        column_config=_columns(t("dispatch.week"), view=view),
        height="content",
        placeholder=t("value.none"),
    )
    st.markdown(t("dispatch.week_by_township"))
    own = found[found["week"] == chosen]
    townships = own.pivot_table(index="township_code", columns="kind", values="amount", aggfunc="sum", fill_value=0)
    codes = view.children(view.county) if view.place == view.county else (township_of(view.place),)
    table = townships.reindex(index=list(codes), columns=list(DONE), fill_value=0).astype("Int64")
    table[unknown if chosen <= view.on else [*unknown, _ENTERED]] = pd.NA
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


def _until(view: View) -> date:
    """The last day that is shown: that of the month, or what the field reported since, of the newest month."""
    if view.edition is not None:
        return view.on
    scope = view_state.scope().narrowed(view.place)
    return door.read(read_last_week_day, scope=scope, until=view.on, today=clock.today())


def _week_name(week: date, *, until: date, cut_off: date) -> str:
    last = week + timedelta(days=6)
    if last > cut_off and until > cut_off:
        return t("dispatch.week_reported", first=week, last=min(last, until), cut_off=cut_off)
    if last > until:
        return t("dispatch.week_in_progress", first=week, last=until)
    return t("dispatch.week_name", first=week, last=last)


def _reading(totals: pd.DataFrame, *, week: date, name: str) -> str:
    counts = totals.loc[week].dropna()
    if counts.index.equals(pd.Index(DONE)):
        return t("dispatch.week_reading", week=name, **counts.map(numbers.count))
    if counts.index.equals(pd.Index(DONE).drop(_ENTERED)):
        return t("dispatch.week_reading_reported", week=name, **counts.map(numbers.count))
    return name  # the sentence names all kinds
