"""Sorts the values of a map into a few classes, each with its own colour."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from charts.palette import NO_DATA, RAMPS


@dataclass(frozen=True)
class Classes:
    """Class limits and colours: `colours[i]` is for values from `limits[i]` up to `limits[i + 1]`; the last limit is
    included."""

    limits: tuple[float, ...]
    colours: tuple[str, ...]

    def colour(self, value: float | None) -> str:
        """The colour of a value; grey for None."""
        if value is None or not self.colours:
            return NO_DATA
        position = bisect_right(self.limits, value) - 1
        return self.colours[min(max(position, 0), len(self.colours) - 1)]


def classes_of(values: Sequence[float], *, direction: str) -> Classes:
    """Up to five classes with about the same number of values in each; fewer if values repeat.

    Args:
        values: the values to show, without missing ones.
        direction: good, bad or neutral; picks the colours.
    """
    if not values:
        return Classes(limits=(), colours=())
    ramp = RAMPS[direction]
    limits = sorted({round(float(limit), 2) for limit in np.quantile(values, np.linspace(0, 1, len(ramp) + 1))})
    if len(limits) == 1:
        return Classes(limits=(limits[0], limits[0]), colours=(ramp[len(ramp) // 2],))
    steps = np.linspace(0, len(ramp) - 1, len(limits) - 1).round().astype(int)
    return Classes(limits=tuple(limits), colours=tuple(ramp[step] for step in steps))
