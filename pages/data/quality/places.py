"""The figures of a section for the places below the chosen one: townships, villages, or the grids of a village."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from data_access import door
from data_access.facts.metrics import Metric, load_metrics
from data_access.lists import village_parts
from data_access.region_codes import DIGITS
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import sheet, table_file, tables

Value = Callable[[str, str], float | None]
"""A metric (key) at a place (code)."""


def show(metrics: tuple[str, ...], *, value: Value, view: View, part: str) -> None:
    """One row per place in the order of the codes; clicking a row switches the page to that place.

    Args:
        value: the metrics at the places below; grids are counted here.
        part: the section of the page, which names the table and its file.
    """
    places = view.children(view.place)
    rows = _of_places(places, metrics, value=value, view=view) if places else _of_grids(metrics, view=view)
    if rows.empty:
        st.info(t("quality.no_parts"))
        return
    st.markdown(t("quality.places") if places else t("quality.grids"))
    key = f"quality_{part}_{view.place}"
    sheet.show(
        rows,
        column_config=_columns(metrics, grids=not places),
        **tables.frame(len(rows)),
        **(tables.turning(key, places) if places else {"key": key}),
    )
    headings = {"place": _place_heading(grids=not places)}
    headings |= {name: load_metrics()[name].label[language()] for name in metrics}
    table_file.offer(rows, title=t("page.quality"), headings=headings, view=view, key=f"quality_{part}")


def _of_places(places: tuple[str, ...], metrics: tuple[str, ...], *, value: Value, view: View) -> pd.DataFrame:
    table = view_state.metric_table()
    rows: list[dict[str, Any]] = []
    for code in places:
        if table.count("households", place=code, month=view.month) > 0:
            rows.append({"place": view.name(code), **{key: value(key, code) for key in metrics}})
        else:
            nobody = t("quality.place_without_households", place=view.name(code))
            rows.append({"place": nobody, **dict.fromkeys(metrics)})
    return pd.DataFrame(rows)


def _of_grids(metrics: tuple[str, ...], *, view: View) -> pd.DataFrame:
    scope = view_state.scope().narrowed(view.place)
    counted = door.read(village_parts.read_groups, scope=scope, by="grid_code", on=view.on, metrics=metrics)
    workers = door.read(village_parts.read_grid_workers, scope=scope)
    names = dict(zip(workers["code"], workers["worker"].fillna(t("value.none")), strict=True))
    return pd.DataFrame(
        [
            {
                "place": _grid_name(row["part"], names=names),
                **{key: _of_grid(row, metric=load_metrics()[key]) for key in metrics},
            }
            for row in counted.to_dict("records")
        ]
    )


def _grid_name(code: Any, *, names: dict[str, str]) -> str:
    if pd.isna(code):
        return t("places.no_part")
    return t("places.grid", number=code[DIGITS["village"] :] or code, worker=names.get(code, t("value.none")))


def _of_grid(row: dict[Any, Any], *, metric: Metric) -> float | None:
    base = 0 if metric.denominator is None else int(row[f"{metric.key}:of"])
    return metric.value(count=int(row[metric.key]), base=base)


def _columns(metrics: tuple[str, ...], *, grids: bool) -> dict[str, Any]:
    columns: dict[str, Any] = {"place": st.column_config.TextColumn(_place_heading(grids=grids), pinned=True)}
    for key in metrics:
        columns[key] = tables.metric_column(load_metrics()[key])
    return columns


def _place_heading(*, grids: bool) -> str:
    return t("quality.grid") if grids else t("table.place")
