"""需求清单、任务清单 of all open cases, by department and by place."""

import pandas as pd
import streamlit as st

from charts.bars import bars
from charts.palette import URGENCIES, URGENCY_PATTERNS
from charts.series import Series
from data_access.facts.metrics import load_metrics
from data_access.lists.lists import DEPARTMENT, NOT_RECORDED
from pages.households.clues import figures
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import chart, departments, figure_table, list_link, numbers
from pages.widgets.figure_table import Column, Row
from pages.widgets.part import part

COUNTS = (
    "needs_listed",
    "needs_open",
    "needs_overdue",
    "tasks_listed",
    "tasks_waiting",
    "tasks_overdue",
    "tasks_running",
)
_COLUMNS = tuple(Column(metric) for metric in COUNTS)
_DRAWN = ("needs_overdue", "tasks_overdue")


@part
def show(view: View) -> None:
    """What is overdue by department, and both tables."""
    counts = figures.counts(view, metrics=COUNTS, by="department")
    if counts.empty:
        st.info(t("clues.no_open_cases"))
        return
    sums = figure_table.sums(counts, of=COUNTS)
    _overdue(counts, sums=sums, view=view)
    total = Row(name=t("comparison.all_departments"), counts=_values(sums))
    rows = [
        Row(name=departments.name(row["department"]), counts=_values(row), only=departments.only(row["department"]))
        for _, row in counts.iterrows()
    ]
    st.markdown(t("clues.help_by_department"))
    _table([total, *rows], heading=t("comparison.department"), view=view, key="help_departments")
    st.markdown(t("clues.help_by_place"))
    villages = figures.counts(view, metrics=COUNTS, by="village_code")
    _table(
        figure_table.place_rows(villages, counts=_values, view=view),
        heading=t("table.place"),
        view=view,
        key="help_places",
    )


@part
def _overdue(counts: pd.DataFrame, *, sums: pd.Series, view: View) -> None:
    view.require(*COUNTS, by=("department",))
    said = {key: numbers.count(sums[key]) for key in COUNTS}
    reading = t("clues.help_reading", **said)
    late = counts[counts[list(_DRAWN)].sum(axis=1) > 0]
    if late.empty:
        st.markdown(reading)
        return
    rows = late.assign(label=[departments.name(code) for code in late["department"]])
    drawn = (("needs_overdue", "due_soon"), ("tasks_overdue", "overdue"))
    series = [
        Series(
            column=key,
            name=load_metrics()[key].label[language()],
            colour=URGENCIES[like],
            pattern=URGENCY_PATTERNS[like],
        )
        for key, like in drawn
    ]
    lists = list_link.of_bars(*_DRAWN, view=view, column=DEPARTMENT, codes=rows["department"].fillna(NOT_RECORDED))
    chart.show(bars(rows, series=series), reading=reading, key="help_overdue", lists=lists)


def _values(row: pd.Series) -> list[float | None]:
    return [figure_table.amount(row[key]) for key in COUNTS]


def _table(rows: list[Row], *, heading: str, view: View, key: str) -> None:
    figure_table.show(rows, columns=_COLUMNS, heading=heading, title=t("clues.part_case_help"), view=view, key=key)
