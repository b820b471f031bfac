"""疑点走势: findings at the most recent month ends."""

from datetime import date

import pandas as pd
import streamlit as st

from charts.lines import lines
from charts.palette import BRAND, MUTED
from charts.series import Series
from data_access import door
from data_access.clock import last_day
from data_access.quality.validation import read_findings
from data_access.schema.indicators import code_label, load_codes
from pages.shell import turns, view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import breaks, chart, list_link, numbers, sheet, table_file

MONTHS = 6
"""Month ends that are recounted: each costs as much as the section on doubtful data, and is cached in the same way."""

_COLOURS = {"error": (BRAND, "solid"), "doubtful": (MUTED, "dash")}
_HEIGHT = 380


def show(view: View) -> None:
    """Errors and doubtful values at each of the most recent month ends, by the rules in force at the time."""
    position = view.months.index(view.month)
    months = view.months[max(position + 1 - MONTHS, 0) : position + 1]
    with turns.of_long_work():
        trend = _counted({month: min(last_day(month), view.on) for month in months}, view)
    names = {code: code_label(codes="audit_severity", code=code, language=language()) for code in _COLOURS}
    series = [Series(code, names[code], colour, dash=dash) for code, (colour, dash) in _COLOURS.items()]
    total = trend.sum(axis=1)
    reading = t(
        "quality.trend_reading",
        months=len(months),
        first=numbers.count(total.iloc[0]),
        last=numbers.count(total.iloc[-1]),
        change=numbers.change(total.iloc[-1] - total.iloc[0]),
        errors=numbers.change(trend["error"].iloc[-1] - trend["error"].iloc[0]),
    )
    changed = breaks.of_validation_rules(months)
    figure = lines(trend, series=series, height=_HEIGHT, chosen=view.month, breaks=changed)
    chart.show(figure, reading=breaks.said(reading, changed), key="quality_trend")
    st.caption(t("quality.trend_note"))
    with st.container(horizontal=True, gap="medium"):
        for code in load_codes()["audit_severity"]:
            text = t("quality.named", name=names[code], number=numbers.count(trend[code].iloc[-1]))
            list_link.show("audit_findings", view=view, text=text, only={"severity": code})
    shown = trend.reset_index()
    headings = {"month": t("quality.month"), **names}
    sheet.show(shown, hide_index=True, column_config=headings, height="content", width=600, key="quality_trend_table")
    table_file.offer(shown, title=t("quality.part_trend"), headings=headings, view=view, key="quality_trend_file")


def _counted(days: dict[str, date], view: View) -> pd.DataFrame:
    """Errors and doubtful findings at the chosen place; one row per month."""
    rows = {}
    bar = st.progress(0.0, text=t("quality.counting", months=len(days)))
    for done, (month, day) in enumerate(days.items(), start=1):
        found = door.read(read_findings, scope=view_state.scope(), on=day)
        whole = found[found["audit_rule"].isna() & found["village_code"].str.startswith(view.place)]
        errors = int(whole["errors"].sum())
        rows[month] = {"error": errors, "doubtful": int(whole["findings"].sum()) - errors}
        bar.progress(done / len(days), text=t("quality.counting", months=len(days)))
    bar.empty()
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(_COLOURS)).rename_axis("month")
