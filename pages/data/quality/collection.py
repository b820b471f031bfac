"""新旧与采集进度: how old the current indicators are, and how far the yearly collection has progressed."""

import pandas as pd
import streamlit as st

from charts.bars import bars
from charts.lines import lines
from charts.palette import BRAND, MUTED
from charts.series import Series
from data_access import door
from data_access.facts.metrics import load_metrics
from data_access.quality.collection import collection_start, read_collection_progress
from data_access.quality.completeness import read_by_age
from data_access.schema.indicators import code_label, load_codes
from data_access.schema.limits import is_placeholder, limit
from pages.data.quality import places, tiles
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import chart, list_link, numbers
from pages.widgets.metrics_of_day import MetricsOfDay

COMPARED = (
    "year_collected_share",
    "year_uncollected_households",
    "month_collected_households",
    "old_indicators",
)
_LIMITS = ("collection_year_first_month", "indicators_old_after_months")
_LINE, _BAR = 320, 40


def show(view: View) -> None:
    """Tiles, the share collected month by month, indicators by age, by place."""
    scope, counted = view_state.scope().narrowed(view.place), MetricsOfDay(view.on, together=COMPARED)
    ages = door.read(read_by_age, scope=scope, on=view.on)
    if ages.empty:
        st.info(t("quality.nobody"))
        return
    _tiles(counted, view)
    left, right = st.columns(2, gap="medium")
    with left:
        _progress(door.read(read_collection_progress, scope=scope, on=view.on), view)
    with right:
        _ages(ages, view)
    places.show(COMPARED, value=lambda key, place: counted.of(key).value(place=place), view=view, part="collection")


def _tiles(counted: MetricsOfDay, view: View) -> None:
    values = {key: counted.of(key).value(place=view.place) for key in COMPARED}
    since = collection_start(view.on).isoformat()
    months = limit("indicators_old_after_months", on=view.on)
    badge = (
        f" :orange-badge[{t('badge.placeholder')}]" if any(is_placeholder(key, on=view.on) for key in _LIMITS) else ""
    )
    tiles.show(
        values,
        second={
            "year_collected_share": t("quality.tile_since", day=since),
            "year_uncollected_households": t("quality.tile_since", day=since),
            "month_collected_households": t("quality.tile_month"),
            "old_indicators": t("quality.tile_old", months=months),
        },
        view=view,
        badge=badge,
    )


def _progress(progress: pd.DataFrame, view: View) -> None:
    share = (100 * progress["collected"] / progress["households"]).round(1)
    metric = load_metrics()["year_collected_share"]
    trend = pd.DataFrame({metric.key: share.to_numpy()}, index=progress["month"])
    figure = lines(
        trend,
        series=[Series(metric.key, metric.label[language()], BRAND)],
        height=_LINE,
        chosen=progress["month"].iloc[-1],
        unit="%",
    )
    before = int(progress["collected"].iloc[-2]) if len(progress) > 1 else 0
    reading = t(
        "quality.progress_reading",
        collected=numbers.count(progress["collected"].iloc[-1]),
        households=numbers.count(progress["households"].iloc[-1]),
        share=numbers.share(share.iloc[-1]),
        added=numbers.count(progress["collected"].iloc[-1] - before),
    )
    chart.show(figure, reading=reading, key="quality_progress")


def _ages(ages: pd.DataFrame, view: View) -> None:
    found = dict(zip(ages["indicator_age"], ages["households"], strict=True))
    codes = [code for code in load_codes()["indicator_age"] if code in found]
    names = {code: code_label(codes="indicator_age", code=code, language=language()) for code in codes}
    rows = pd.DataFrame({"label": list(names.values()), "households": [int(found[code]) for code in codes]})
    label = load_metrics()["indicator_age_households"].label[language()]
    figure = bars(rows, series=[Series("households", label, MUTED)], bar_height=_BAR)
    most, total = max(codes, key=lambda code: int(found[code])), sum(found.values())
    reading = t("quality.ages_reading", band=names[most], share=numbers.share(100 * found[most] / total))
    lists = list_link.of_bars("indicator_age_households", view=view, column="indicator_age", codes=codes)
    chart.show(figure, reading=reading, key="quality_ages", lists=lists)
    with st.container(horizontal=True, gap="small"):
        for code in codes:
            text = t("quality.named", name=names[code], number=numbers.count(found[code]))
            list_link.show("indicator_age_households", view=view, text=text, only={"indicator_age": code})
