"""Values far from what is usual in their township, by median and quartiles, which a single absurd value cannot move."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
from pydantic import Field, field_validator
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Double,
    FromClause,
    Integer,
    Select,
    String,
    Values,
    and_,
    case,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    union_all,
    values,
)

from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.database.listing import Listing
from data_access.declarations import Declared, Keyed, Many, Status, Words, each_of, only_of, read_declared
from data_access.households.population import households_on
from data_access.region_codes import cut_in_sql, township_of
from data_access.risk.scoring import net_income
from data_access.schema.indicators import load_codes
from data_access.schema.tables import household_indicator
from data_access.scope import Scope

_FILE = Path(__file__).with_name("outliers.yaml")
_NET_PER_HEAD = "net_per_head"


class Judged(Declared):
    """An indicator whose values are compared within a township."""

    name: str = Field(alias="key")
    k: Annotated[float, Field(gt=0)]
    positive: bool
    doubts: Many[str]

    @field_validator("doubts")
    @classmethod
    def _are_columns(cls, columns: tuple[str, ...]) -> tuple[str, ...]:
        return each_of(columns, household_indicator.c.keys())


class Outliers(Declared):
    """What `outliers.yaml` declares."""

    status: Status
    reference: Words
    fewest: Annotated[int, Field(ge=1)]
    """The number of values from which a township is judged."""
    indicators: Keyed[Judged]

    @field_validator("indicators")
    @classmethod
    def _have_words(cls, indicators: dict[str, Judged]) -> dict[str, Judged]:
        return only_of(indicators, load_codes()["outlier_indicator"])


@cache
def load_outliers(file: Path = _FILE) -> Outliers:
    """What is judged, and what counts as far. Raises DeclarationError."""
    return read_declared(file, Outliers)


def judged_indicators() -> dict[str, Judged]:
    """The indicators that are judged, by name, in the order of the file."""
    return load_outliers().indicators


def is_placeholder() -> bool:
    """Whether the limits still lack a published source."""
    return load_outliers().status == "placeholder"


def read_usual(snapshot: Snapshot, *, scope: Scope, on: date) -> pd.DataFrame:
    """What is usual in the townships that a scope touches; one row per township and indicator with enough values.

    For the whole township, even if the scope is one of its villages. Columns: township, indicator, known (households),
    median, low, high (values outside these are far).
    """
    townships = None if scope.regions is None else tuple({township_of(code) for code in scope.regions})
    homes = _valued(Scope(regions=townships), on)
    township = cut_in_sql(homes.c.village_code, level="township").label("township")
    numbers = [number for name in judged_indicators() for number in _quartiles(homes.c[name], name=name)]
    wide = read_frame(snapshot.connection, select(township, *numbers).group_by(township).order_by(township))
    rows = [
        _usual(row, judged=judged, township=str(row["township"]))
        for row in wide.to_dict("records")
        for judged in judged_indicators().values()
        if row[f"known_{judged.name}"] >= load_outliers().fewest
    ]
    return pd.DataFrame(rows, columns=["township", "indicator", "known", "median", "low", "high"])


def _valued(scope: Scope, on: date) -> FromClause:
    """Households on the register with the values that are judged; NULL if there is nothing to judge."""
    homes = households_on(on, scope=scope)
    net = net_income(dict(homes.c))
    per_head = func.floor(cast(net, Double) / func.nullif(homes.c.income_persons, 0))
    return select(
        *homes.c["household_id", "village_code", "household_type"],
        *(
            _judged(per_head if name == _NET_PER_HEAD else homes.c[name], positive=judged.positive).label(name)
            for name, judged in judged_indicators().items()
        ),
    ).subquery("valued")


def _judged(value: ColumnElement, *, positive: bool) -> ColumnElement[float]:
    number = cast(value, Double)
    return case((number > 0, number)) if positive else number


def _quartiles(value: ColumnElement[float], *, name: str) -> list[ColumnElement]:
    # Values that occur, never the mean of two: they are the same on every database.
    quarters = {"first": 0.25, "median": 0.5, "third": 0.75}
    return [
        func.count(value).label(f"known_{name}"),
        *(func.percentile_disc(part).within_group(value).label(f"{at}_{name}") for at, part in quarters.items()),
    ]


def _usual(row: dict[Any, Any], *, judged: Judged, township: str) -> dict[str, Any]:
    first, median, third = (float(row[f"{at}_{judged.name}"]) for at in ("first", "median", "third"))
    reach = judged.k * (third - first)
    return {
        "township": township,
        "indicator": judged.name,
        "known": int(row[f"known_{judged.name}"]),
        "median": median,
        "low": median - reach,
        "high": median + reach,
    }


def outlying(snapshot: Snapshot, *, scope: Scope, on: date) -> Select:
    """Values far from what is usual in their township; one row per household and indicator.

    Columns: household_id, village_code, household_type, outlier_indicator, side (low or high), found, usual (the
    township's median), edge (the limit that is exceeded).
    """
    usual = _as_values(read_usual(snapshot, scope=scope, on=on))
    homes = select(_valued(scope, on)).cte().prefix_with("MATERIALIZED")
    township = cut_in_sql(homes.c.village_code, level="township")
    parts = []
    for name in judged_indicators():
        value, low, high = homes.c[name], usual.c.low, usual.c.high
        is_low = value < low
        parts.append(
            select(
                *homes.c["household_id", "village_code", "household_type"],
                literal(name, String).label("outlier_indicator"),
                case((is_low, "low"), else_="high").label("side"),
                cast(func.floor(value), BigInteger).label("found"),
                cast(func.floor(usual.c.median), BigInteger).label("usual"),
                cast(func.floor(case((is_low, low), else_=high)), BigInteger).label("edge"),
            )
            .join_from(homes, usual, and_(usual.c.township == township, usual.c.indicator == name))
            .where(or_(is_low, value > high))
        )
    return select(union_all(*parts).subquery("outlying"))


def _as_values(usual: pd.DataFrame) -> Values:
    """What is usual, as a small table with which every row is compared, so that households are not joined with each
    other."""
    columns = (
        column("township", String),
        column("indicator", String),
        column("median", Double),
        column("low", Double),
        column("high", Double),
    )
    rows = [tuple(row) for row in usual[[one.name for one in columns]].itertuples(index=False)]
    # A table of values cannot be empty: if nothing is known yet, it has one row that matches no township.
    return values(*columns, name="usual").data(rows or [("", "", 0.0, 0.0, 0.0)])


def _entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per household and value far from the usual; value outliers (1)."""
    far = outlying(snapshot, scope=scope, on=on).subquery("far")
    return select(far, literal(1, Integer).label("outliers"))


LISTINGS = {
    "outliers": Listing(
        entries=_entries,
        details={
            "outlier_indicator": "outlier_indicator",
            "side": "outlier_side",
            "found": "number",
            "usual": "number",
            "edge": "number",
        },
        facets={
            "outlier_indicator": "outlier_indicator",
            "side": "outlier_side",
            "household_type": "household_type",
        },
    )
}
