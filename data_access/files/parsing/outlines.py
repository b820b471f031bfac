"""Outlines of places: GeoJSON features, each with the code of its place."""

import codecs
import json
import math
from pathlib import Path
from typing import Any

from data_access.files.parsing.messages import RefusedError

_TOWNSHIP, _VILLAGE = 9, 12
"""Digits of their codes."""
_EAST, _NORTH = 180, 90
"""Degrees that there are."""
_AREAS = ("Polygon", "MultiPolygon")
_KEYS = 5
"""How many names of what a feature has are said where its code is not among them."""


def read_outlines(path: str) -> list[dict[str, Any]]:
    """The features of a GeoJSON file, with nothing but code and geometry; those without a shape are left out.

    Raises RefusedError for a file that has none, or of which a feature is no outline.
    """
    try:
        features = json.loads(_text(Path(path).read_bytes()))["features"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise RefusedError("no_outlines") from error
    if not isinstance(features, list):
        raise RefusedError("no_outlines")
    read = [_outline(feature, number) for number, feature in enumerate(features, start=1)]
    return [one for one in read if one is not None]


def _text(content: bytes) -> str | bytes:
    """The text of a file that is not in UTF-8 but as older programs write Chinese; others as they are."""
    try:
        return content.decode("gb18030") if _is_foreign(content) else content
    except UnicodeDecodeError:
        return content


def _is_foreign(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return not content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return False


def _outline(feature: Any, number: int) -> dict[str, Any] | None:
    try:
        had, geometry = feature.get("properties") or {}, feature.get("geometry")
        kind, coordinates = (geometry["type"], geometry.get("coordinates")) if geometry else (None, None)
        keys = ", ".join(map(str, list(had)[:_KEYS]))
    except (AttributeError, KeyError, TypeError) as error:
        raise RefusedError("no_outline", number=number) from error
    if had.get("code") is None:
        raise RefusedError("outline_without_code", number=number, keys=keys or "-")
    if kind is None or (kind in _AREAS and not coordinates):
        return None
    if kind not in _AREAS:
        raise RefusedError("outline_no_area", number=number, kind=kind)
    try:
        code = _code(had["code"])
        parts: Any = [coordinates] if kind == "Polygon" else coordinates
        rings = [[[(x, y) for x, y, *_ in ring] for ring in part] for part in parts]  # heights are left out
        sound = all(math.isfinite(x) and math.isfinite(y) for part in rings for ring in part for x, y in ring)
    except (TypeError, ValueError, OverflowError) as error:
        raise RefusedError("no_outline", number=number) from error
    if not sound or not rings or not all(rings):
        raise RefusedError("no_outline", number=number)
    points = [point for part in rings for ring in part for point in ring]
    if points and all(abs(x) <= _NORTH < abs(y) <= _EAST for x, y in points):
        raise RefusedError("outline_turned", number=number)
    if any(abs(x) > _EAST or abs(y) > _NORTH for x, y in points):
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
