"""Counties, townships and villages: their names and their place in the tree."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import func, select, true

from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.schema.tables import region
from data_access.scope import Scope


@dataclass(frozen=True)
class Regions:
    """The regions a reader may choose from."""

    county: str | None
    """Code of the county; None when there is none."""
    names: Mapping[str, Mapping[str, str]]
    """Language (zh, en) -> code -> name; the Chinese name where there is no English one."""
    children: Mapping[str, tuple[str, ...]]
    """Code -> codes of the regions right below it, in order."""
    ranked: frozenset[str]
    """Codes of the rural townships: only these are ever ranked."""

    def within(self, scope: Scope) -> "Regions":
        """The regions a scope covers, and those above them."""
        if scope.regions is None:
            return self
        above = {code[:digits] for code in scope.regions for digits in (6, 9)}
        seen = {code for code in self.names["zh"] if scope.covers(code) or code in above}
        return Regions(
            county=self.county if self.county in seen else None,
            names={language: {code: names[code] for code in seen} for language, names in self.names.items()},
            children={code: tuple(part for part in below if part in seen) for code, below in self.children.items()},
            ranked=self.ranked & seen,
        )


def read_regions(snapshot: Snapshot, *, scope: Scope) -> Regions:
    """The regions a scope covers, and those above them."""
    query = select(
        *region.c["code", "parent_code", "level", "name_zh", "rural_26"],
        func.coalesce(region.c.name_en, region.c.name_zh).label("name_en"),
    ).order_by(region.c.code)
    rows = snapshot.connection.execute(query).all()
    children: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        children[row.parent_code].append(row.code)
    return Regions(
        county=next((row.code for row in rows if row.level == "county"), None),
        names={"zh": {row.code: row.name_zh for row in rows}, "en": {row.code: row.name_en for row in rows}},
        children={code: tuple(below) for code, below in children.items()},
        ranked=frozenset(row.code for row in rows if row.level == "township" and row.rural_26),
    ).within(scope)


def read_village_points(snapshot: Snapshot, *, scope: Scope, township: str) -> pd.DataFrame:
    """The villages of a township that have coordinates; one row per village.

    Columns: code, lon, lat (degrees), approximate (whether the coordinates are an estimate; unknown counts as one).
    """
    query = (
        select(*region.c["code", "lon", "lat"], func.coalesce(region.c.approximate, true()).label("approximate"))
        .where(region.c.parent_code == township, region.c.lon.is_not(None), region.c.lat.is_not(None))
        .where(region.c.level == "village", scope.rows(region.c.code))
        .order_by(region.c.code)
    )
    return read_frame(snapshot.connection, query)
