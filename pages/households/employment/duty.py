"""The duty that every household able to work has someone in work: how many have not, and why people do not work."""

import pandas as pd
import streamlit as st

from charts.bars import bars
from charts.lines import lines
from charts.palette import MUTED, WORK_REASONS
from charts.series import Series
from data_access.facts.metrics import MetricTable, load_metrics
from pages.households.employment import words
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import chart, list_link
from pages.widgets.part import part

_HEIGHT = 330
_ZERO = "zero_employment_households"


@part
def trend(table: MetricTable, view: View) -> None:
    """Households with nobody in work, by month."""
    metric = load_metrics()[_ZERO]
    rows = pd.DataFrame({_ZERO: table.series(_ZERO, place=view.place)})
    series = [Series(column=_ZERO, name=metric.label[language()], colour=WORK_REASONS["zero"])]
    reading = t(
        "employment.duty_reading",
        zero=words.value(_ZERO, table=table, view=view),
        base=words.households(table.base("in_work_share", place=view.place, month=view.month)),
        share=words.value("in_work_share", table=table, view=view),
    )
    figure = lines(rows, series=series, chosen=view.month, height=_HEIGHT)
    lists = list_link.of_months(_ZERO, view=view, months=rows.index)
    chart.show(figure, reading=reading, key="duty_trend", lists=lists)
    with st.container(horizontal=True, gap="medium"):
        list_link.show(_ZERO, view=view)
        list_link.show("in_work_share", view=view)


@part
def reasons(able: pd.DataFrame, view: View) -> None:
    """Why people able and willing to work are not in work; `able` as returned by `read_able_members`."""
    view.require("able_not_working", by=("no_work_reason",))
    idle = able[able["idle"] > 0].assign(others=able["idle"] - able["idle_zero"])
    if idle.empty:
        st.markdown(t("employment.nobody_idle", persons=words.persons(able["persons"].sum())))
        return
    rows = idle.groupby("no_work_reason", dropna=False)[["idle", "idle_zero", "others"]].sum()
    rows = rows.sort_values("idle", ascending=False, kind="stable")
    rows["label"] = [words.label("no_work_reason", reason) for reason in rows.index]
    series = [
        Series(column="idle_zero", name=t("employment.in_zero"), colour=WORK_REASONS["zero"], pattern="x"),
        Series(column="others", name=t("employment.in_others"), colour=MUTED),
    ]
    lists = list_link.of_bars("zero_employment_members", view=view, column="no_work_reason", codes=rows.index)
    figure = bars(rows, series=series, height=_HEIGHT)
    chart.show(figure, reading=_reading(rows, able=able), key="duty_reasons", lists=lists, longest_first=True)
    with st.container(horizontal=True, gap="medium"):
        list_link.show("able_not_working", view=view)
        list_link.show("zero_employment_members", view=view)


def _reading(rows: pd.DataFrame, *, able: pd.DataFrame) -> str:
    idle = rows["idle"].sum()
    said = t(
        "employment.reasons_reading",
        idle=words.persons(idle),
        base=words.persons(able["persons"].sum()),
        share=words.share(idle, able["persons"].sum()),
        zero=words.persons(rows["idle_zero"].sum()),
        reason=rows["label"].iloc[0],
        most=words.persons(rows["idle"].iloc[0]),
    )
    return f"{said} :orange-badge[{t('metric.to_confirm')}]"
