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
    return None if of == 0 else wilson_of_share(found / of, of=of)


def wilson_of_share(share: float, *, of: float, degrees: float = math.inf) -> tuple[float, float]:
    """The same of a share that is worth a number of independent cases, whole or not. `degrees`: of freedom with which
    that number was estimated; with few of them the interval is wider (Student's t)."""
    quantile = Z_95 + (Z_95**3 + Z_95) / (4 * degrees) + (5 * Z_95**5 + 16 * Z_95**3 + 3 * Z_95) / (96 * degrees**2)
    squared = quantile**2
    middle = (share + squared / (2 * of)) / (1 + squared / of)
    half = quantile / (1 + squared / of) * math.sqrt(share * (1 - share) / of + squared / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)
