"""The real places: townships and villages with codes, and a point for every village."""

import csv
import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from sample_data.common import Flags, Ints, joined, table
from sample_data.district import storm_days, township_factors

_FOLDER = Path(__file__).parent / "geo"
COUNTY = "610902"
COUNTY_SEAT = (109.0264, 32.6953)
OLD_TOWN = "610902001"
"""老城街道 has no village committee and, in this sample, no rural household."""
OUTSIDE_THE_26 = (OLD_TOWN, "610902107")
"""恒口镇 is run by a zone of its own and reports separately. Which 26 townships are counted is our interpretation."""
DAZHUYUAN = "610902111"
_URBAN_WITHOUT_HOUSEHOLDS = ("610902002", "610902003")
_UNSURE_SEATS = (OLD_TOWN, "610902004")
"""Seats that were derived or are known only to within a few kilometres."""
_GOLDEN = 0.6180339887498949


@dataclass(frozen=True)
class Places:
    """Townships and villages in the order of their codes; arrays have one entry per village."""

    townships: list[dict[str, str]]
    codes: list[str]
    names: list[str]
    township: Ints
    """Index of the village's township."""
    community: Flags
    lon: Ints
    lat: Ints
    approximate: Flags
    usual_households: Ints
    """How many households a village has relative to the others."""
    factors: dict[str, Ints]
    """How the townships differ: names of `district.township_factors`, one number per township."""
    storm_days: list[Ints]
    """Days of storms in each township."""

    def township_index(self, code: str) -> int:
        """Position of a township in the list."""
        return next(i for i, township in enumerate(self.townships) if township["code"] == code)

    def household_weights(self, rng: np.random.Generator) -> Ints:
        """How many households a village has relative to the others in this sample."""
        return np.asarray(self.usual_households * np.exp(rng.normal(0.0, 0.25, len(self.codes))))


def _usual_households(townships: list[dict[str, str]], township: Ints, community: Flags) -> Ints:
    """Fewer households in town communities, none in the old town."""
    codes = np.array([entry["code"] for entry in townships])[township]
    urban = np.array([entry["kind"] == "街道" for entry in townships])[township]
    weight = np.where(community, np.where(urban, 0.35, 1.15), 1.0)
    weight[codes == OLD_TOWN] = 0.0
    for code in _URBAN_WITHOUT_HOUSEHOLDS:
        weight[np.flatnonzero((codes == code) & community)[::2]] = 0.0
    return weight


def _rows(name: str) -> list[dict[str, str]]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return sorted(csv.DictReader(file), key=lambda row: row["code"])


def _inside(ring: list[list[float]], lon: float, lat: float) -> bool:
    crossings = 0
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
            crossings += 1
    return crossings % 2 == 1


def _spread_points(ring: list[list[float]], count: int) -> list[tuple[float, float]]:
    """Evenly spread points inside a polygon: a fixed low-discrepancy sequence over its bounding box, skipping points
    outside."""
    west, east = min(x for x, _ in ring), max(x for x, _ in ring)
    south, north = min(y for _, y in ring), max(y for _, y in ring)
    points: list[tuple[float, float]] = []
    step = 0
    while len(points) < count:
        step += 1
        across, binary, denominator, rest = (step * _GOLDEN) % 1.0, 0.0, 1.0, step
        while rest:
            denominator *= 2
            binary += (rest & 1) / denominator
            rest >>= 1
        lon, lat = west + across * (east - west), south + binary * (north - south)
        if _inside(ring, lon, lat):
            points.append((round(lon, 6), round(lat, 6)))
    return points


def load_places() -> Places:
    """Read `geo/`; villages without coordinates get one of the spread points in their township's polygon."""
    townships, villages = _rows("townships.csv"), _rows("villages.csv")
    index = {township["code"]: i for i, township in enumerate(townships)}
    shapes: dict[str, Any] = {
        feature["properties"]["code"]: feature["geometry"]
        for feature in json.loads((_FOLDER / "townships.geojson").read_text(encoding="utf-8"))["features"]
    }
    lon, lat = np.zeros(len(villages)), np.zeros(len(villages))
    approximate = np.array([not village["lon"] for village in villages])
    for code, shape in shapes.items():
        ring = shape["coordinates"][0] if shape["type"] == "Polygon" else shape["coordinates"][0][0]
        unplaced = [i for i, village in enumerate(villages) if village["township_code"] == code and approximate[i]]
        for i, point in zip(unplaced, _spread_points(ring, len(unplaced)), strict=True):
            lon[i], lat[i] = point
    for i, village in enumerate(villages):
        if village["lon"]:
            lon[i], lat[i] = float(village["lon"]), float(village["lat"])
    township = np.array([index[village["township_code"]] for village in villages], dtype=np.int16)
    community = np.array([village["kind"] == "社区" for village in villages])
    usual = _usual_households(townships, township, community)
    return Places(
        townships=townships,
        codes=[village["code"] for village in villages],
        names=[village["name_zh"] for village in villages],
        township=township,
        community=community,
        lon=lon,
        lat=lat,
        approximate=approximate,
        usual_households=usual,
        factors=township_factors(list(index), households=np.bincount(township, usual, len(townships))),
        storm_days=storm_days(list(index)),
    )


def region_table(places: Places) -> pa.Table:
    """The district, its townships and its villages."""
    seats_lon = [float(township["lon"]) for township in places.townships]
    seats_lat = [float(township["lat"]) for township in places.townships]
    township_codes = [township["code"] for township in places.townships]
    rural = [code not in OUTSIDE_THE_26 for code in township_codes]
    count = len(places.codes)
    return table(
        "region",
        {
            "code": pa.array([COUNTY, *township_codes, *places.codes]),
            "parent_code": pa.array(
                [None, *[COUNTY] * len(township_codes), *[township_codes[i] for i in places.township]]
            ),
            "level": pa.array(["county", *["township"] * len(township_codes), *["village"] * count]),
            "name_zh": pa.array(["汉滨区", *[township["name_zh"] for township in places.townships], *places.names]),
            "name_en": pa.array(
                ["Hanbin District", *[township["name_en"] for township in places.townships], *[None] * count]
            ),
            "lon": np.array([COUNTY_SEAT[0], *seats_lon, *places.lon]),
            "lat": np.array([COUNTY_SEAT[1], *seats_lat, *places.lat]),
            "approximate": np.array([True, *[code in _UNSURE_SEATS for code in township_codes], *places.approximate]),
            "rural_26": pa.array([None, *rural, *[rural[i] for i in places.township]]),
        },
    )


def grid_table(places: Places, workers: pa.Array) -> pa.Table:
    """Four grids per village, each with one named worker."""
    villages = pa.array(places.codes).take(pa.array(np.repeat(np.arange(len(places.codes)), GRIDS_PER_VILLAGE)))
    numbers = pa.array([f"{n:02d}" for n in range(1, GRIDS_PER_VILLAGE + 1)] * len(places.codes))
    return table("grid", {"code": joined(villages, numbers), "village_code": villages, "worker": workers})


GRIDS_PER_VILLAGE = 4
