"""How often the system is wrong in the whole district, estimated from a draw in which chances differ.

Each unit stands for as many as its chance says: 1 ÷ chance. The share is the weighted answers that disagree ÷ the
weighted answers. Its variance is that of a ratio, linearised, twice: between households of a township and status, and
between the villages of a township. The larger one counts. A stratum with one household alone (or one village) tells
nothing of how households differ there; it is pooled with its like, by status, and then with all. Two villages of one
township tell next to nothing of how its villages differ: with few villages only households count.

The interval is that of Wilson for as many independent answers as the sample is worth: as many as the variance says, and
no more than the weights allow (Kish), because a sample in which by chance no household that stands for thousands was
wrong would look far too sure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import pandas as pd

from data_access.inspection.rates import wilson_of_share

FEWEST_DEGREES = 10
"""Of freedom that a variance between villages needs to be more than chance itself."""


@dataclass(frozen=True)
class Estimate:
    """The weighted share of all that could have been drawn, with its 95 % interval, and the number of independent
    comparisons that the sample is worth."""

    share: float
    low: float
    high: float
    worth: float


@dataclass(frozen=True)
class ErrorRate:
    """How many comparisons of how many units disagreed, and what that says of all; None if nothing was compared."""

    wrong: int
    compared: int
    units: int
    estimate: Estimate | None = None

    @property
    def design_effect(self) -> float | None:
        """How many times as many comparisons this way of drawing needs as drawing each by itself would."""
        return None if self.estimate is None else self.compared / self.estimate.worth


def error_rate(findings: pd.DataFrame, *, units: pd.DataFrame) -> ErrorRate:
    """How often some findings disagree with the system, weighted by the chance of their units.

    Args:
        findings: columns code, agrees.
        units: those of the draw, as returned by `draws.read_units`.
    """
    wrong = ~findings["agrees"].astype(bool)
    counts = wrong.groupby(findings["code"]).agg(["sum", "size"]).rename(columns={"sum": "wrong", "size": "asked"})
    own = units.assign(weight=1 / units["probability"].where(units["probability"] > 0, 1.0))
    own = own.assign(weight=own["weight"] * _of_whom_not_seen(own, seen=own["code"].isin(counts.index)))
    seen = own.merge(counts, left_on="code", right_index=True)
    return ErrorRate(
        wrong=int(seen["wrong"].sum()),
        compared=int(seen["asked"].sum()),
        units=len(seen),
        estimate=None if seen.empty else _estimate(seen),
    )


def _of_whom_not_seen(units: pd.DataFrame, *, seen: pd.Series) -> pd.Series:
    """What the weight of a unit is multiplied by, so that those seen of a kind and status stand for all that were to be
    inspected."""
    group = [units["kind"], units["status"].fillna("")]
    drawn = units["weight"].where(units["active"], 0.0).groupby(group).transform("sum")
    there = units["weight"].where(seen, 0.0).groupby(group).transform("sum")
    return (drawn / there).where((there > 0) & (drawn > 0), 1.0)


def _estimate(seen: pd.DataFrame) -> Estimate:
    weight, wrong, asked = (seen[name].astype(float) for name in ("weight", "wrong", "asked"))
    whole = (weight * asked).sum()
    share = float((weight * wrong).sum() / whole)
    away = weight * (wrong - share * asked) / whole
    status = seen["status"].fillna("")
    ways = [_variance(away, strata=(seen["township_code"] + "/" + status, status, status.str[:0]))]
    villages = away.groupby([seen["township_code"], seen["village_code"]]).sum().reset_index(name="away")
    township = villages["township_code"]
    by_village = _variance(villages["away"], strata=(township, township.str[:0]))
    if by_village.degrees >= FEWEST_DEGREES:
        ways.append(by_village)
    widest = max(ways, key=lambda way: way.value)
    worth = min(_worth(share, widest.value), _allowed(weight * asked, wrong=wrong, asked=asked))
    low, high = wilson_of_share(share, of=worth, degrees=max(widest.degrees, FEWEST_DEGREES))
    return Estimate(share=share, low=low, high=high, worth=worth)


@dataclass(frozen=True)
class _Variance:
    """A variance, and the degrees of freedom with which it was estimated."""

    value: float
    degrees: int


def _variance(away: pd.Series, *, strata: Sequence[pd.Series]) -> _Variance:
    """The variance of a sum over a stratified sample. `strata`: from fine to coarse; who is alone in one is put into
    the next."""
    own = strata[0]
    for coarser in strata[1:]:
        alone = own.groupby(own).transform("size") == 1
        own = own.where(~alone, coarser)
    sums = away.groupby(own).agg(["size", "var"])
    several = sums["size"] > 1
    last = away[own.map(~several)]
    value = float((sums["size"] * sums["var"])[several].sum() + (last**2).sum())
    return _Variance(value, degrees=int((sums["size"] - 1).sum()))


def _worth(share: float, variance: float) -> float:
    """How many independent answers have this variance."""
    return share * (1 - share) / variance if variance > 0 and 0 < share < 1 else inf


def _allowed(weight: pd.Series, *, wrong: pd.Series, asked: pd.Series) -> float:
    """The most a sample can be worth: as many households as its weights leave (Kish), times the answers that one of
    them is worth, which the answers of all households tell, each counted once."""
    households = float(weight.sum() ** 2 / (weight**2).sum())
    share = float(wrong.sum() / asked.sum())
    variance = float(((wrong - share * asked) ** 2).sum() / asked.sum() ** 2)
    each = min(_worth(share, variance), float(asked.sum())) / len(asked)
    return households * (each if variance > 0 else 1.0)
