"""The problems as a list: filtered, overdue ones first, as a file, and with one to open."""

from collections.abc import Mapping
from functools import partial

import pandas as pd
import streamlit as st

from data_access.files.export import FileColumn
from data_access.schema.indicators import code_label, load_codes
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import departments as department_names
from pages.widgets import download, link_choice, list_file, next_step, sheet
from pages.widgets.list_link import FACET

FILTERS = {"state": "problem_state", "problem_class": "problem_class", "source": "problem_source"}
"""Column -> the code list a reader may filter by."""

COLUMNS = {
    "problem_id": "text",
    "township": "text",
    "village": "text",
    "household_id": "text",
    "description": "text",
    "problem_class": "text",
    "source": "text",
    "state": "text",
    "found_on": "date",
    "department": "text",
    "owner": "text",
    "due_on": "date",
    "days_overdue": "number",
    "measures": "text",
    "evidence": "text",
    "struck_off_on": "date",
}
OVERDUE, _YES = "overdue", "1"


def show(rows: pd.DataFrame, *, view: View) -> str | None:
    """The filtered list; returns the problem to open."""
    if rows.empty:
        next_step.show(t("problems.none"), page="problems", label=t("problems.part_new"), part="new")
        return None
    wanted = _choose_filters()
    kept = _filtered(rows, wanted)
    if kept.empty:
        st.info(t("problems.none_left"))
        return None
    shown = listed(kept, view=view)
    download.offer(partial(_source, shown, restricted=_restricted(wanted), view=view), key="problems")
    return _choose(shown)


def listed(rows: pd.DataFrame, *, view: View) -> pd.DataFrame:
    """Problems as a table, overdue ones first; returns them in words, in that order."""
    ordered = rows.sort_values(["overdue", "due_on"], ascending=[False, True], na_position="last", ignore_index=True)
    shown = _in_words(ordered, view=view)
    st.markdown(t("problems.heading", rows=len(shown), overdue=int(shown["overdue"].sum())))
    columns = {name: t(f"problems.column_{name}") for name in COLUMNS}
    sheet.show(shown[list(COLUMNS)], hide_index=True, column_config=columns, placeholder=t("value.none"))
    return shown


def _choose_filters() -> dict[str, str]:
    """What the reader restricts the list to, kept in the link: column -> code."""
    with st.container(horizontal=True, vertical_alignment="center"):
        chosen = {
            column: _choose_filter(column, _names(codes), label=t(f"problems.column_{column}"))
            for column, codes in FILTERS.items()
        }
        only = {_YES: t("problems.overdue_only")}
        chosen[OVERDUE] = _choose_filter(OVERDUE, only, label=t("problems.column_overdue"))
    return {column: code for column, code in chosen.items() if code != link_choice.ALL}


def _choose_filter(column: str, names: Mapping[str, str], *, label: str) -> str:
    everything = t("problems.all", column=label)
    return link_choice.narrow(
        f"{FACET}{column}", names, label=label, everything=everything, key=f"problems_{column}", width=190
    )


def _names(codes: str) -> dict[str, str]:
    return {code: code_label(codes=codes, code=code, language=language()) for code in load_codes()[codes]}


def _filtered(rows: pd.DataFrame, wanted: Mapping[str, str]) -> pd.DataFrame:
    for column, code in wanted.items():
        rows = rows[rows[column] if column == OVERDUE else rows[column] == code]
    return rows


def _restricted(wanted: Mapping[str, str]) -> str:
    """The filters in words."""
    said = [
        t("problems.overdue_only")
        if column == OVERDUE
        else f"{t(f'problems.column_{column}')} = {_names(FILTERS[column])[code]}"
        for column, code in wanted.items()
    ]
    return t("list.separator").join(said)


def _in_words(rows: pd.DataFrame, *, view: View) -> pd.DataFrame:
    departments = department_names.names()
    coded = {
        column: [code_label(codes=codes, code=code, language=language()) for code in rows[column]]
        for column, codes in FILTERS.items()
    }
    return rows.assign(
        **coded,
        township=[view.names.get(code, code) for code in rows["township_code"]],
        village=[view.names.get(code, code) for code in rows["village_code"].fillna("")],
        department=[departments.get(code, code) for code in rows["department"].fillna("")],
    )


def _choose(shown: pd.DataFrame) -> str:
    titles = {
        row["problem_id"]: t("problems.title", number=row["problem_id"], description=row["description"][:40])
        for row in shown.to_dict("records")
    }
    return link_choice.select("problem", titles, label=t("problems.choose"), key="problems_choice")


def _source(shown: pd.DataFrame, *, restricted: str, view: View) -> download.FileSource:
    return download.of_rows(
        shown,
        name=(view.name(view.place), t("page.problems")),
        columns=tuple(
            FileColumn(key=name, title=t(f"problems.column_{name}"), kind=kind) for name, kind in COLUMNS.items()
        ),
        about=list_file.about_file(
            view,
            scope=view_state.scope(),
            title=t("page.problems"),
            definition=t("problems.definition"),
            restricted=restricted,
        ),
    )
