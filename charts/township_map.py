"""The townships of the district, coloured by one metric. Polygons only: no tiles; no request leaves the server."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd
import pydeck as pdk

from charts.classes import Classes
from charts.deck import deck, fitted_view, name_layer, outer_ring, place_labels, place_properties

_WIDTH = 410
"""Pixels that the map has at least between legend and what stands beside it, where it is `height` pixels high."""

Row = Mapping[Hashable, Any]
"""A row of the frame: one township."""


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
            shown to the reader, or why there is nothing).
        polygons: GeoJSON features with `properties.code`.
        classes: limits and colours.
        metric_name: what the values are, for the tooltip.
        selected: code of the township to outline.
        height: pixels of the map, to fit the initial view.
    """
    rows: dict[str, Row] = {str(row["code"]): row for row in townships.to_dict("records")}
    shown = [feature for feature in polygons if feature["properties"]["code"] in rows]
    features = [
        _feature(feature, row=rows[feature["properties"]["code"]], classes=classes, selected=selected)
        for feature in shown
    ]
    view = fitted_view([point for feature in shown for point in outer_ring(feature)], height=height, width=_WIDTH)
    labels = place_labels(shown, {code: row["label"] for code, row in rows.items()})
    layers = [_township_layer(features), name_layer(labels, zoom=view["zoom"])]
    return deck(layers, view=view, metric_name=metric_name)


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


def _feature(feature: Mapping[str, Any], *, row: Row, classes: Classes, selected: str | None) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": place_properties(row, classes=classes, selected=selected),
        # deck.gl takes `name` and `value_text` of the tooltip from here.
        "name": row["name"],
        "value_text": row["value_text"],
        "geometry": feature["geometry"],
    }
