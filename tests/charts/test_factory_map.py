"""The map of factories: what its deck says, and what it leaves out."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from charts.factory_map import factory_map

A, B = "610902001", "610902002"


def _square(code: str, *, left: float) -> dict[str, Any]:
    ring = [[left, 32.5], [left + 0.1, 32.5], [left + 0.1, 32.6], [left, 32.6], [left, 32.5]]
    return {
        "type": "Feature",
        "properties": {"code": code},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


POLYGONS = [_square(A, left=108.8), _square(B, left=109.0)]


def _villages(*workers: float) -> pd.DataFrame:
    rows = [(f"{A}20{n}", f"村{n}", 108.82 + n / 100, 32.55, number) for n, number in enumerate(workers)]
    frame = pd.DataFrame(rows, columns=["code", "name", "lon", "lat", "value"])
    return frame.assign(value_text=[f"{number:g}人" for number in workers])


def _layers(villages: pd.DataFrame, names: dict[str, str] | None = None) -> dict[str, dict[str, Any]]:
    deck = factory_map(
        villages, polygons=POLYGONS, names=names or {A: "甲镇", B: "乙镇"}, metric_name="在业", height=400
    )
    return {layer["id"]: layer for layer in json.loads(deck.to_json())["layers"]}


def test_the_area_of_a_point_grows_with_the_workers() -> None:
    small, large = sorted(point["radius"] for point in _layers(_villages(25, 100))["factories"]["data"])
    assert (large / small) ** 2 == pytest.approx(4, rel=0.05)


def test_a_village_whose_factories_stand_empty_is_still_a_point() -> None:
    assert all(point["radius"] > 0 for point in _layers(_villages(0, 100))["factories"]["data"])
    assert all(point["radius"] > 0 for point in _layers(_villages(0))["factories"]["data"])


def test_the_pointer_reads_name_and_workers_and_nothing_of_a_household() -> None:
    villages = _villages(7).assign(head_name="王小明")
    (point,) = _layers(villages)["factories"]["data"]
    assert (point["name"], point["value_text"]) == ("村0", "7人")
    assert point.keys() == {"code", "name", "value_text", "position", "radius"}


def test_a_village_without_coordinates_is_left_out() -> None:
    villages = _villages(5, 7)
    villages.loc[0, "lon"] = np.nan
    assert [point["name"] for point in _layers(villages)["factories"]["data"]] == ["村1"]


def test_only_the_townships_named_are_drawn_and_named() -> None:
    layers = _layers(_villages(5), names={A: "甲镇"})
    assert len(layers["ground"]["data"]["features"]) == 1
    assert [label["name"] for label in layers["names"]["data"]] == ["甲镇"]


def test_the_deck_names_no_other_server() -> None:
    deck = factory_map(_villages(5), polygons=POLYGONS, names={A: "甲镇"}, metric_name="在业", height=400)
    assert "http" not in deck.to_json()
