"""离群值: values far from what is usual in their township."""

from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from data_access import door
from data_access.lists import lists
from data_access.quality.outliers import is_placeholder, judged_indicators, read_usual
from data_access.schema.indicators import code_label
from pages.data.quality import places, tiles
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import list_link, numbers, sheet, table_file

_BY = ("village_code", "outlier_indicator", "side")


def show(view: View) -> None:
    """How many, for which indicators, compared with what is usual, and where."""
    found = door.read(lists.read_breakdown, scope=view_state.scope(), metric="outliers", by=_BY, on=view.on)
    here = found[found["village_code"].str.startswith(view.place)]
    badge = f" :orange-badge[{t('badge.placeholder')}]" if is_placeholder() else ""
    total = int(here["amount"].sum())
    indicators = here["outlier_indicator"].nunique()
    tiles.show(
        {"outliers": total},
        second={"outliers": t("quality.tile_outliers", indicators=indicators)},
        view=view,
        badge=badge,
    )
    st.markdown(_reading(here, total=total))
    _by_indicator(here, view)

    def value(_key: str, place: str) -> float:
        return int(found[found["village_code"].str.startswith(place)]["amount"].sum())

    places.show(("outliers",), value=value, view=view, part="outliers")


def _reading(here: pd.DataFrame, *, total: int) -> str:
    if total == 0:
        return t("quality.no_outliers")
    counts = here.groupby("outlier_indicator")["amount"].sum()
    most = str(counts.idxmax())
    return t(
        "quality.outliers_reading",
        total=numbers.count(total),
        indicator=code_label(codes="outlier_indicator", code=most, language=language()),
        number=numbers.count(counts.max()),
    )


def _by_indicator(here: pd.DataFrame, view: View) -> None:
    usual = door.read(read_usual, scope=view_state.scope().narrowed(view.place), on=view.on)
    counts = here.groupby(["outlier_indicator", "side"])["amount"].sum()
    rows = pd.DataFrame([_row(name, counts=counts, usual=usual, view=view) for name in judged_indicators()])
    headings = {name: t(f"quality.outlier_{name}") for name in rows.columns if name != "open"}
    columns = headings | {
        "open": st.column_config.LinkColumn(t("quality.rule_open"), display_text=t("quality.open_list"))
    }
    sheet.show(rows, hide_index=True, height="content", column_config=columns, key="quality_outliers_table")
    st.caption(t("quality.outliers_note"))
    table_file.offer(rows, title=t("quality.part_outliers"), headings=headings, view=view, key="quality_outliers_file")


def _row(name: str, *, counts: pd.Series, usual: pd.DataFrame, view: View) -> dict[str, object]:
    here = usual[usual["indicator"] == name]
    link = urlencode(list_link.parameters("outliers", view=view, only={"outlier_indicator": name}))
    return {
        "indicator": code_label(codes="outlier_indicator", code=name, language=language()),
        "low": int(counts.get((name, "low"), 0)),
        "high": int(counts.get((name, "high"), 0)),
        "open": f"worklist?{link}",
        "times": judged_indicators()[name].k,
        "median": _range(here["median"]),
        "lower": _range(here["low"].clip(lower=0)) if judged_indicators()[name].positive else _range(here["low"]),
        "upper": _range(here["high"]),
    }


def _range(values: pd.Series) -> str:
    """One number for a township, the range for several; a dash where none has enough values."""
    if values.empty:
        return t("value.none")
    low, high = numbers.count(values.min()), numbers.count(values.max())
    return low if low == high else t("quality.span", low=low, high=high)
