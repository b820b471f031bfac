"""What the maps share: a compact deck without a base map, labels that do not overlap, an initial view that fits."""

import json
import math
from collections.abc import Hashable, Mapping, Sequence
from functools import cache
from typing import Any

import pydeck as pdk

from charts.classes import Classes
from charts.layout import FONT
from charts.palette import rgb

_LABEL_SIZE = 20
"""Pixels. A label that would cover an earlier one is left out: where places are close together it would be
unreadable."""

_SMALLEST_SPAN = 0.02
"""Degrees, about two kilometres: a single point must not fill the screen."""

_INK, _EDGE = [15, 23, 42], [120, 130, 140]
"""Outlines of the selected place and of the others."""

_GROUND = [128, 140, 155, 28]
"""A background that is unobtrusive in both themes."""

Point = Sequence[float]
"""Longitude and latitude."""


class CompactDeck(pdk.Deck):
    """A deck with a JSON description of our own: pydeck's is indented, almost five times as large, and slow to
    build."""

    def __init__(self, description: str, *, tooltip: Mapping[str, str]) -> None:
        super().__init__(layers=[], map_provider=None, tooltip=dict(tooltip))
        self._description = description

    def to_json(self) -> str:
        """The description passed in."""
        return self._description


def deck(layers: Sequence[Mapping[str, Any]], *, view: Mapping[str, float], metric_name: str) -> pdk.Deck:
    """A deck of layers; the tooltip shows the `name` and `value_text` of the object under the pointer."""
    description = _empty_deck() | {"initialViewState": view, "layers": list(layers)}
    compact = json.dumps(description, separators=(",", ":"), ensure_ascii=False)
    return CompactDeck(compact, tooltip={"text": f"{{name}}\n{metric_name} {{value_text}}"})


@cache
def _empty_deck() -> dict[str, Any]:
    """pydeck's description of a deck without layers and without a base map; `map_provider=None` means no tiles."""
    return json.loads(pdk.Deck(layers=[], map_provider=None).to_json())


def place_properties(row: Mapping[Hashable, Any], *, classes: Classes, selected: str | None) -> dict[str, Any]:
    """The fill, outline and tooltip of a place.

    Args:
        row: code, name, value (NaN = nothing to show), value_text.
        classes: limits and colours.
        selected: code of the place with the strong outline.
    """
    number = float(row["value"])
    chosen = row["code"] == selected
    return {
        "code": row["code"],
        "name": row["name"],
        "value_text": row["value_text"],
        "fill": rgb(classes.colour(None if math.isnan(number) else number)),
        "line": _INK if chosen else _EDGE,
        "line_width": 4 if chosen else 1,
    }


def place_labels(features: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> list[tuple[str, Point]]:
    """Labels and their positions; if two would overlap, the larger place keeps its label.

    Args:
        features: GeoJSON features with `properties.code`.
        names: by code.
    """
    by_size = sorted(features, key=lambda feature: area(outer_ring(feature)), reverse=True)
    return [(names[feature["properties"]["code"]], centroid(outer_ring(feature))) for feature in by_size]


def ground_layer(polygons: Sequence[Mapping[str, Any]], *, outline: Sequence[int], line_width: int) -> dict[str, Any]:
    """The background for points: polygons without properties or tooltips, unobtrusive in both themes.

    Args:
        polygons: GeoJSON features.
        outline: their line colour; `line_width`: in pixels.
    """
    features = [{"type": "Feature", "properties": {}, "geometry": feature["geometry"]} for feature in polygons]
    return {
        "@@type": "GeoJsonLayer",
        "id": "ground",
        "data": {"type": "FeatureCollection", "features": features},
        "pickable": False,
        "stroked": True,
        "filled": True,
        "getFillColor": _GROUND,
        "getLineColor": outline,
        "getLineWidth": line_width,
        "lineWidthUnits": "pixels",
    }


def point_layer(name: str, points: Sequence[Mapping[str, Any]], *, looks: Mapping[str, Any]) -> dict[str, Any]:
    """Points with tooltips, each with its `position` and `radius` (pixels).

    Args:
        name: of the layer, as a selection refers to it.
        looks: getFillColor, getLineColor and getLineWidth, as deck.gl takes them.
    """
    return {
        "@@type": "ScatterplotLayer",
        "id": name,
        "data": points,
        "pickable": True,
        "stroked": True,
        "filled": True,
        "radiusUnits": "pixels",
        "lineWidthUnits": "pixels",
        "getPosition": "@@=position",
        "getRadius": "@@=radius",
        **looks,
    }


def name_layer(labels: Sequence[tuple[str, Point]], *, zoom: float, below: int = 0) -> dict[str, Any]:
    """Labels on the map, in order of priority: a label that would cover an earlier one is left out.

    Args:
        labels: name and position of each place.
        zoom: of the initial view.
        below: how many pixels below its position a label is drawn.
    """
    degrees_per_pixel = 360 / (512 * 2**zoom)
    placed: list[tuple[float, float, float]] = []
    shown = []
    for text, (x, y) in labels:
        letters = sum(1 if ord(letter) > 255 else 0.55 for letter in text)
        width = (letters + 0.5) * _LABEL_SIZE * degrees_per_pixel
        height = 1.3 * _LABEL_SIZE * degrees_per_pixel
        if all(abs(x - left) > (width + other) / 2 or abs(y - top) > height for left, top, other in placed):
            placed.append((x, y, width))
            shown.append({"name": text, "position": [round(x, 4), round(y, 4)]})
    return {
        "@@type": "TextLayer",
        "id": "names",
        "data": shown,
        "getPosition": "@@=position",
        "getText": "@@=name",
        "getSize": _LABEL_SIZE,
        "getColor": [20, 28, 38],
        "getPixelOffset": [0, below],
        "fontFamily": FONT,
        "characterSet": "auto",
        # A pale background: a long label extends beyond its place, also in the dark theme.
        "background": True,
        "getBackgroundColor": [240, 244, 250, 150],
        "backgroundPadding": [3, 0],
        "backgroundBorderRadius": 4,
    }


def outer_ring(feature: Mapping[str, Any]) -> list[list[float]]:
    """The outline of a GeoJSON polygon; that of the largest part if there are several."""
    geometry = feature["geometry"]
    rings = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return max((polygon[0] for polygon in rings), key=area)


def area(ring: Sequence[Point]) -> float:
    """The area of an outline, in square degrees."""
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2


def centroid(ring: Sequence[Point]) -> tuple[float, float]:
    """The centroid of a polygon's outline."""
    pairs = [(a, b, a[0] * b[1] - b[0] * a[1]) for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)]
    six_areas = 3 * sum(cross for _, _, cross in pairs)
    x = sum((a[0] + b[0]) * cross for a, b, cross in pairs) / six_areas
    y = sum((a[1] + b[1]) * cross for a, b, cross in pairs) / six_areas
    return x, y


def fitted_view(points: Sequence[Point], *, height: int, width: int) -> dict[str, float]:
    """The initial view that shows all points on a map of `width` × `height` pixels; on other screens the map opens a
    little larger or smaller."""
    longitudes, latitudes = zip(*points, strict=True)
    latitude = (min(latitudes) + max(latitudes)) / 2
    # Web Mercator: 512 pixels show 360 degrees at zoom 0; a degree of latitude is longer by 1 / cos(latitude).
    by_width = width * 360 / 512 / _span(longitudes)
    by_height = height * 360 / 512 / (_span(latitudes) / math.cos(math.radians(latitude)))
    return {
        "longitude": (min(longitudes) + max(longitudes)) / 2,
        "latitude": latitude,
        "zoom": round(math.log2(min(by_width, by_height)) - 0.1, 2),
    }


def _span(degrees: Sequence[float]) -> float:
    return max(max(degrees) - min(degrees), _SMALLEST_SPAN)
