"""A table of the screen, and of the paper: the browser draws the first as a picture of what is in view, so that for
print the same rows follow as plain rows, whose headings are repeated on every page."""

import re
from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from pages.shell.texts import t

_MOST_ON_PAPER = 100
"""Rows. A longer list is no paper; it leaves as a file."""


_NO_ORDER = """<style>
[data-testid="stDataFrameColumnMenu"] [role="menu"] > :nth-child(n + 2):nth-child(-n + 4) { display: none }
</style>"""


def sorted_whole() -> None:
    """Of tables whose heading, when it is clicked, sorts all of a list: the menu of the heading offers no order, which
    would be one of the rows that are shown."""
    st.html(_NO_ORDER)


def show(frame: pd.DataFrame, **options: Any) -> Any:
    """The table; `options` are those of `st.dataframe`, and so is what is returned."""
    shown = st.dataframe(frame, **options)
    if 0 < len(frame) <= _MOST_ON_PAPER:
        st.html(_on_paper(frame, columns=options.get("column_config") or {}, nothing=options.get("placeholder")))
    return shown


def _on_paper(frame: pd.DataFrame, *, columns: Mapping[str, Any], nothing: str | None) -> str:
    names = [name for name in frame.columns if columns.get(name, "") is not None]
    kinds = [columns.get(name) for name in names]
    heads = "".join(f"<th>{escape(_heading(name, kind))}</th>" for name, kind in zip(names, kinds, strict=True))
    cells = [[_text(value, kind, nothing) for value in frame[name]] for name, kind in zip(names, kinds, strict=True)]
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in zip(*cells, strict=True)
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _heading(name: object, column: Any) -> str:
    if isinstance(column, str):
        return column
    label = column.get("label") if isinstance(column, Mapping) else None
    return str(name if label is None else label)


def _text(value: Any, column: Any, nothing: str | None) -> str:
    if isinstance(value, list | tuple):
        return t("list.separator").join(map(str, value))
    if pd.isna(value):
        return t("value.none") if nothing is None else nothing
    kind = column.get("type_config") or {} if isinstance(column, Mapping) else {}
    if kind.get("type") == "number" and kind.get("format") and "%" in kind["format"]:
        return str(kind["format"] % value)
    if kind.get("type") == "link":
        words = kind.get("display_text") or "(.*)"
        if "(" not in words:
            return str(words)  # the same for every row
        found = re.search(words, str(value))
        return found.group(1) if found else str(value)
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}" if value == value.normalize() else f"{value:%Y-%m-%d %H:%M}"
    return f"{value:g}" if isinstance(value, float) and value.is_integer() else str(value)
