"""One run of a connection: when, up to which day, what became of each table, and what could not be taken."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st
from babel.dates import format_datetime

from data_access import clock
from data_access.connect.runs import (
    Mapped,
    Run,
    error_of,
    mapped_tables,
    not_kept_tables,
    removed_rows,
    table_title,
)
from data_access.connect.telling import fault_text
from data_access.facts.metrics import load_metrics
from pages.shell import notices
from pages.shell.texts import language, locale, t
from pages.widgets import numbers, sheet, tables

_WIDE = 640
"""Width in pixels of what is wrong."""


def show(run: Run) -> None:
    """What became of a run."""
    at = format_datetime(clock.in_place(run.at), "yyyy-MM-dd HH:mm", locale=locale())
    if not run.done:
        st.error(t("connection.failed", at=at, problem=notices.error_text(error_of(run))), icon=":material/error:")
        return
    st.caption(t("connection.done", at=at, day=run.cut_off))
    if run.report["figures"]:
        st.markdown(_figures(run.report["figures"]))
    mapped = mapped_tables(run, language=language())
    sheet.show(_tables(mapped), **tables.frame(len(mapped)))
    for title, rows in removed_rows(run.report, language=language()):
        st.warning(t("connection.removed", title=title, rows=numbers.count(rows)), icon=":material/warning:")
    not_kept = t("list.separator").join(not_kept_tables(run, language=language()))
    st.caption(t("connection.not_kept", tables=not_kept))
    if not run.report["faults"]:
        st.success(t("connection.no_faults"), icon=":material/check_circle:")
        return
    faults = _faults(run.report["faults"])
    st.markdown(
        t("connection.faults", kinds=len(faults), rows=numbers.count(sum(one["rows"] for one in run.report["faults"])))
    )
    column = st.column_config.TextColumn(width=_WIDE)
    sheet.show(faults, column_config={t("connection.what"): column}, **tables.frame(len(faults)))


def _figures(figures: dict[str, int]) -> str:
    metrics = load_metrics()
    said = [f"{metrics[name].label[language()]} **{numbers.count(value)}**" for name, value in figures.items()]
    return t("connection.board_says", figures=t("list.separator").join(said))


def _tables(told: Sequence[Mapped]) -> pd.DataFrame:
    """One row per table of ours that is mapped."""
    rows = [
        {
            t("connection.table"): one.title,
            t("connection.read"): one.read,
            t("connection.taken"): one.taken,
            t("connection.columns"): t("list.separator").join(one.mapped),
            t("connection.columns_missing"): t("list.separator").join(one.missing),
        }
        for one in told
    ]
    return pd.DataFrame(rows)


def _faults(told: list[dict[str, Any]]) -> pd.DataFrame:
    """One row per kind of fault, with its first rows."""
    rows = [
        {
            t("connection.rows"): one["rows"],
            t("connection.table"): table_title(one["table"], language=language()),
            t("connection.source_column"): one["column"],
            t("connection.what"): fault_text(one["rule"], one["words"], language=language()),
            t("connection.examples"): t("list.separator").join(one["examples"]),
        }
        for one in told
    ]
    return pd.DataFrame(rows)
