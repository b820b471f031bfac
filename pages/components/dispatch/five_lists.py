"""五单: tasks, problems, rectification, progress and assessment, by township; every figure opens its list."""

import pandas as pd
import streamlit as st

from data_access.metrics import MetricTable, load_metrics
from pages.components import list_link, numbers, view
from pages.components.dispatch import assessment
from pages.components.problems import board, records, table
from pages.components.switch import choose
from pages.components.texts import language, t
from pages.components.view import View

TASKS = ("measures_overdue", "clues_overdue", "red_unchecked", "zero_employment_households")
PROGRESS = ("measures_in_time_share", "in_work_share", "share_of_last_year", "completeness")
LISTS = ("tasks", "problems", "rectification", "progress", "assessment")


def show(now: View) -> None:
    """The chosen of the five lists."""
    chosen = choose("five", {name: t(f"dispatch.five_{name}") for name in LISTS}, label=t("dispatch.part_five_lists"))
    st.markdown(t(f"dispatch.five_{chosen}_intro"))
    if chosen == "tasks":
        _metrics(TASKS, now=now)
    elif chosen == "progress":
        _metrics(PROGRESS, now=now)
    elif chosen == "assessment":
        assessment.show(now)
    else:
        rows = records.all_problems(now)
        if rows.empty:
            st.info(t("problems.none"))
        elif chosen == "problems":
            board.show(rows, now=now)
        else:
            table.listed(rows[rows["state"] != "struck_off"], now=now)


def _metrics(keys: tuple[str, ...], *, now: View) -> None:
    """Figures of the chosen place with links to their lists, and a row per place below it."""
    counted = view.metric_table()
    with st.container(horizontal=True):
        for key in keys:
            text = f"{load_metrics()[key].label[language()]} **{_text(counted, key, place=now.place, now=now)}**"
            list_link.show(key, now=now, text=text)
    places = now.children(now.place) or (now.place,)
    rows = [
        {"name": now.name(code), **{key: counted.value(key, place=code, month=now.month) for key in keys}}
        for code in places
    ]
    columns = {
        key: st.column_config.NumberColumn(
            load_metrics()[key].label[language()], format="%.1f%%" if load_metrics()[key].unit == "%" else "%d"
        )
        for key in keys
    }
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        column_config={"name": t("dispatch.unit"), **columns},
        height="content",
        placeholder=t("value.none"),
    )


def _text(counted: MetricTable, key: str, *, place: str, now: View) -> str:
    value = counted.value(key, place=place, month=now.month)
    return t("value.none") if value is None else numbers.in_unit(value, metric=load_metrics()[key])
