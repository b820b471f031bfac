"""The map of townships: what its deck says, and what it leaves out."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pydeck as pdk
import pytest

from charts.classes import classes_of
from charts.palette import NO_DATA, RAMPS, rgb
from charts.township_map import township_map

A, B, C = "610902001", "610902002", "610902003"


def _square(code: str, *, left: float, bottom: float, side: float) -> dict[str, Any]:
    right, top = left + side, bottom + side
    ring = [[left, bottom], [right, bottom], [right, top], [left, top], [left, bottom]]
    return {
        "type": "Feature",
        "properties": {"code": code},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


POLYGONS = [
    _square(A, left=108.6, bottom=32.4, side=0.3),
    _square(B, left=108.9, bottom=32.4, side=0.3),
    _square(C, left=108.74, bottom=32.54, side=0.02),  # in the middle of A
]


def _townships(**values: float) -> pd.DataFrame:
    rows = [
        {"code": code, "name": f"{name}镇", "label": name, "value": values[name], "value_text": f"{values[name]:.1f}%"}
        for code, name in ((A, "甲"), (B, "乙"), (C, "丙"))
        if name in values
    ]
    return pd.DataFrame(rows)


def _deck(townships: pd.DataFrame, *, selected: str | None = None, height: int = 500) -> dict[str, Any]:
    classes = classes_of([float(value) for value in townships["value"].dropna()], direction="bad")
    deck = township_map(
        townships, polygons=POLYGONS, classes=classes, metric_name="指标", selected=selected, height=height
    )
    described: dict[str, Any] = json.loads(deck.to_json())
    return described


def _layer(deck: dict[str, Any], name: str) -> Any:
    data = next(layer["data"] for layer in deck["layers"] if layer["id"] == name)
    return data["features"] if name == "townships" else data


def test_a_township_is_filled_by_the_class_of_its_value() -> None:
    features = _layer(_deck(_townships(甲=0.0, 乙=5.0)), "townships")
    assert [feature["properties"]["fill"] for feature in features] == [rgb(RAMPS["bad"][0]), rgb(RAMPS["bad"][-1])]


def test_a_township_without_a_value_is_grey_and_says_why() -> None:
    townships = _townships(甲=1.0, 乙=np.nan)
    townships["value_text"] = ["1.0%", "无涉农户"]
    feature = _layer(_deck(townships), "townships")[1]
    assert feature["properties"]["fill"] == rgb(NO_DATA)
    assert (feature["name"], feature["value_text"]) == ("乙镇", "无涉农户")


def test_without_any_value_the_map_is_drawn_in_grey() -> None:
    features = _layer(_deck(_townships(甲=np.nan, 乙=np.nan)), "townships")
    assert {tuple(feature["properties"]["fill"]) for feature in features} == {tuple(rgb(NO_DATA))}


def test_only_the_selected_township_has_a_strong_outline() -> None:
    features = _layer(_deck(_townships(甲=1.0, 乙=2.0), selected=B), "townships")
    assert [feature["properties"]["line_width"] for feature in features] == [1, 4]


def test_selecting_and_other_values_leave_the_opening_view_as_it_is() -> None:
    views = [_deck(_townships(甲=1.0, 乙=2.0), selected=selected)["initialViewState"] for selected in (None, A, B)] + [
        _deck(_townships(甲=7.0, 乙=9.0))["initialViewState"]
    ]
    assert all(view == views[0] for view in views)


def test_the_opening_view_shows_all_townships() -> None:
    view = _deck(_townships(甲=1.0, 乙=2.0), height=300)["initialViewState"]
    assert (view["longitude"], view["latitude"]) == pytest.approx((108.9, 32.55))
    pixels_per_degree = 512 * 2 ** view["zoom"] / 360
    assert 0.6 * pixels_per_degree <= 780
    assert 0.3 * pixels_per_degree / np.cos(np.radians(32.55)) <= 300


def test_a_label_that_would_cover_that_of_a_larger_township_is_left_out() -> None:
    labels = _layer(_deck(_townships(甲=1.0, 乙=2.0, 丙=3.0)), "names")
    assert [label["name"] for label in labels] == ["甲", "乙"]


def test_only_townships_of_the_frame_are_drawn() -> None:
    features = _layer(_deck(_townships(乙=2.0)), "townships")
    assert [feature["properties"]["code"] for feature in features] == [B]


def test_nothing_is_said_of_a_township_but_what_the_map_shows() -> None:
    townships = _townships(甲=1.0, 乙=2.0).assign(head_name="王小明", phone="13812345678")
    feature = _layer(_deck(townships), "townships")[0]
    assert feature["properties"].keys() == {"code", "name", "value_text", "fill", "line", "line_width"}
    text = json.dumps(_deck(townships), ensure_ascii=False)
    assert "王小明" not in text
    assert "13812345678" not in text


def test_the_deck_names_no_base_map_of_another_server_and_is_compact() -> None:
    classes = classes_of([1.0, 2.0], direction="bad")
    deck = township_map(
        _townships(甲=1.0, 乙=2.0), polygons=POLYGONS, classes=classes, metric_name="指标", selected=None, height=500
    )
    described = json.loads(deck.to_json())
    assert described["mapStyle"] == pdk.Deck(map_provider=None).map_style  # Streamlit's sign for: none
    assert "http" not in deck.to_json()
    assert deck.to_json() == json.dumps(described, separators=(",", ":"), ensure_ascii=False)
