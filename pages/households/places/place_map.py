"""The map of the chosen place: the district's townships, or the villages of a township; a click switches the page."""

from functools import partial

import pandas as pd
import streamlit as st

from charts.classes import Classes, classes_of
from charts.map_legend import map_legend
from charts.village_map import village_map
from data_access import door
from data_access.database.regions import read_village_points
from data_access.facts.metrics import Metric, MetricTable
from data_access.polygons import are_schematic
from data_access.region_codes import township_of
from pages.households.places import figures
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import chart, numbers, outlines, township_picker

_HEIGHT = 460
_CLICKED = "village_map.clicked"


def show(table: MetricTable, view: View) -> None:
    """Townships for the district; below that the villages of the township, with the chosen one highlighted."""
    if view.place == view.county:
        township_picker.show(table, view)
    else:
        _villages(table, view, township=township_of(view.place))


def _villages(table: MetricTable, view: View, *, township: str) -> None:
    metric = township_picker.choose_metric()
    points = door.read(read_village_points, scope=view_state.scope(), township=township)
    if points.empty:
        st.info(t("places.map_no_points"))
        return
    villages = _valued(points, metric=metric, table=table, view=view)
    st.markdown(_reading(villages, metric=metric, table=table, view=view, township=township))
    classes = classes_of([float(value) for value in villages["value"].dropna()], direction=metric.direction)
    drawn = outlines.of({township: view.name(township)}, says=True)
    deck = village_map(
        villages,
        outline=drawn[0] if drawn else None,
        classes=classes,
        metric_name=metric.label[language()],
        selected=view.place if view.place != township else None,
        height=_HEIGHT,
    )
    key = f"village_map_{township}"
    st.pydeck_chart(
        deck,
        height=_HEIGHT,
        on_select=partial(choose_village, key=key, township=township),
        selection_mode="single-object",
        key=key,
        alt=t("places.map_alt", place=view.name(township), metric=metric.label[language()]),
    )
    _legend(villages, classes=classes, metric=metric)
    unplaced = len(view.children(township)) - len(points)
    st.caption(_notes(estimated=int(points["approximate"].sum()), unplaced=unplaced))


def _valued(points: pd.DataFrame, *, metric: Metric, table: MetricTable, view: View) -> pd.DataFrame:
    shown = [figures.of_place(metric.key, table=table, view=view, place=code) for code in points["code"]]
    empty = t("map.no_households")
    return points.assign(
        name=[view.name(code) for code in points["code"]],
        value=pd.Series([figure.value for figure in shown], index=points.index, dtype="float64"),
        value_text=[figure.text if figure.lived_in else empty for figure in shown],
    )


def _reading(villages: pd.DataFrame, *, metric: Metric, table: MetricTable, view: View, township: str) -> str:
    """The range over the villages and the township's own value; villages are never ranked."""
    known = villages.dropna(subset="value").sort_values("value", kind="stable")
    if known.empty:
        return t("map.reading_none")
    here = figures.of_place(metric.key, table=table, view=view, place=township).text
    low, high = known.iloc[0]["value_text"], known.iloc[-1]["value_text"]
    name = view.name(township)
    return t("places.map_reading", metric=metric.label[language()], place=name, here=here, low=low, high=high)


def _legend(villages: pd.DataFrame, *, classes: Classes, metric: Metric) -> None:
    unknown = int(villages["value"].isna().sum())
    texts = tuple(numbers.in_unit(limit, metric=metric) for limit in classes.limits)
    no_data = t("places.map_no_data", number=unknown) if unknown else None
    chart.show_legend(map_legend(classes, limit_texts=texts, no_data_text=no_data), texts=texts, no_data=no_data)


def _notes(*, estimated: int, unplaced: int) -> str:
    notes = [t("places.map_schematic") if are_schematic() else t("places.map_own")]
    if estimated:
        notes.append(t("places.map_estimated", number=estimated))
    if unplaced:
        notes.append(t("places.map_unplaced", number=unplaced))
    return " ".join(notes)


def choose_village(*, key: str, township: str) -> None:
    """A click chooses a village, a second one returns to the township; as on the map of townships."""
    chosen = st.session_state[key]["selection"]["objects"].get("villages")
    clicked = chosen[0]["code"] if chosen else st.session_state.get(_CLICKED)
    takes_back = not chosen and clicked == st.query_params.get(view_state.PLACE)
    view_state.remember(view_state.PLACE, township if takes_back else clicked or township)
    st.session_state[_CLICKED] = None if takes_back else clicked
