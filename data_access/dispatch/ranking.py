"""Ranking of townships and departments at the monthly dispatch, by a declared scheme.

Each item gives points by the position among the units judged by it: the share of the others that are worse, ties
counting half. The score is the weighted mean of the items that a unit is judged by, 0 to 100. Doing better on one item
never lowers the score.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Self

import pandas as pd
from pydantic import AfterValidator, Field, model_validator

from data_access.declarations import Declared, Keyed, Status, one_of, read_declared, refuse
from data_access.facts.metrics import LedgerMetric, MetricTable, load_ledger_metrics, load_metrics

_FILE = Path(__file__).with_name("ranking.yaml")

WHOLE_WEIGHT = 100


@dataclass(frozen=True)
class Criterion:
    """One thing that is compared."""

    key: str
    weight: int
    least: int
    """The denominator below which a unit is not judged by this item."""
    more_is_better: bool


Scheme = tuple[Criterion, ...]


class _Entry(Declared):
    """An item as it is declared."""

    key: str
    weight: Annotated[int, Field(ge=1, le=WHOLE_WEIGHT)]
    least: Annotated[int, Field(ge=1)]

    @model_validator(mode="after")
    def _may_be_ranked(self) -> Self:
        one_of(self.key, (*load_metrics(), *load_ledger_metrics()))
        reason = refusal(self.key)
        if reason is not None:
            raise refuse(reason)
        return self


def _adds_up(items: dict[str, _Entry]) -> dict[str, _Entry]:
    total = sum(item.weight for item in items.values())
    if total != WHOLE_WEIGHT:
        raise refuse("ranking_weights", total=total, whole=WHOLE_WEIGHT)
    return items


class Schemes(Declared):
    """What `ranking.yaml` declares."""

    status: Status
    townships: Annotated[Keyed[_Entry], AfterValidator(_adds_up)]
    departments: Annotated[Keyed[_Entry], AfterValidator(_adds_up)]


@cache
def load_schemes(file: Path = _FILE) -> Schemes:
    """The schemes of `ranking.yaml`.

    Raises DeclarationError, naming the entry and the reason, for a metric that is not declared, not rankable, or
    neither good nor bad; for a count without a denominator; for a missing minimum denominator; and if the weights do
    not add up to 100.
    """
    return read_declared(file, Schemes)


@cache
def load_scheme(kind: str) -> Scheme:
    """The scheme of `townships` or `departments`. Raises DeclarationError as `load_schemes` does."""
    declared = {"townships": load_schemes().townships, "departments": load_schemes().departments}[kind]
    return tuple(
        Criterion(key=key, weight=entry.weight, least=entry.least, more_is_better=_metric(key).direction == "good")
        for key, entry in declared.items()
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
    known = [item for item in scheme if table.collects(item.key) and table.reaches_base(item.key, month=month)]
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
    """Rank units by their figures; one row per unit, best first, units that are not judged at all last.

    Columns: unit, rank (equal scores share the better rank; empty if not judged), score (0 to 100), and for each
    item `<item>` (its points in the score; empty if the unit is not judged by it).

    Args:
        figures: unit, item, base, value; one row per unit and item.
    """
    units = list(dict.fromkeys(figures["unit"]))
    points = pd.DataFrame(index=units)
    for item in scheme:
        own = figures[figures["item"] == item.key].set_index("unit")
        judged = own.loc[(own["base"] >= item.least) & own["value"].notna(), "value"].astype(float)
        points[item.key] = _standing(judged if item.more_is_better else -judged).reindex(units)
    weights = pd.Series({item.key: item.weight for item in scheme}, dtype="float64")
    weighed = points.notna().mul(weights).sum(axis=1)
    shares = points.mul(weights).div(weighed.where(weighed > 0), axis=0)
    score = shares.sum(axis=1, min_count=1)
    ranked = shares.assign(score=score, rank=score.round(9).rank(method="min", ascending=False).astype("Int64"))
    ordered = ranked.rename_axis("unit").reset_index().sort_values(["rank", "unit"], na_position="last")
    return ordered[["unit", "rank", "score", *points.columns]].reset_index(drop=True)


def _standing(values: pd.Series) -> pd.Series:
    """The share of the others that are worse, ties counting half, from 0 to 100; 100 for a unit without others."""
    if len(values) == 1:
        return pd.Series(100.0, index=values.index)
    return (values.rank(method="average") - 1) * 100 / max(len(values) - 1, 1)
