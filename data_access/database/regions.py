"""Counties, townships and villages: their names and their place in the tree."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import ColumnElement, FromClause, Subquery, and_, case, func, literal, select, true

from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.region_codes import path_of
from data_access.schema.renamed import titles_in_force
from data_access.schema.tables import department, region
from data_access.scope import Scope

_BRACKETS = {"zh": ("（", "）"), "en": (" (", ")")}
"""What the end of a code stands in, by language."""

_ENDING = 3
"""Digits of a code that differ within the region above: of a township, of a village."""


@dataclass(frozen=True)
class Regions:
    """The regions a reader can choose from."""

    county: str | None
    """Code of the county; None if there is none."""
    names: Mapping[str, Mapping[str, str]]
    """Language (zh, en) -> code -> name; the Chinese name where there is no English one."""
    children: Mapping[str, tuple[str, ...]]
    """Code -> codes of the regions directly below it, in order."""
    ranked: frozenset[str]
    """Codes of the rural townships: only these are ranked; all townships where nothing says which are rural."""

    def whole(self, language: str) -> str:
        """The county's own name: what the whole place is called. Of a database without a county nothing."""
        return "" if self.county is None else self.names[language][self.county]

    def within(self, scope: Scope) -> "Regions":
        """The regions a scope covers, and those above them."""
        if scope.regions is None:
            return self
        above = {place for code in scope.regions for place in path_of(code)}
        seen = {code for code in self.names["zh"] if scope.covers(code) or code in above}
        return Regions(
            county=self.county if self.county in seen else None,
            names={language: {code: names[code] for code in seen} for language, names in self.names.items()},
            children={code: tuple(part for part in below if part in seen) for code, below in self.children.items()},
            ranked=self.ranked & seen,
        )


def name_of(named: FromClause, *, language: str) -> ColumnElement[str]:
    """SQL: the name of a region, or of a department in the data; the Chinese name where there is no English one."""
    return named.c.name_zh if language == "zh" else func.coalesce(named.c.name_en, named.c.name_zh)


def office_name(*, language: str, on: date) -> ColumnElement[str]:
    """SQL: the title of a department on a day, by `renamed.yaml`, or else its name."""
    titles = titles_in_force(on=on, language=language)
    named = name_of(department, language=language)
    return case(titles, value=department.c.name_zh, else_=named) if titles else named


def named_regions(*, language: str, name: str = "named") -> Subquery:
    """SQL: every region with its code, parent_code, level and name. Names that are alike within the region above are
    told apart by the end of their codes: two 双龙村 of one township are 双龙村（201） and 双龙村（208）."""
    plain = name_of(region, language=language)
    alike = func.count().over(partition_by=[region.c.parent_code, plain]) > 1
    opening, closing = _BRACKETS[language]
    ending = func.right(region.c.code, _ENDING)
    told_apart = plain.concat(literal(opening)).concat(ending).concat(literal(closing))
    return select(
        *region.c["code", "parent_code", "level"], case((alike, told_apart), else_=plain).label("name")
    ).subquery(name)


class PlaceNames:
    """SQL: the township and the village of each row, by name. `joined` joins them to the rows."""

    def __init__(self, *, language: str) -> None:
        self._village = named_regions(language=language, name="village")
        self._township = named_regions(language=language, name="township")
        self.columns = (self._township.c.name.label("township"), self._village.c.name.label("village"))
        """township, village: NULL if the code is not known; for the code of a township the village is NULL."""

    def joined(self, rows: FromClause, code: ColumnElement[str]) -> FromClause:
        """The rows joined to the names; `code`: their column with the code of a village or a township."""
        village, township = self._village, self._township
        upper = func.coalesce(village.c.parent_code, code)
        return rows.outerjoin(village, and_(village.c.code == code, village.c.level == "village")).outerjoin(
            township, township.c.code == upper
        )


def read_regions(snapshot: Snapshot, *, scope: Scope) -> Regions:
    """The regions a scope covers, and those above them."""
    chinese, english = (named_regions(language=language, name=language) for language in ("zh", "en"))
    query = (
        select(
            *region.c["code", "parent_code", "level", "rural_26"],
            chinese.c.name.label("name_zh"),
            english.c.name.label("name_en"),
        )
        .join_from(region, chinese, chinese.c.code == region.c.code)
        .join(english, english.c.code == region.c.code)
        .order_by(region.c.code)
    )
    rows = snapshot.connection.execute(query).all()
    children: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        children[row.parent_code].append(row.code)
    townships = [row for row in rows if row.level == "township"]
    is_told = any(row.rural_26 is not None for row in townships)
    return Regions(
        county=next((row.code for row in rows if row.level == "county"), None),
        names={"zh": {row.code: row.name_zh for row in rows}, "en": {row.code: row.name_en for row in rows}},
        children={code: tuple(below) for code, below in children.items()},
        ranked=frozenset(row.code for row in townships if row.rural_26 or not is_told),
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
