"""Outlines of the townships for the map: a GeoJSON file keyed by region code, which each deployment replaces with its
own.

`TOWNSHIP_POLYGONS` names the file; without it the schematic outlines of the sample are used, which are not
administrative boundaries.
"""

import os
from functools import cache
from pathlib import Path
from typing import Any

from data_access.files.errors import ReadError
from data_access.files.limits import load_limits
from data_access.files.reading_process import conversation

SCHEMATIC = Path(__file__).parent.parent / "sample_data" / "geo" / "townships.geojson"


def polygons_file() -> Path:
    """The file in use."""
    return Path(os.environ.get("TOWNSHIP_POLYGONS") or SCHEMATIC)


def are_schematic() -> bool:
    """Whether the outlines are the sample's drawing rather than a district's own."""
    return polygons_file() == SCHEMATIC


@cache
def load_polygons(file: Path) -> list[dict[str, Any]]:
    """The GeoJSON features, one per township, each with `properties.code` and a geometry. Raises ReadError for a file
    that cannot be used."""
    if not file.is_file():
        raise ReadError("no_file", name=str(file))
    with conversation(name=file.name, size=file.stat().st_size, budget=load_limits().form) as reader:
        return reader.one("outlines", path=str(file.absolute()))["features"]
