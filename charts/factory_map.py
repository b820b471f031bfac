"""Where the community factories are: one point per village, larger where more people work. No tiles; no request leaves
the server."""

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd
import pydeck as pdk

from charts.deck import deck, fitted_view, ground_layer, name_layer, outer_ring, place_labels, point_layer
from charts.palette import BRAND, rgb

_WIDTH = 590
"""Width in pixels for the initial view: the map is beside a chart."""

_SMALLEST, _LARGEST = 3, 13
"""Radius in pixels of a village without workers, and of the one with the most."""

_OUTLINE = [150, 158, 168]
_LOOKS = {"getFillColor": [*rgb(BRAND), 160], "getLineColor": [255, 255, 255], "getLineWidth": 1}


def factory_map(
    villages: pd.DataFrame,
    *,
    polygons: Sequence[Mapping[str, Any]],
    names: Mapping[str, str],
    metric_name: str,
    height: int,
) -> pdk.Deck:
    """Points whose area shows how many people work in the factories of a village.

    Args:
        villages: one row per village with a factory: code, name, lon, lat, value (workers), value_text (as the reader
        should see it). A village without coordinates is left out; at least one has them.
        polygons: GeoJSON features with `properties.code`.
        names: of the townships to draw, by code; if two would overlap, the larger township keeps its label.
        metric_name: what the values are, for the tooltip.
        height: pixels of the map, to fit the initial view.
    """
    placed = villages.dropna(subset=["lon", "lat"]).sort_values(["value", "code"], ascending=[False, True])
    rows = placed.to_dict("records")
    most = max((float(row["value"]) for row in rows), default=0.0)
    townships = [feature for feature in polygons if feature["properties"]["code"] in names]
    edges = [point for feature in townships for point in outer_ring(feature)]
    view = fitted_view([*edges, *((row["lon"], row["lat"]) for row in rows)], height=height, width=_WIDTH)
    labels = place_labels(townships, names)
    layers = [
        ground_layer(townships, outline=_OUTLINE, line_width=1),
        point_layer("factories", [_point(row, most=most) for row in rows], looks=_LOOKS),
        name_layer(labels, zoom=view["zoom"]),
    ]
    return deck(layers, view=view, metric_name=metric_name)


def _point(row: Mapping[Hashable, Any], *, most: float) -> dict[str, Any]:
    part = float(row["value"]) / most if most else 0.0
    return {
        "code": row["code"],
        "name": row["name"],
        "value_text": row["value_text"],
        "position": [round(row["lon"], 4), round(row["lat"], 4)],
        # The eye compares areas, so the radius grows with the square root.
        "radius": round(max(_LARGEST * math.sqrt(part), _SMALLEST), 1),
    }
