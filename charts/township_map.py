"""The townships of the district, coloured by one metric. Polygons only: no tiles, no request leaves the server."""

import json
import math
from collections.abc import Hashable, Mapping, Sequence
from functools import cache
from typing import Any

import pandas as pd
import pydeck as pdk

from charts.classes import Classes
from charts.layout import FONT
from charts.palette import rgb

_WIDTH_PIXELS = 780
"""Width the opening view is fitted to; on other screens the map opens a little larger or smaller."""

_LABEL_SIZE = 16
"""Pixels. A label that would cover one of a larger township is left out: in the town centre they would be
unreadable."""

Row = Mapping[Hashable, Any]
"""One township of the frame."""


class CompactDeck(pdk.Deck):
    """A deck described by a text of ours: pydeck's own is indented, almost five times as large, and slow to make."""

    def __init__(self, description: str, *, tooltip: Mapping[str, str]) -> None:
        super().__init__(layers=[], map_provider=None, tooltip=dict(tooltip))
        self._description = description

    def to_json(self) -> str:
        """The description handed in."""
        return self._description


def township_map(
    townships: pd.DataFrame,
    *,
    polygons: Sequence[Mapping[str, Any]],
    classes: Classes,
    metric_name: str,
    selected: str | None,
    height: int,
) -> pdk.Deck:
    """Townships filled by the class of their value; the selected one has a strong outline.

    Args:
        townships: one row per township: code, name, label (short name), value (NaN = nothing to show), value_text (as
        the reader should see it, or why there is nothing).
        polygons: GeoJSON features with `properties.code`.
        classes: limits and colours.
        metric_name: what the values are, for the tooltip.
        selected: code of the township to outline.
        height: pixels of the map, to fit the opening view.
    """
    rows: dict[str, Row] = {str(row["code"]): row for row in townships.to_dict("records")}
    shown = [feature for feature in polygons if feature["properties"]["code"] in rows]
    features = [
        _feature(feature, row=rows[feature["properties"]["code"]], classes=classes, selected=selected)
        for feature in shown
    ]
    view = _view(shown, height=height)
    description = _empty_deck() | {
        "initialViewState": view,
        "layers": [_township_layer(features), _name_layer(_labels(shown, rows=rows, zoom=view["zoom"]))],
    }
    compact = json.dumps(description, separators=(",", ":"), ensure_ascii=False)
    return CompactDeck(compact, tooltip={"text": f"{{name}}\n{metric_name} {{value_text}}"})


@cache
def _empty_deck() -> dict[str, Any]:
    """What pydeck says of a deck without layers and without a base map; `map_provider=None` keeps tiles away."""
    return json.loads(pdk.Deck(layers=[], map_provider=None).to_json())


def _township_layer(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "@@type": "GeoJsonLayer",
        "id": "townships",
        "data": {"type": "FeatureCollection", "features": features},
        "pickable": True,
        "stroked": True,
        "filled": True,
        "getFillColor": "@@=properties.fill",
        "getLineColor": "@@=properties.line",
        "getLineWidth": "@@=properties.line_width",
        "lineWidthUnits": "pixels",
    }


def _name_layer(labels: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "@@type": "TextLayer",
        "id": "names",
        "data": labels,
        "getPosition": "@@=position",
        "getText": "@@=name",
        "getSize": _LABEL_SIZE,
        "getColor": [20, 28, 38],
        "fontFamily": FONT,
        "characterSet": "auto",
    }


def _feature(feature: Mapping[str, Any], *, row: Row, classes: Classes, selected: str | None) -> dict[str, Any]:
    number = float(row["value"])
    value = None if math.isnan(number) else number
    chosen = row["code"] == selected
    properties = {
        "code": row["code"],
        "name": row["name"],
        "value_text": row["value_text"],
        "fill": rgb(classes.colour(value)),
        "line": [15, 23, 42] if chosen else [120, 130, 140],
        "line_width": 4 if chosen else 1,
    }
    return {
        "type": "Feature",
        "properties": properties,
        # deck.gl shows `name` and `value_text` in the tooltip from here.
        "name": row["name"],
        "value_text": row["value_text"],
        "geometry": feature["geometry"],
    }


def _labels(features: Sequence[Mapping[str, Any]], *, rows: Mapping[str, Row], zoom: float) -> list[dict[str, Any]]:
    """A label in the middle of each township, largest first, as long as it covers no label placed before."""
    degrees_per_pixel = 360 / (512 * 2**zoom)
    placed: list[tuple[float, float, float]] = []
    labels = []
    for feature in sorted(features, key=lambda feature: _area(_outer_ring(feature)), reverse=True):
        text = rows[feature["properties"]["code"]]["label"]
        x, y = _centroid(_outer_ring(feature))
        letters = sum(1 if ord(letter) > 255 else 0.55 for letter in text)
        width = (letters + 0.5) * _LABEL_SIZE * degrees_per_pixel
        height = 1.3 * _LABEL_SIZE * degrees_per_pixel
        if all(abs(x - left) > (width + other) / 2 or abs(y - top) > height for left, top, other in placed):
            placed.append((x, y, width))
            labels.append({"name": text, "position": [round(x, 4), round(y, 4)]})
    return labels


def _centroid(ring: Sequence[Sequence[float]]) -> tuple[float, float]:
    """The centre of gravity of a polygon's outline."""
    pairs = [(a, b, a[0] * b[1] - b[0] * a[1]) for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)]
    six_areas = 3 * sum(cross for _, _, cross in pairs)
    x = sum((a[0] + b[0]) * cross for a, b, cross in pairs) / six_areas
    y = sum((a[1] + b[1]) * cross for a, b, cross in pairs) / six_areas
    return x, y


def _outer_ring(feature: Mapping[str, Any]) -> list[list[float]]:
    geometry = feature["geometry"]
    rings = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return max((polygon[0] for polygon in rings), key=_area)


def _area(ring: Sequence[Sequence[float]]) -> float:
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2


def _view(features: Sequence[Mapping[str, Any]], *, height: int) -> dict[str, float]:
    points = [point for feature in features for point in _outer_ring(feature)]
    longitudes, latitudes = zip(*points, strict=True)
    latitude = (min(latitudes) + max(latitudes)) / 2
    # Web Mercator: 512 pixels show 360 degrees at zoom 0; a degree of latitude is longer by 1 / cos(latitude).
    by_width = _WIDTH_PIXELS * 360 / 512 / (max(longitudes) - min(longitudes))
    by_height = height * 360 / 512 / ((max(latitudes) - min(latitudes)) / math.cos(math.radians(latitude)))
    return {
        "longitude": (min(longitudes) + max(longitudes)) / 2,
        "latitude": latitude,
        "zoom": round(math.log2(min(by_width, by_height)) - 0.1, 2),
    }
