"""The problems as a list: filtered, overdue ones first, as a file, and with one to open."""

from collections.abc import Iterator
from contextlib import contextmanager

import pandas as pd
import streamlit as st

from data_access.files.export import Chunks, FileColumn
from data_access.schema.indicators import code_label, load_codes
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import departments as department_names
from pages.widgets import download, link_choice, list_file

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
_ALL = ""


def show(rows: pd.DataFrame, *, view: View) -> str | None:
    """The filtered list; returns the problem to open."""
    if rows.empty:
        st.info(t("problems.none"))
        return None
    kept = _filtered(rows)
    if kept.empty:
        st.info(t("problems.none_left"))
        return None
    shown = listed(kept, view=view)
    download.offer(_source(shown, view=view), key="problems")
    return _choose(shown)


def listed(rows: pd.DataFrame, *, view: View) -> pd.DataFrame:
    """Problems as a table, overdue ones first; returns them in words, in that order."""
    ordered = rows.sort_values(["overdue", "due_on"], ascending=[False, True], na_position="last", ignore_index=True)
    shown = _in_words(ordered, view=view)
    st.markdown(t("problems.heading", rows=len(shown), overdue=int(shown["overdue"].sum())))
    columns = {name: t(f"problems.column_{name}") for name in COLUMNS}
    st.dataframe(shown[list(COLUMNS)], hide_index=True, column_config=columns, placeholder=t("value.none"))
    return shown


def _filtered(rows: pd.DataFrame) -> pd.DataFrame:
    with st.container(horizontal=True, vertical_alignment="center"):
        for column, codes in FILTERS.items():
            names = {_ALL: t("problems.all", column=t(f"problems.column_{column}"))}
            names |= {code: code_label(codes=codes, code=code, language=language()) for code in load_codes()[codes]}
            chosen = st.selectbox(
                t(f"problems.column_{column}"),
                list(names),
                format_func=names.__getitem__,
                key=f"problems_{column}",
                label_visibility="collapsed",
                width=190,
            )
            if chosen != _ALL:
                rows = rows[rows[column] == chosen]
        if st.toggle(t("problems.overdue_only"), key="problems_overdue"):
            rows = rows[rows["overdue"]]
    return rows


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


def _source(shown: pd.DataFrame, *, view: View) -> download.FileSource:
    @contextmanager
    def opened() -> Iterator[Chunks]:
        yield [shown]

    return download.FileSource(
        name=(view.name(view.place), t("page.problems")),
        columns=tuple(
            FileColumn(key=name, title=t(f"problems.column_{name}"), kind=kind) for name, kind in COLUMNS.items()
        ),
        about=list_file.about_file(
            view, scope=view_state.scope(), title=t("page.problems"), definition=t("problems.definition"), restricted=""
        ),
        rows=len(shown),
        open=opened,
    )
