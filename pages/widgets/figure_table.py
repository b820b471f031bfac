"""A table of figures that open their lists: clicking a cell leads to the things it counts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import streamlit as st

from data_access.facts.metrics import load_metrics
from data_access.region_codes import cut_codes, level_of
from pages.shell import menu, view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import field_reports, list_link, sheet, table_file, tables

_MOST_SHOWN = 30
_HEIGHT = 1100
"""Height in pixels of a table with too many rows to show at once; other tables are as high as their rows."""


@dataclass(frozen=True)
class Column:
    """A column of figures of one metric."""

    metric: str
    label: str | None = None
    """By default the metric's name."""
    only: Mapping[str, str] = field(default_factory=dict)
    """What the lists of the column are restricted to."""


@dataclass(frozen=True)
class Row:
    """One row: its name and its figures, in the order of the columns."""

    name: str
    counts: Sequence[float | None]
    place: str | None = None
    """Code of the place its lists are of; by default the chosen one."""
    only: Mapping[str, str] = field(default_factory=dict)
    """What its lists are restricted to."""


def show(
    rows: Sequence[Row], *, columns: Sequence[Column], heading: str, title: str, view: View, key: str, note: str = ""
) -> None:
    """The table, also available as a file.

    Args:
        heading: the heading above the names of the rows.
        title: the title of the file.
        key: names the table on its page.
        note: the text below the table.
    """
    names = [str(position) for position in range(len(columns))]
    shown = pd.DataFrame([[row.name, *row.counts] for row in rows], columns=["name", *names])
    headings = {"name": heading} | dict(zip(names, map(_label, columns), strict=True))
    event = sheet.show(
        shown,
        hide_index=True,
        column_config={"name": st.column_config.TextColumn(heading, pinned=True)}
        | {name: _number(column) for name, column in zip(names, columns, strict=True)},
        height="content" if len(rows) <= _MOST_SHOWN else _HEIGHT,
        placeholder=t("value.none"),
        on_select="rerun",
        selection_mode="single-cell",
        # Each place and month gets its own key: a click must not carry over to another table.
        key=f"{key}_{view.place}_{view.month}",
    )
    st.caption(t("figures.click") + note)
    field_reports.note(*(column.metric for column in columns), view=view)
    table_file.offer(shown, title=title, headings=headings, view=view, key=key)
    for row, name in event["selection"]["cells"][:1]:
        if row < len(rows) and name in names and rows[row].counts[int(name)] is not None:
            _open(rows[row], columns[int(name)], view=view)


def sums(counts: pd.DataFrame, *, of: Sequence[str]) -> pd.Series:
    """The sums of some columns; NaN for one that is not collected."""
    return counts[list(of)].sum().mask(_lost(counts[list(of)]))


def amount(value: Any) -> int | None:
    """A figure for a row; None where it is not collected."""
    return None if pd.isna(value) else int(value)


def _lost(counts: pd.DataFrame) -> pd.Series:
    """Which columns of figures are not collected: those without any value."""
    return pd.Series({name: counts[name].dtype == "float64" and counts[name].isna().all() for name in counts})


def place_rows(
    villages: pd.DataFrame, *, counts: Callable[[pd.Series], Sequence[float | None]], view: View
) -> list[Row]:
    """One row per place below the chosen one, or one for the place itself if there is none below.

    Args:
        villages: one row per village and any further key; village_code and columns to sum up.
        counts: the figures for a row of sums. A place without households has none, not zero.
    """
    places = view.children(view.place) or (view.place,)
    located = villages.assign(place=cut_codes(villages["village_code"], level=level_of(places[0])))
    summed = located.groupby("place").sum(numeric_only=True).reindex(list(places), fill_value=0)
    summed = summed.mask(_lost(villages[summed.columns]), axis="columns")
    table = view_state.metric_table()
    rows = []
    for code, row in summed.iterrows():
        figures = counts(row)
        lives_there = table.count("households", place=str(code), month=view.month) > 0
        shown = figures if lives_there else [None] * len(figures)
        rows.append(Row(name=view.name(str(code)), counts=shown, place=str(code)))
    return rows


def _label(column: Column) -> str:
    return load_metrics()[column.metric].label[language()] if column.label is None else column.label


def _number(column: Column) -> Any:
    return tables.metric_column(load_metrics()[column.metric], label=_label(column))


def _open(row: Row, column: Column, *, view: View) -> None:
    link = list_link.parameters(column.metric, view=view, place=row.place, only={**row.only, **column.only})
    st.switch_page(menu.page_path("board", "worklist"), query_params=link)
