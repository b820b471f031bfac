"""Rates in a sample, with their confidence intervals."""

import math
from collections.abc import Sequence

Z_95 = 1.959964
"""Standard normal quantile of a two-sided 95 % interval."""


def wilson(found: int, of: int) -> tuple[float, float] | None:
    """The 95 % interval of a share (Wilson score): low and high, between 0 and 1; None for a share of nothing.

    Raises ValueError if more was found than looked at.
    """
    if not 0 <= found <= of:
        raise ValueError(f"{found} of {of} is no share")
    return None if of == 0 else _wilson(found / of, of=of)


def clustered(counts: Sequence[tuple[int, int]]) -> tuple[float, float] | None:
    """The 95 % interval of a share whose cases come in clusters, such as the questions asked in one household; None for
    a share of nothing.

    Args:
        counts: found and looked at, of each cluster.

    What is found in one household resembles itself, so that ten answers of one say less than ten of ten. The share of
    all is a ratio of two sums over clusters; its variance, linearised, says how many independent answers it is worth:
    as many as there are households where each was asked one thing or all say the same, never more than there are
    answers. With these the interval is that of Wilson.
    """
    wrong, asked = (sum(count[part] for count in counts) for part in (0, 1))
    if asked == 0:
        return None
    share, clusters = wrong / asked, sum(1 for _, of in counts if of)
    worth = float(clusters)
    if clusters > 1:
        variance = sum((found - share * of) ** 2 for found, of in counts) / asked**2
        worth = min(share * (1 - share) / variance, float(asked)) if variance > 0 else worth
    return _wilson(share, of=worth)


def _wilson(share: float, *, of: float) -> tuple[float, float]:
    squared = Z_95**2
    middle = (share + squared / (2 * of)) / (1 + squared / of)
    half = Z_95 / (1 + squared / of) * math.sqrt(share * (1 - share) / of + squared / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)
