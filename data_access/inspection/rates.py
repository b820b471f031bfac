"""Rates in a sample, with their confidence intervals."""

import math

Z_95 = 1.959964
"""Standard normal quantile of a two-sided 95 % interval."""


def wilson(found: int, of: int) -> tuple[float, float] | None:
    """The 95 % interval of a share (Wilson score): low and high, between 0 and 1; None for a share of nothing.

    Raises ValueError if more was found than looked at.
    """
    if not 0 <= found <= of:
        raise ValueError(f"{found} of {of} is no share")
    if of == 0:
        return None
    share, squared = found / of, Z_95**2
    middle = (share + squared / (2 * of)) / (1 + squared / of)
    half = Z_95 / (1 + squared / of) * math.sqrt(share * (1 - share) / of + squared / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)
