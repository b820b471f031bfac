"""The order in which a group visits its villages: the nearest one next, as the crow flies. Roads are not known."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

from sqlalchemy import select

from data_access.database.engine import Snapshot
from data_access.schema.tables import region
from data_access.scope import Scope

_EARTH = 6371.0
"""Its radius in km."""

Point = tuple[float, float]
"""Longitude and latitude in degrees."""


@dataclass(frozen=True)
class Stop:
    """A village on a route."""

    village_code: str
    km: float | None
    """As the crow flies from the stop before; None where coordinates are missing."""


def read_points(snapshot: Snapshot, *, scope: Scope, codes: tuple[str, ...]) -> Mapping[str, Point]:
    """Where some regions are (villages, the county with its seat); without those that have no coordinates."""
    query = select(*region.c["code", "lon", "lat"]).where(
        region.c.code.in_(codes), region.c.lon.is_not(None), region.c.lat.is_not(None), scope.rows(region.c.code)
    )
    rows = snapshot.connection.execute(query.order_by(region.c.code))
    return {row.code: (row.lon, row.lat) for row in rows}


def visiting_order(villages: tuple[str, ...], *, points: Mapping[str, Point], start: str | None) -> tuple[Stop, ...]:
    """The villages in the order in which they are visited; those without coordinates last, by code.

    Args:
        points: as returned by `read_points`.
        start: code of the place where the group sets out.
    """
    left = sorted(village for village in villages if village in points)
    at = points.get(start or "")
    stops: list[Stop] = []
    while left:
        here = at
        nearest = left[0] if here is None else min(left, key=lambda village: (_km(here, points[village]), village))
        stops.append(Stop(nearest, None if here is None else _km(here, points[nearest])))
        left.remove(nearest)
        at = points[nearest]
    unknown = sorted(village for village in villages if village not in points)
    return (*stops, *(Stop(village, None) for village in unknown))


def _km(one: Point, other: Point) -> float:
    """The distance on the globe (haversine)."""
    (lon, lat), (lon2, lat2) = (tuple(map(radians, point)) for point in (one, other))
    half = sin((lat2 - lat) / 2) ** 2 + cos(lat) * cos(lat2) * sin((lon2 - lon) / 2) ** 2
    return 2 * _EARTH * asin(sqrt(half))
