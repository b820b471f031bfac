"""The villages of one township as points inside its outline, coloured by one metric. No tiles; no request leaves the
server."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
import pydeck as pdk

from charts.classes import Classes
from charts.deck import deck, fitted_view, ground_layer, name_layer, outer_ring, place_properties, point_layer

_WIDTH = 490
"""Width in pixels for the initial view: a township may be wide, and the map is beside a table."""

_RADIUS, _SELECTED_RADIUS = 11, 16
"""Pixels."""

_LABEL_BELOW = 22
"""Pixels from a point down to its label."""

_OUTLINE = [170, 178, 188]
_LOOKS = {"getFillColor": "@@=fill", "getLineColor": "@@=line", "getLineWidth": "@@=line_width"}


def village_map(
    villages: pd.DataFrame,
    *,
    outline: Mapping[str, Any] | None,
    classes: Classes,
    metric_name: str,
    selected: str | None,
    height: int,
) -> pdk.Deck:
    """Villages coloured by the class of their value; the selected one is larger and has a strong outline.

    Args:
        villages: at least one row, one per village: code, name, lon, lat, value (NaN = nothing to show), value_text
        (as shown to the reader, or why there is nothing).
        outline: GeoJSON feature of the township; None if there is none.
        classes: limits and colours.
        metric_name: what the values are, for the tooltip.
        selected: code of the village to highlight.
        height: pixels of the map, to fit the initial view.
    """
    rows = villages.to_dict("records")
    edge = [] if outline is None else outer_ring(outline)
    view = fitted_view([*edge, *((row["lon"], row["lat"]) for row in rows)], height=height, width=_WIDTH)
    stressed_first = sorted(rows, key=lambda row: row["code"] != selected)
    labels = [(row["name"], (row["lon"], row["lat"])) for row in stressed_first]
    layers = [
        *([] if outline is None else [ground_layer([outline], outline=_OUTLINE, line_width=2)]),
        # In the same order whatever is selected: the browser remembers a click by its position.
        point_layer("villages", [_point(row, classes=classes, selected=selected) for row in rows], looks=_LOOKS),
        name_layer(labels, zoom=view["zoom"], below=_LABEL_BELOW),
    ]
    return deck(layers, view=view, metric_name=metric_name)


def _point(row: Mapping[Hashable, Any], *, classes: Classes, selected: str | None) -> dict[str, Any]:
    return {
        **place_properties(row, classes=classes, selected=selected),
        "position": [round(row["lon"], 4), round(row["lat"], 4)],
        "radius": _SELECTED_RADIUS if row["code"] == selected else _RADIUS,
    }
