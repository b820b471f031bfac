"""Outlines of places: GeoJSON features, each with the code of its place."""

import json
import math
from pathlib import Path
from typing import Any

from data_access.files.parsing.messages import RefusedError

_TOWNSHIP, _VILLAGE = 9, 12
"""Digits of their codes."""
_EAST, _NORTH = 180, 90
"""Degrees that there are."""


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
        code, geometry = _code(feature["properties"]["code"]), feature["geometry"]
        kind, coordinates = geometry["type"], geometry["coordinates"]
        parts = {"Polygon": [coordinates], "MultiPolygon": coordinates}[kind]
        rings = [[[(x, y) for x, y, *_ in ring] for ring in part] for part in parts]  # heights are left out
        sound = all(math.isfinite(x) and math.isfinite(y) for part in rings for ring in part for x, y in ring)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise RefusedError("no_outline", number=number) from error
    if not sound or not rings or not all(rings):
        raise RefusedError("no_outline", number=number)
    if any(abs(x) > _EAST or abs(y) > _NORTH for part in rings for ring in part for x, y in ring):
        raise RefusedError("outline_in_metres", number=number)
    if any(_is_flat(part[0]) for part in rings):
        raise RefusedError("flat_outline", number=number)
    return {
        "type": "Feature",
        "properties": {"code": code},
        "geometry": {"type": kind, "coordinates": rings[0] if kind == "Polygon" else rings},
    }


def _code(value: Any) -> str:
    """The code of a township, which programs write as a number, or with the places of villages filled by zeros."""
    code = str(int(value)) if isinstance(value, int | float) else str(value).strip()
    return code[:_TOWNSHIP] if len(code) == _VILLAGE and code.endswith("0" * (_VILLAGE - _TOWNSHIP)) else code


def _is_flat(ring: list[tuple[float, float]]) -> bool:
    """Whether an outline surrounds nothing."""
    pairs = zip(ring, [*ring[1:], *ring[:1]], strict=True)
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs) == 0
