"""The map of townships: choose a metric, click a township and the whole page switches to it."""

from collections.abc import Callable, Collection
from functools import partial

import pandas as pd
import streamlit as st

from charts.classes import Classes, classes_of
from charts.map_legend import map_legend
from charts.township_map import township_map
from data_access.facts.metrics import Metric, MetricTable, load_metrics
from data_access.polygons import are_schematic
from data_access.region_codes import level_of, township_of
from pages.shell import kept, view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import card_link, chart, numbers, outlines

METRICS = (
    "open_share",
    "warning_share",
    "red_share",
    "measures_in_time_share",
    "in_work_share",
    "completeness",
    "open_households",
)
"""What the map can show. Rates first: a count mostly shows where many people live."""

_HEIGHT = 620
"""Height of the map in pixels on a large screen; `pages/shell/board.css` makes it smaller on others."""

_LEGEND, _BESIDE = 246, 140
"""Width in pixels of what stands on either side of the map."""

_MAP_KEY = "township_map"


def show(table: MetricTable, view: View, *, beside: Callable[[], None] | None = None) -> None:
    """Choice of metric, sentence, legend and map; `beside` draws what stands to the right of the map."""
    draw(
        choose_metric,
        value=lambda metric, place: table.value(metric.key, place=place, month=view.month),
        view=view,
        empty=lambda: empty(table, view),
        key=_MAP_KEY,
        beside=beside,
    )


def draw(
    choose: Callable[[], Metric],
    *,
    value: Callable[[Metric, str], float | None],
    view: View,
    key: str,
    empty: Callable[[], Collection[str]] = tuple,
    beside: Callable[[], None] | None = None,
) -> None:
    """Choice, sentence and legend to the left of the map of one metric.

    Args:
        choose: lets the reader choose the metric.
        value: the metric at a place.
        key: names the map on its page.
        empty: looks for townships without households, which say so instead of showing a value.
        beside: draws what stands to the right of the map.
    """
    with st.container(horizontal=True, gap="small", key=f"beside_{key}"):
        with st.container(width=_LEGEND, gap="xsmall"):
            metric = choose()
            if level_of(view.place) != "county":
                card_link.show(view, township=township_of(view.place))
            shown = partial(_townships, metric, value=partial(value, metric), view=view, empty=empty)
            _explained(metric.key, key, townships=shown, value=value, view=view)
        _map(metric.key, key, townships=shown, value=value, view=view)
        if beside is not None:
            with st.container(width=_BESIDE, gap="xsmall"):
                beside()


@kept.part
def _explained(
    metric_key: str,
    _key: str,
    *,
    townships: Callable[[], pd.DataFrame],
    value: Callable[[Metric, str], float | None],
    view: View,
) -> None:
    """The sentence, the legend, and which outlines are missing."""
    metric, rows = load_metrics()[metric_key], townships()
    st.markdown(_reading(rows, metric=metric, district=value(metric, view.county), view=view))
    if outlines.of(_names(rows), says=True):
        _legend(rows, classes=_classes(rows, metric), metric=metric)


@kept.part
def _map(
    metric_key: str,
    key: str,
    *,
    townships: Callable[[], pd.DataFrame],
    value: Callable[[Metric, str], float | None],
    view: View,
) -> None:
    """The map, where there are outlines."""
    metric, rows = load_metrics()[metric_key], townships()
    drawn = outlines.of(_names(rows))
    if not drawn:
        return
    deck = township_map(
        rows,
        polygons=drawn,
        classes=_classes(rows, metric),
        metric_name=metric.label[language()],
        selected=None if level_of(view.place) == "county" else township_of(view.place),
        height=_HEIGHT,
    )
    st.pydeck_chart(
        deck,
        height=_HEIGHT,
        on_select=partial(_choose_township, key),
        selection_mode="single-object",
        key=key,
        alt=chart.spoken(_reading(rows, metric=metric, district=value(metric, view.county), view=view)),
    )


def _classes(townships: pd.DataFrame, metric: Metric) -> Classes:
    return classes_of([float(known) for known in townships["value"].dropna()], direction=metric.direction)


def empty(table: MetricTable, view: View) -> set[str]:
    """Townships without households."""
    return {code for code in view.children(view.county) if not table.count("households", place=code, month=view.month)}


def _legend(townships: pd.DataFrame, *, classes: Classes, metric: Metric) -> None:
    unknown = int(townships["value"].isna().sum())
    texts = tuple(numbers.in_unit(limit, metric=metric) for limit in classes.limits)
    no_data = t("map.no_data", number=unknown) if unknown else None
    chart.show_legend(map_legend(classes, limit_texts=texts, no_data_text=no_data), texts=texts, no_data=no_data)
    st.caption(t("map.click"), help=t("map.schematic") if are_schematic() else None)
    if are_schematic():
        st.caption(t("map.is_schematic"))


def _names(townships: pd.DataFrame) -> dict[str, str]:
    return dict(zip(townships["code"], townships["name"], strict=True))


def choose_metric() -> Metric:
    """Let the reader choose what the map shows."""
    names = {key: load_metrics()[key].label[language()] for key in METRICS}
    key = st.selectbox(
        t("map.metric"), list(names), format_func=lambda key: names[key], key="map_metric", label_visibility="collapsed"
    )
    return load_metrics()[key if key in names else METRICS[0]]


def _townships(
    metric: Metric, *, value: Callable[[str], float | None], view: View, empty: Callable[[], Collection[str]]
) -> pd.DataFrame:
    rows, nobody_there = [], empty()
    for code in view.children(view.county):
        name = view.name(code)
        known = None if code in nobody_there else value(code)
        text = t("map.no_households") if code in nobody_there else numbers.in_unit(known, metric=metric)
        rows.append({"code": code, "name": name, "label": short_name(name), "value": known, "value_text": text})
    return pd.DataFrame(rows, columns=["code", "name", "label", "value", "value_text"]).astype({"value": "float64"})


def _reading(townships: pd.DataFrame, *, metric: Metric, district: float | None, view: View) -> str:
    """What the map says: the highest and lowest if townships may be ranked by the metric, otherwise only the range."""
    known = townships.dropna(subset="value").sort_values(["value", "code"], kind="stable")
    if known.empty:
        return t("map.reading_none")
    if not view_state.scope().covers(view.county):
        own = t("list.separator").join(f"{row.name} {row.value_text}" for row in known.itertuples(index=False))
        return t("map.reading_own", metric=metric.label[language()], values=own)
    if not metric.rankable:
        low, high = known.iloc[0]["value_text"], known.iloc[-1]["value_text"]
        whole, name = numbers.in_unit(district, metric=metric), view.name(view.county)
        return t("map.reading_range", metric=metric.label[language()], name=name, district=whole, low=low, high=high)
    ranked = known[known["code"].isin(view.regions.ranked)]
    ranked = known if ranked.empty else ranked
    low, high = ranked.iloc[0], ranked.iloc[-1]
    return t(
        "map.reading",
        metric=metric.label[language()],
        high=high["name"],
        high_value=high["value_text"],
        low=low["name"],
        low_value=low["value_text"],
    )


def short_name(name: str) -> str:
    """A township's name without the word for township, which every label of the map would repeat."""
    for suffix in t("map.suffixes").split("|"):
        if name.endswith(suffix) and len(name) > len(suffix):
            return name.removesuffix(suffix)
    return name


def _choose_township(key: str) -> None:
    """A click chooses a township, a second one clears the choice.

    The browser keeps its own selection: if the bar has meanwhile switched the page elsewhere, a click on the township
    still selected arrives as a deselection, and means that township.
    """
    chosen = st.session_state[key]["selection"]["objects"].get("townships")
    clicked = chosen[0]["properties"]["code"] if chosen else st.session_state.get(f"{key}.clicked")
    takes_back = not chosen and clicked == township_of(st.query_params.get(view_state.PLACE, ""))
    view_state.remember(view_state.PLACE, None if takes_back else clicked)
    st.session_state[f"{key}.clicked"] = None if takes_back else clicked
