"""信息完整率: whether no household, person or item is missing."""

import pandas as pd
import streamlit as st

from charts.bars import bars
from charts.lines import lines
from charts.palette import BRAND, MUTED
from charts.series import Series
from data_access import door
from data_access.facts.metrics import MetricTable, load_metrics
from data_access.quality.completeness import read_missing_person_items, read_missing_values
from data_access.schema.indicators import code_label
from pages.data.quality import places, tiles
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import chart, list_link, numbers, sheet, table_file, township_picker
from pages.widgets.metrics_of_day import MetricsOfDay

COMPARED = ("households", "uncollected_households", "completeness", "incomplete_households", "person_completeness")

_MOST = 12
"""Indicators shown in the chart; the table has all of them."""
_LINE = 250


def show(view: View) -> None:
    """Tiles, by place and month, by indicator, by item of a person."""
    table, counted = view_state.metric_table(), MetricsOfDay(view.on)
    households = table.count("households", place=view.place, month=view.month)
    if households == 0:
        st.info(t("quality.nobody"))
        return
    missing = door.read(read_missing_values, scope=view_state.scope().narrowed(view.place), on=view.on)
    _tiles(counted, view, missing=missing)
    st.markdown(_reading(table, view, missing=missing))
    left, right = st.columns(2, gap="medium")
    with left:
        _where_and_when(table, view)
    with right:
        _by_indicator(missing, view)
    _persons(view)
    places.show(COMPARED, value=_value(table, counted, view), view=view, part="completeness")


def _tiles(counted: MetricsOfDay, view: View, *, missing: pd.DataFrame) -> None:
    share = numbers.share(counted.of("collected_households_share").value(place=view.place))
    whole = numbers.share(counted.of("person_completeness").value(place=view.place))
    values = {key: counted.of(key).count(place=view.place) for key in ("uncollected_households", "incomplete_persons")}
    tiles.show(
        {
            "uncollected_households": values["uncollected_households"],
            "incomplete_persons": values["incomplete_persons"],
            "missing_values": int(missing["missing"].sum()),
            "incomplete_households": counted.of("incomplete_households").count(place=view.place),
        },
        second={
            "uncollected_households": t("quality.tile_households", share=share),
            "incomplete_persons": t("quality.tile_persons", share=whole),
            "missing_values": t("quality.tile_values", share=numbers.share(_completeness(missing))),
            "incomplete_households": t("quality.tile_incomplete"),
        },
        view=view,
    )


def _completeness(missing: pd.DataFrame) -> float | None:
    due = int(missing["households"].sum())
    return 100 * (due - int(missing["missing"].sum())) / due if due else None


def _reading(table: MetricTable, view: View, *, missing: pd.DataFrame) -> str:
    worst = missing.sort_values("missing", ascending=False, kind="stable").iloc[0]
    change = table.change("completeness", place=view.place, month=view.month)
    return t(
        "quality.completeness_reading",
        households=numbers.count(int(worst["households"])),
        due=numbers.count(int(missing["households"].sum())),
        share=numbers.share(_completeness(missing)),
        change=t("value.none") if change is None else numbers.points(change),
        indicator=code_label(codes="indicator", code=worst["indicator"], language=language()),
        missing=numbers.count(int(worst["missing"])),
    )


def _where_and_when(table: MetricTable, view: View) -> None:
    metric = load_metrics()["completeness"]
    if view.place == view.county:
        township_picker.draw(
            lambda: metric,
            value=lambda shown, place: table.value(shown.key, place=place, month=view.month),
            view=view,
            empty=lambda: township_picker.empty(table, view),
            key="quality_map",
        )
    series = table.series(metric.key, place=view.place).loc[: view.month]
    first, last = series.dropna().iloc[0], series.iloc[-1]
    figure = lines(  # its change: between 95 and 100 % the shares themselves would be a flat line
        (series - first).round(2).to_frame(),
        series=[Series(metric.key, metric.label[language()], BRAND)],
        height=_LINE,
        chosen=view.month,
        unit=t("quality.points"),
        axes=("", t("quality.change_axis", first=numbers.share(first))),
    )
    reading = t("quality.month_reading", first=numbers.share(first), last=numbers.share(last))
    chart.show(figure, reading=reading, key="quality_completeness_months")


def _by_indicator(missing: pd.DataFrame, view: View) -> None:
    found = missing[missing["missing"] > 0].sort_values("missing", ascending=False, kind="stable")
    if found.empty:
        st.markdown(t("quality.nothing_missing"))
        return
    names = {code: code_label(codes="indicator", code=code, language=language()) for code in found["indicator"]}
    rows = found.head(_MOST).assign(label=lambda part: part["indicator"].map(names))
    label = load_metrics()["missing_values"].label[language()]
    figure = bars(rows, series=[Series("missing", label, MUTED)])
    reading = t("quality.indicators_reading", indicators=len(found), shown=len(rows))
    lists = list_link.of_bars("missing_values", view=view, column="indicator", codes=rows["indicator"])
    chart.show(figure, reading=reading, key="quality_indicators", lists=lists, longest_first=True)
    st.markdown(t("quality.indicator_lists"))
    with st.container(horizontal=True, gap="small"):
        for code, number in zip(rows["indicator"], rows["missing"], strict=True):
            text = t("quality.named", name=names[code], number=numbers.count(number))
            list_link.show("missing_values", view=view, text=text, only={"indicator": code})
    shown = found.assign(name=found["indicator"].map(names), share=100 - 100 * found["missing"] / found["households"])
    headings = {
        "name": t("list.indicator"),
        "missing": label,
        "share": load_metrics()["completeness"].label[language()],
    }
    table_file.offer(shown, title=label, headings=headings, view=view, key="quality_indicators")


def _persons(view: View) -> None:
    """What is missing about persons, item by item."""
    items = door.read(read_missing_person_items, scope=view_state.scope().narrowed(view.place), on=view.on)
    label = load_metrics()["missing_person_items"].label[language()]
    total = int(items["missing"].sum())
    persons = numbers.count(int(items["persons"].iloc[0]))
    st.markdown(t("quality.persons_reading", persons=persons, missing=numbers.count(total)))
    names = [code_label(codes="person_item", code=code, language=language()) for code in items["person_item"]]
    with st.container(horizontal=True, gap="small"):
        for code, name, number in zip(items["person_item"], names, items["missing"], strict=True):
            if number:
                text = t("quality.named", name=name, number=numbers.count(number))
                list_link.show("missing_person_items", view=view, text=text, only={"person_item": code})
    everybody = items["persons"].clip(lower=1)
    shown = items.assign(name=names, share=100 - 100 * items["missing"] / everybody)[["name", "missing", "share"]]
    headings = {"name": t("list.person_item"), "missing": label, "share": t("quality.item_share")}
    columns = headings | {"share": st.column_config.NumberColumn(headings["share"], format="%.1f%%")}
    sheet.show(shown, hide_index=True, column_config=columns, height="content", width=720, key="quality_persons")
    table_file.offer(shown, title=label, headings=headings, view=view, key="quality_persons_file")


def _value(table: MetricTable, counted: MetricsOfDay, view: View) -> places.Value:
    def value(key: str, place: str) -> float | None:
        if table.knows(key):
            return table.value(key, place=place, month=view.month)
        return counted.of(key).value(place=place)

    return value
