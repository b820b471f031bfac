"""Community factories: where they are, what they offer, who works in them, and whether every large resettlement site
has one."""

from typing import Any

import pandas as pd
import streamlit as st

from charts.factory_map import factory_map
from charts.lines import lines
from charts.palette import BRAND
from charts.series import Series
from data_access.facts.metrics import MetricTable, load_metrics
from data_access.polygons import are_schematic
from data_access.region_codes import township_of
from data_access.schema.limits import limit
from pages.households.employment import words
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import chart, list_link, numbers, outlines, sheet
from pages.widgets.part import part

_MAP_HEIGHT, _SMALL_MAP_HEIGHT, _TREND_HEIGHT, _TABLE_HEIGHT = 640, 420, 200, 420
_SUMS = {
    "factory_jobs": "jobs",
    "factory_workers": "workers",
    "factory_lifted_out_workers": "lifted_out_workers",
}
"""Metrics summed over the factories, and the columns they sum."""


@part
def show(factories: pd.DataFrame, table: MetricTable, view: View) -> None:
    """Sums, map, development and table; `factories` as returned by `read_factories`."""
    view.require("factories")
    here = factories[factories["village_code"].str.startswith(view.place)]
    if here.empty:
        st.markdown(t("employment.no_factories"))
        return
    unknown = [column for key, column in _SUMS.items() if not view_state.collects(load_metrics()[key])]
    here = here.assign(**{column: pd.array([pd.NA] * len(here), dtype="Int64") for column in unknown})
    st.markdown(_reading(here))
    with st.container(horizontal=True, gap="medium"):
        for key, column in _SUMS.items():
            figure = numbers.in_unit(_sum(here[column]), metric=load_metrics()[key])
            list_link.show(key, view=view, text=f"{load_metrics()[key].label[language()]} **{figure}**")
    left, right = st.columns(2, gap="medium")
    with left:
        _map(here, view)
    with right:
        _trend(table, view)
        _table(here, view)


@part
def sites(large_sites: pd.DataFrame, view: View) -> None:
    """Whether every large resettlement site has a factory; `large_sites` as returned by `read_large_sites`."""
    view.require("large_sites", "large_sites_covered_share")
    fewest = limit("factory_for_site_households", on=view.on)
    if large_sites.empty:
        st.markdown(t("employment.no_sites", fewest=fewest))
        return
    covered = int(large_sites["covered"].sum())
    share = words.share(covered, len(large_sites))
    said = t("employment.sites_reading", fewest=fewest, sites=len(large_sites), covered=covered, share=share)
    st.markdown(f"{said} :orange-badge[{t('metric.to_confirm')}]")
    without = large_sites[large_sites["covered"] == 0]
    if not without.empty:
        names = [
            t("employment.site", place=view.name(village), households=words.households(households))
            for village, households in zip(without["village_code"], without["households"], strict=True)
        ]
        st.warning(t("employment.sites_without", names=t("list.separator").join(names)))
    list_link.show("large_sites", view=view)


def _sum(numbers_of_factories: pd.Series) -> int | None:
    """None where they are not collected."""
    return None if numbers_of_factories.isna().all() else int(numbers_of_factories.sum())


def _reading(here: pd.DataFrame) -> str:
    known = here.dropna(subset="jobs")
    return t(
        "employment.factories_reading",
        factories=len(here),
        jobs=numbers.count(known["jobs"].sum()),
        workers=words.persons(_sum(here["workers"])),
        filled=words.share(_sum(known["workers"]), known["jobs"].sum()),
        lifted_out=words.persons(_sum(here["lifted_out_workers"])),
    )


def _map(here: pd.DataFrame, view: View) -> None:
    if here["lon"].isna().all():
        st.markdown(t("employment.no_coordinates"))
        return
    villages = (
        here.fillna({"workers": 0})
        .groupby("village_code", as_index=False)
        .agg(lon=("lon", "first"), lat=("lat", "first"), value=("workers", "sum"), factories=("workers", "size"))
    )
    villages = villages.rename(columns={"village_code": "code"})
    villages["name"] = [view.name(code) for code in villages["code"]]
    villages["value_text"] = [
        t("employment.village_factories", workers=words.persons(workers), factories=factories)
        for workers, factories in zip(villages["value"], villages["factories"], strict=True)
    ]
    height = _MAP_HEIGHT if view.place == view.county else _SMALL_MAP_HEIGHT
    outlines.of({code: view.name(code) for code in view.children(view.county)}, says=True)
    here_or_around = (code for code in view.children(view.county) if code.startswith(township_of(view.place)))
    deck = factory_map(
        villages,
        polygons=outlines.read(),
        names={code: view.name(code) for code in here_or_around},
        metric_name=load_metrics()["factory_workers"].label[language()],
        height=height,
    )
    st.pydeck_chart(deck, height=height, key="factory_map", alt=t("employment.map_note"))
    st.caption(t("employment.map_schematic") if are_schematic() else t("employment.map_note"))


def _trend(table: MetricTable, view: View) -> None:
    label = load_metrics()["factories"].label[language()]
    rows = pd.DataFrame({"factories": table.series("factories", place=view.place)})
    figure = lines(
        rows,
        series=[Series(column="factories", name=label, colour=BRAND)],
        chosen=view.month,
        height=_TREND_HEIGHT,
    )
    change = table.change("factories", place=view.place, month=view.month)
    count = words.value("factories", table=table, view=view)
    if change is None:
        reading = t("employment.factories_first", factories=count)
    else:
        reading = t("employment.factories_trend", factories=count, change=numbers.change(change))
    lists = list_link.of_months("factories", view=view, months=rows.index)
    chart.show(figure, reading=reading, key="factories_trend", lists=lists)


def _table(here: pd.DataFrame, view: View) -> None:
    industries = {code: words.label("industry", code) for code in here["industry"].unique()}
    rows = pd.DataFrame(
        {
            "place": [view.name(township_of(code)) for code in here["village_code"]],
            "village": [view.name(code) for code in here["village_code"]],
            "name": here["name"],
            "industry": [industries.get(code, t("employment.unknown")) for code in here["industry"]],
            "jobs": here["jobs"],
            "workers": here["workers"],
            "lifted_out_workers": here["lifted_out_workers"],
            "opened_on": here["opened_on"],
        }
    )
    columns: dict[str, Any] = {name: t(f"list.{name}") for name in rows.columns}
    columns["place"] = t("list.township")
    for name in ("jobs", "workers", "lifted_out_workers"):
        columns[name] = st.column_config.NumberColumn(t(f"list.{name}"), format="%d")
    columns["opened_on"] = st.column_config.DateColumn(t("list.opened_on"), format="YYYY-MM-DD")
    sheet.show(
        rows,
        hide_index=True,
        column_config=columns,
        height=_TABLE_HEIGHT if len(rows) > 10 else "content",
        placeholder=t("value.none"),
        key="factory_table",
    )
