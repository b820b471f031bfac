"""Outlines of the townships for the map: a GeoJSON file keyed by region code, which each deployment replaces with its
own.

`TOWNSHIP_POLYGONS` names the file; without it the schematic outlines of the sample are used, which are not
administrative boundaries.
"""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

from data_access.errors import AppError

SCHEMATIC = Path(__file__).parent.parent / "sample_data" / "geo" / "townships.geojson"


def polygons_file() -> Path:
    """The file in use."""
    return Path(os.environ.get("TOWNSHIP_POLYGONS") or SCHEMATIC)


def are_schematic() -> bool:
    """Whether the outlines are the sample's drawing rather than a district's own."""
    return polygons_file() == SCHEMATIC


@cache
def load_polygons(file: Path) -> list[dict[str, Any]]:
    """The GeoJSON features, one per township, each with `properties.code`. Raises AppError when the file cannot be
    used."""
    try:
        features = json.loads(file.read_text(encoding="utf-8"))["features"]
        for feature in features:
            feature["properties"]["code"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AppError("polygons", path=str(file), reason=str(error)) from error
    return features
