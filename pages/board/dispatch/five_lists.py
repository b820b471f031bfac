"""五单: tasks, problems, rectification, progress and assessment, by township and department, with their lists."""

import pandas as pd
import streamlit as st

from data_access.dispatch.matters import load_dispatch_matters
from data_access.facts.metrics import MetricTable, load_metrics
from pages.board.dispatch import assessment
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import departments, list_link, numbers, ranks, sheet, table_file, tables
from pages.widgets.link_choice import choose
from pages.widgets.problems import board, records, table

PROGRESS = ("measures_in_time_share", "in_work_share", "share_of_last_year", "completeness")
LISTS = ("tasks", "problems", "rectification", "progress", "assessment")


def show(view: View) -> None:
    """The chosen one of the five lists."""
    chosen = choose("five", {name: t(f"dispatch.five_{name}") for name in LISTS}, label=t("dispatch.part_five_lists"))
    st.markdown(t(f"dispatch.five_{chosen}_intro"))
    if chosen == "tasks":
        _metrics(tuple(load_dispatch_matters()), view=view)
        _departments(view)
    elif chosen == "progress":
        _metrics(PROGRESS, view=view)
        _departments(view)
    elif chosen == "assessment":
        assessment.show(view)
    else:
        rows = records.all_problems(view)
        if rows.empty:
            st.info(t("problems.none"))
        elif chosen == "problems":
            board.show(rows, view=view)
        else:
            table.listed(rows[rows["state"] != "struck_off"], view=view)


def _metrics(keys: tuple[str, ...], *, view: View) -> None:
    """Figures of the chosen place with links to their lists, and a row for each place below it."""
    counted = view_state.metric_table()
    with st.container(horizontal=True):
        for key in keys:
            text = f"{load_metrics()[key].label[language()]} **{_text(counted, key, place=view.place, view=view)}**"
            list_link.show(key, view=view, text=text)
    places = view.children(view.place) or (view.place,)
    rows = [
        {"name": view.name(code), **{key: counted.value(key, place=code, month=view.month) for key in keys}}
        for code in places
    ]
    headings = {"name": t("dispatch.unit"), **{key: load_metrics()[key].label[language()] for key in keys}}
    columns = {key: tables.metric_column(load_metrics()[key]) for key in keys}
    shown = pd.DataFrame(rows)
    sheet.show(
        shown,
        hide_index=True,
        column_config={"name": headings["name"], **columns},
        height="content",
        placeholder=t("value.none"),
    )
    table_file.offer(shown, title=t("dispatch.part_five_lists"), headings=headings, view=view, key="five_lists")


def _departments(view: View) -> None:
    """What departments had to do in the year so far, and what they did in time; one row per department."""
    figures = ranks.departments(view, month=view.month)[0]
    if figures.empty:
        return
    names = departments.names()
    st.markdown(t("dispatch.five_departments"))
    items = list(dict.fromkeys(figures["item"]))
    rows = [
        {"name": names.get(str(unit), str(unit)), **{item: _in_time(own, item) for item in items}}
        for unit, own in figures.groupby("unit")
    ]
    headings = {"name": t("dispatch.unit"), **{item: ranks.item_label(item) for item in items}}
    shown = pd.DataFrame(rows)
    sheet.show(shown, hide_index=True, column_config=dict(headings), height="content", placeholder=t("value.none"))
    table_file.offer(shown, title=t("dispatch.part_five_lists"), headings=headings, view=view, key="five_departments")


def _in_time(own: pd.DataFrame, item: str) -> str | None:
    found = own[own["item"] == item].to_dict("records")
    return t("documents.in_time", count=found[0]["count"], base=found[0]["base"]) if found else None


def _text(counted: MetricTable, key: str, *, place: str, view: View) -> str:
    return numbers.in_unit(counted.value(key, place=place, month=view.month), metric=load_metrics()[key])
