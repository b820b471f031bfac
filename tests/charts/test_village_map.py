"""The map of the villages of a township: what its deck says, and what it leaves out."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pydeck as pdk
import pytest

from charts.classes import classes_of
from charts.palette import NO_DATA, RAMPS, rgb
from charts.village_map import village_map

A, B, C = "610902001201", "610902001202", "610902001203"
OUTLINE = {
    "type": "Feature",
    "properties": {"code": "610902001", "name_zh": "甲镇"},
    "geometry": {"type": "Polygon", "coordinates": [[[108.6, 32.4], [109.0, 32.4], [109.0, 32.7], [108.6, 32.4]]]},
}
PLACES = {A: ("甲村", 108.7, 32.5), B: ("乙村", 108.9, 32.6), C: ("丙村", 108.9001, 32.6001)}


def _villages(**values: float) -> pd.DataFrame:
    rows = [
        {"code": code, "name": name, "lon": lon, "lat": lat, "value": values[name[0]], "value_text": "1.0%"}
        for code, (name, lon, lat) in PLACES.items()
        if name[0] in values
    ]
    return pd.DataFrame(rows)


def _deck(
    villages: pd.DataFrame, *, selected: str | None = None, outline: dict[str, Any] | None = OUTLINE, height: int = 460
) -> dict[str, Any]:
    classes = classes_of([float(value) for value in villages["value"].dropna()], direction="bad")
    deck = village_map(villages, outline=outline, classes=classes, metric_name="指标", selected=selected, height=height)
    described: dict[str, Any] = json.loads(deck.to_json())
    return described


def _data(deck: dict[str, Any], layer: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = next(entry["data"] for entry in deck["layers"] if entry["id"] == layer)
    return found


def test_a_village_is_filled_by_the_class_of_its_value_and_grey_without_one() -> None:
    points = _data(_deck(_villages(甲=0.0, 乙=5.0, 丙=np.nan)), "villages")
    assert [point["fill"] for point in points] == [rgb(RAMPS["bad"][0]), rgb(RAMPS["bad"][-1]), rgb(NO_DATA)]


def test_only_the_selected_village_is_stressed() -> None:
    points = _data(_deck(_villages(甲=1.0, 乙=2.0), selected=B), "villages")
    assert [point["line_width"] for point in points] == [1, 4]
    assert points[1]["radius"] > points[0]["radius"]


def test_the_order_of_the_villages_does_not_change_with_the_selection() -> None:
    """The browser remembers a click by its position: in another order it would mean another village."""
    villages = _villages(甲=1.0, 乙=2.0, 丙=3.0)
    orders = [[point["code"] for point in _data(_deck(villages, selected=code), "villages")] for code in (None, A, C)]
    assert orders == [[A, B, C]] * 3


def test_the_name_of_the_selected_village_is_never_the_one_left_out() -> None:
    villages = _villages(甲=1.0, 乙=2.0, 丙=3.0)
    assert [label["name"] for label in _data(_deck(villages), "names")] == ["甲村", "乙村"]
    assert [label["name"] for label in _data(_deck(villages, selected=C), "names")] == ["丙村", "甲村"]


def test_selecting_leaves_the_opening_view_as_it_is_and_all_points_are_in_it() -> None:
    villages = _villages(甲=1.0, 乙=2.0)
    views = [_deck(villages, selected=selected)["initialViewState"] for selected in (None, A)]
    assert views[0] == views[1]
    assert 0.4 * 512 * 2 ** views[0]["zoom"] / 360 <= 490
    assert (views[0]["longitude"], views[0]["latitude"]) == pytest.approx((108.8, 32.55))


def test_without_an_outline_the_villages_are_drawn_alone_even_a_single_one() -> None:
    deck = _deck(_villages(甲=1.0), outline=None)
    assert [layer["id"] for layer in deck["layers"]] == ["villages", "names"]
    assert deck["initialViewState"]["zoom"] < 16


def test_only_villages_can_be_clicked() -> None:
    layers = {layer["id"]: layer.get("pickable", False) for layer in _deck(_villages(甲=1.0))["layers"]}
    assert layers == {"ground": False, "villages": True, "names": False}


def test_nothing_is_said_of_a_village_but_what_the_map_shows() -> None:
    villages = _villages(甲=1.0).assign(head_name="王小明", phone="13812345678")
    (point,) = _data(_deck(villages), "villages")
    shown = {"code", "name", "value_text", "position", "radius", "fill", "line", "line_width"}
    assert point.keys() == shown


def test_the_deck_names_no_base_map_of_another_server() -> None:
    described = _deck(_villages(甲=1.0))
    assert described["mapStyle"] == pdk.Deck(map_provider=None).map_style
    assert "http" not in json.dumps(described["layers"])
