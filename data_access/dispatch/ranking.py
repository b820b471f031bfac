"""Ranking of townships and departments at the monthly dispatch, by a declared scheme.

Each item gives points by the place among the units that are judged by it: the share of the others that are worse, ties
half. The score is the weighted mean over the items a unit is judged by, 0 to 100. Better on one item never means a
lower score.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from data_access.errors import RankingError
from data_access.facts.metrics import MetricTable, load_ledger_metrics, load_metrics
from data_access.yaml_files import read_yaml

_FILE = Path(__file__).with_name("ranking.yaml")

WHOLE_WEIGHT = 100


@dataclass(frozen=True)
class Criterion:
    """One thing that is compared."""

    key: str
    weight: int
    least: int
    """Denominator below which a unit is not judged by it."""
    more_is_better: bool


Scheme = tuple[Criterion, ...]


@cache
def load_scheme(kind: str) -> Scheme:
    """The scheme of `townships` or `departments`. Raises RankingError as `read_scheme` does."""
    return read_scheme(read_yaml(_FILE)[kind])


def read_scheme(declared: Mapping[str, Mapping[str, Any]]) -> Scheme:
    """A scheme from its declaration.

    Raises RankingError, naming the entry and the reason, for a metric that is not declared, not rankable, or
    neither good nor bad; for a count without a denominator; for a missing least denominator; and where the weights do
    not add up to 100.
    """
    items = tuple(_read_item(key, entry) for key, entry in declared.items())
    total = sum(item.weight for item in items)
    if total != WHOLE_WEIGHT:
        raise RankingError("ranking_weights", total=str(total))
    return items


def _read_item(key: str, entry: Mapping[str, Any]) -> Criterion:
    metric = load_metrics().get(key) or load_ledger_metrics().get(key)
    if metric is None:
        raise RankingError("ranking_unknown", item=key)
    reason = refusal(key)
    if reason is not None:
        raise RankingError(reason, item=key)
    if not isinstance(entry.get("least"), int) or entry["least"] < 1:
        raise RankingError("ranking_no_least", item=key)
    return Criterion(
        key=key, weight=int(entry["weight"]), least=entry["least"], more_is_better=metric.direction == "good"
    )


def refusal(key: str) -> str | None:
    """Why a metric may not be ranked: a key of the catalogues; None where it may."""
    metric = load_metrics().get(key) or load_ledger_metrics()[key]
    if metric.direction == "neutral":
        return "ranking_neutral"
    if not metric.rankable:
        return "ranking_not_rankable"
    if metric.unit != "%":
        return "ranking_count"
    return None


def township_figures(table: MetricTable, *, places: Sequence[str], month: str, scheme: Scheme) -> pd.DataFrame:
    """What townships are compared by; one row per place and item. Columns: unit, item, count, base, value."""
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
            for item in scheme
        ],
        columns=["unit", "item", "count", "base", "value"],
    )


def rank(figures: pd.DataFrame, *, scheme: Scheme) -> pd.DataFrame:
    """Rank units by their figures; one row per unit, best first, those that are not judged by anything last.

    Columns: unit, rank (equal scores share the better rank; empty where not judged), score (0 to 100), and of each item
    `<item>` (its points of the score; empty where the unit is not judged by it).

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
    """The share of the others that are worse, ties half, from 0 to 100; 100 for one that has nobody beside it."""
    if len(values) == 1:
        return pd.Series(100.0, index=values.index)
    return (values.rank(method="average") - 1) * 100 / max(len(values) - 1, 1)
