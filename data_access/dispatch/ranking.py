"""Ranking of townships and departments at the monthly dispatch, by a declared scheme.

Each item gives points by the distance of its value from the floor to the full mark, whatever the others do: one
household moves them by at most weight ÷ (denominator × (full mark − floor)). The score is 100 times the points gained
of those that could be, by the items that a unit is judged by. Who cannot be told from a better one shares its place.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

import pandas as pd
from pydantic import AfterValidator, Field, model_validator

from data_access.declarations import Declared, Keyed, Status, Words, one_of, read_declared, refuse
from data_access.facts.metrics import LedgerMetric, MetricTable, load_ledger_metrics, load_metrics

_FILE = Path(__file__).with_name("ranking.yaml")

WHOLE_WEIGHT = 100

Kind = Literal["townships", "departments"]

Percent = Annotated[int, Field(ge=0, le=100)]


class Criterion(Declared):
    """One thing that is compared; its key is that of a metric in percent."""

    key: str
    weight: Annotated[int, Field(ge=1, le=WHOLE_WEIGHT)]
    full: Percent
    """The value from which all points are given."""
    target: Percent
    floor: Percent
    """The value up to which none are given."""
    least: Annotated[int, Field(ge=1)]
    """The denominator below which a unit is not judged by this item."""
    lost: str
    """The metric whose list holds what cost points."""

    @model_validator(mode="after")
    def _may_be_ranked(self) -> Self:
        one_of(self.key, (*load_metrics(), *load_ledger_metrics()))
        one_of(self.lost, load_metrics())
        reason = refusal(self.key)
        if reason is not None:
            raise refuse(reason)
        rises = _metric(self.key).direction == "good"
        in_order = sorted((self.floor, self.target, self.full), reverse=not rises)
        if self.floor == self.full or in_order != [self.floor, self.target, self.full]:
            raise refuse("ranking_marks", floor=self.floor, target=self.target, full=self.full)
        return self

    def points(self, values: pd.Series) -> pd.Series:
        """The points that values give, from 0 to the weight."""
        reached = (values - self.floor) / (self.full - self.floor)
        return reached.clip(0, 1) * self.weight


def _adds_up(items: dict[str, Criterion]) -> dict[str, Criterion]:
    total = sum(item.weight for item in items.values())
    if total != WHOLE_WEIGHT:
        raise refuse("ranking_weights", total=total, whole=WHOLE_WEIGHT)
    return items


class DatedScheme(Declared):
    """How units are ranked from a day on."""

    status: Status
    reference: Words
    told_apart: Annotated[int, Field(ge=0)]
    """Points by which two scores may differ by chance."""
    judged_share: Annotated[int, Field(ge=1, le=100)]
    """Percent of the weights by which a unit must be judged to have a place."""
    townships: Annotated[Keyed[Criterion], AfterValidator(_adds_up)]
    departments: Annotated[Keyed[Criterion], AfterValidator(_adds_up)]


class _Declaration(Declared):
    schemes: Annotated[dict[date, DatedScheme], Field(min_length=1)]


@dataclass(frozen=True)
class Scheme:
    """How one kind of unit is ranked on a day."""

    since: date
    """The first day of the scheme: its version."""
    status: Status
    told_apart: float
    judged_share: float
    items: tuple[Criterion, ...]


@cache
def load_schemes(file: Path = _FILE) -> dict[date, DatedScheme]:
    """The schemes of `ranking.yaml` by their first day.

    Raises DeclarationError, naming the entry and the reason, for a metric that is not declared, not rankable, or
    neither good nor bad; for a count without a denominator; for marks out of order; and if the weights do not add up to
    100.
    """
    return read_declared(file, _Declaration).schemes


def load_scheme(kind: Kind, *, on: date) -> Scheme:
    """The scheme for one kind of unit in force on a day; before the first one, the first. Raises DeclarationError as
    `load_schemes` does."""
    dated = load_schemes()
    since = max((start for start in dated if start <= on), default=min(dated))
    held = dated[since]
    return Scheme(
        since=since,
        status=held.status,
        told_apart=held.told_apart,
        judged_share=held.judged_share,
        items=tuple({"townships": held.townships, "departments": held.departments}[kind].values()),
    )


def refusal(key: str) -> str | None:
    """Why a metric may not be ranked: a key of the catalogues; None if it may."""
    metric = _metric(key)
    if metric.direction == "neutral":
        return "ranking_neutral"
    if not metric.rankable:
        return "ranking_not_rankable"
    if metric.unit != "%":
        return "ranking_count"
    return None


def _metric(key: str) -> LedgerMetric:
    return load_metrics().get(key) or load_ledger_metrics()[key]


def township_figures(table: MetricTable, *, places: Sequence[str], month: str, scheme: Scheme) -> pd.DataFrame:
    """The figures by which townships are compared; one row per place and item. Columns: unit, item, count, base,
    value; nobody is judged by what is not collected."""
    known = [item for item in scheme.items if table.collects(item.key) and table.reaches_base(item.key, month=month)]
    return pd.DataFrame(
        [
            {
                "unit": place,
                "item": item.key,
                "count": table.count(item.key, place=place, month=month),
                "base": table.base(item.key, place=place, month=month),
                "value": table.value(item.key, place=place, month=month),
            }
            for place in places
            for item in known
        ],
        columns=["unit", "item", "count", "base", "value"],
    )


def rank(figures: pd.DataFrame, *, scheme: Scheme) -> pd.DataFrame:
    """Rank units by their figures; one row per unit, best first, units without a place last.

    Columns: unit; rank (units that chance may have parted share the place of their best; empty if too little is
    judged); score (0 to 100, of what is judged; empty if nothing is); judged (percent of the weights); and for each
    item `<item>` (its points; empty if the unit is not judged by it).

    Args:
        figures: unit, item, base, value; one row per unit and item.
    """
    units = list(dict.fromkeys(figures["unit"]))
    points = pd.DataFrame(index=units)
    for item in scheme.items:
        own = figures[figures["item"] == item.key].set_index("unit")
        judged = own.loc[(own["base"] >= item.least) & own["value"].notna(), "value"].astype(float)
        points[item.key] = item.points(judged).reindex(units)
    weights = pd.Series({item.key: item.weight for item in scheme.items}, dtype="float64")
    weighed = points.notna().mul(weights).sum(axis=1)
    score = points.sum(axis=1, min_count=1) * 100 / weighed.where(weighed > 0)
    placed = score.where(weighed * 100 / weights.sum() >= scheme.judged_share)
    found = points.assign(score=score, judged=weighed * 100 / weights.sum())
    found["rank"] = _places(placed, told_apart=scheme.told_apart)
    ordered = found.assign(order=-score.round(9)).rename_axis("unit").reset_index()
    ordered = ordered.assign(apart=ordered["rank"].isna()).sort_values(["apart", "order", "unit"])
    return ordered[["unit", "rank", "score", "judged", *points.columns]].reset_index(drop=True)


def _places(scores: pd.Series, *, told_apart: float) -> pd.Series:
    """The place of each score: that of the best one from which it differs by no more than `told_apart`, if that one
    shares nobody's place itself; otherwise 1 + the scores above."""
    places: dict[Hashable, int] = {}
    best = place = 0.0
    for above, (unit, score) in enumerate(scores.dropna().round(9).sort_values(ascending=False).items()):
        if not places or best - score > told_apart + 1e-9:
            best, place = score, above + 1
        places[unit] = int(place)
    return pd.Series(places, dtype="Int64").reindex(scores.index)
