"""When a household's indicators change: the half-open intervals of `household_indicator` and their sources."""

from dataclasses import dataclass

import numpy as np

from sample_data.block import Block
from sample_data.cases import CAUSE
from sample_data.common import COLLECTED_FROM, CUT_OFF, NEVER, Ints
from sample_data.families import WATCHED_FROM
from sample_data.shocks import Shocks

COLLECTION, DEPARTMENT, CADRE, CASE = range(4)
"""Sources in the order of the code list `indicator_source`."""


@dataclass
class Intervals:
    """One entry per interval, by household and day."""

    household: Ints
    start: Ints
    end: Ints
    source: Ints

    def __len__(self) -> int:
        return len(self.household)


def first_days(block: Block) -> Ints:
    """First day of each household's indicators: the first collection, or the registration where that is later."""
    return np.maximum(block.registered, COLLECTED_FROM)


def make_intervals(block: Block, shocks: Shocks) -> Intervals:
    """Every day on which something changes begins an interval; the one before ends there."""
    rng, families, n = block.rng, block.families, len(block)
    everyone = np.arange(n)
    by_department = np.isin(shocks.kind, [CAUSE[name] for name in ("illness", "disability", "disaster", "accident")])
    shock_source = np.where(
        shocks.of_case & (rng.random(len(shocks.kind)) < 0.5), CASE, np.where(by_department, DEPARTMENT, CADRE)
    )
    joined_row, joined_place = np.nonzero(
        families.someone & (families.joined > WATCHED_FROM) & (families.join_reason > 0)
    )
    left_row, left_place = np.nonzero(families.someone & (families.left <= CUT_OFF))
    done = np.flatnonzero(block.cases.eliminated <= CUT_OFF)
    parts: list[tuple[Ints, Ints, Ints | int]] = [
        (everyone, first_days(block), COLLECTION),
        (everyone, block.collected, COLLECTION),
        (shocks.household, shocks.seen, shock_source),
        (shocks.household, shocks.end, CADRE),
        (block.cases.household[done], block.cases.eliminated[done], CASE),
        (joined_row, families.joined[joined_row, joined_place], CADRE),
        (left_row, families.left[left_row, left_place], CADRE),
    ]
    for start, end in block.spans.values():
        parts += [(everyone, start, DEPARTMENT), (everyone, end, DEPARTMENT)]
    household = np.concatenate([rows for rows, _, _ in parts])
    start = np.concatenate([days for _, days, _ in parts])
    source = np.concatenate(
        [np.broadcast_to(np.asarray(source, dtype=np.int8), rows.shape) for rows, _, source in parts]
    )
    begins = first_days(block)[household]
    inside = (start >= begins) & (start <= CUT_OFF) & (start < block.closed[household])
    household, start, source = household[inside], start[inside], source[inside]
    order = np.lexsort((source, start, household))
    household, start, source = household[order], start[order], source[order]
    new = np.ones(len(household), dtype=bool)
    new[1:] = (household[1:] != household[:-1]) | (start[1:] != start[:-1])
    household, start, source = household[new], start[new], source[new]
    end = np.full(len(household), NEVER, dtype=np.int32)
    same = household[1:] == household[:-1]
    end[:-1][same] = start[1:][same]
    end = np.minimum(end, block.closed[household])
    return Intervals(household=household, start=start.astype(np.int32), end=end.astype(np.int32), source=source)
