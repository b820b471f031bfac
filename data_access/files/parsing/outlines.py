"""Outlines of places: GeoJSON features, each with the code of its place."""

import json
import math
from pathlib import Path
from typing import Any

from data_access.files.parsing.messages import RefusedError


def read_outlines(path: str) -> list[dict[str, Any]]:
    """The features of a GeoJSON file, with nothing but code and geometry.

    Raises RefusedError for a file that has none, or of which a feature is no outline.
    """
    try:
        features = json.loads(Path(path).read_bytes())["features"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise RefusedError("no_outlines") from error
    if not isinstance(features, list):
        raise RefusedError("no_outlines")
    return [_outline(feature, number) for number, feature in enumerate(features, start=1)]


def _outline(feature: Any, number: int) -> dict[str, Any]:
    try:
        code, geometry = feature["properties"]["code"], feature["geometry"]
        kind, coordinates = geometry["type"], geometry["coordinates"]
        parts = {"Polygon": [coordinates], "MultiPolygon": coordinates}[kind]
        sound = all(math.isfinite(x) and math.isfinite(y) for part in parts for ring in part for x, y, *_ in ring)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise RefusedError("no_outline", number=number) from error
    if not sound:
        raise RefusedError("no_outline", number=number)
    return {
        "type": "Feature",
        "properties": {"code": code},
        "geometry": {"type": kind, "coordinates": coordinates},
    }
