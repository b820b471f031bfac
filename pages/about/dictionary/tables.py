"""The data dictionary as tables that people can read and search."""

import pandas as pd
import streamlit as st

from pages.shell.texts import t
from pages.widgets import sheet

PARTS = ("metrics", "indicators", "tables")


def choose_part() -> str:
    """Let the reader choose a part of the dictionary: a value of PARTS."""
    names = {part: t(f"dictionary.{part}") for part in PARTS}
    chosen = st.segmented_control(
        t("dictionary.part"),
        list(names),
        default=PARTS[0],
        required=True,
        format_func=names.__getitem__,
        key="dictionary_part",
        label_visibility="collapsed",
    )
    return chosen if chosen in names else PARTS[0]


def metrics(described: pd.DataFrame) -> None:
    """Metrics; `described` as returned by `dictionary.describe_metrics`."""
    described["direction"] = [t(f"direction.{direction}") for direction in described["direction"]]
    described["to_confirm"] = [t("metric.to_confirm") if value else "" for value in described["to_confirm"]]
    described["rankable"] = [t("dictionary.yes") if value else "" for value in described["rankable"]]
    names = ("name", "unit", "definition", "counted", "direction", "rankable", "to_confirm", "key")
    # A static table: definitions are shown in full, not cut off.
    st.table(_renamed(described, names=names), hide_index=True)


def indicators(described: pd.DataFrame) -> None:
    """Indicators; `described` as returned by `dictionary.describe_indicators`."""
    described["family"] = [t(f"indicator_family.{family}") for family in described["family"]]
    described["source"] = [t(f"indicator_source.{source}") for source in described["source"]]
    _show(described, names=("number", "family", "name", "key", "source", "unit", "stored"))


def choose_table(described: pd.DataFrame) -> str:
    """Let the reader choose a table of the database; `described` as returned by `dictionary.describe_tables`."""
    meanings = dict(zip(described["table"], described["row_is"], strict=True))
    chosen = st.selectbox(
        t("dictionary.table"),
        list(meanings),
        format_func=lambda table: t("dictionary.table_row", table=table, row_is=meanings[table]),
        key="dictionary_table",
    )
    return chosen if chosen in meanings else str(described["table"].iloc[0])


def columns(described: pd.DataFrame) -> None:
    """Columns of a table; `described` as returned by `dictionary.describe_columns`."""
    _show(described, names=("column", "meaning", "type", "required", "codes"))


def _show(described: pd.DataFrame, *, names: tuple[str, ...]) -> None:
    sheet.show(_renamed(described, names=names), hide_index=True, height=min(35 * len(described) + 38, 700))


def _renamed(described: pd.DataFrame, *, names: tuple[str, ...]) -> pd.DataFrame:
    return described[list(names)].rename(columns={name: t(f"dictionary.column.{name}") for name in names})
