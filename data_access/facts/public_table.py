"""Figures of townships for a wide audience: no count below a limit is published or can be derived by subtraction.

Places with a small count are not blanked out but merged with others until their sum is large enough. So every number in
the table is a true sum of at least the limit, or zero; differences of its numbers (the total less the rows) are again
numbers in the table.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd
from pydantic import field_validator

from data_access.declarations import Declared, Many, each_of, read_declared
from data_access.facts.metrics import load_metrics

_FILE = Path(__file__).with_name("public_table.yaml")


class _Columns(Declared):
    """What `public_table.yaml` declares."""

    metrics: Many[str]

    @field_validator("metrics")
    @classmethod
    def _are_counts(cls, metrics: tuple[str, ...]) -> tuple[str, ...]:
        known = [key for key, metric in load_metrics().items() if metric.denominator is None]
        return each_of(metrics, known)


@cache
def public_metrics(file: Path = _FILE) -> tuple[str, ...]:
    """The metrics of the table, in their order: counts, no shares. Raises DeclarationError."""
    return read_declared(file, _Columns).metrics


@dataclass(frozen=True)
class PublicTable:
    """What may be published."""

    rows: tuple[tuple[tuple[str, ...], tuple[int, ...]], ...]
    """Places and their sums: first those shown separately, last those merged."""
    total: tuple[int | None, ...]
    """None if even all places together are below the limit."""


def publish(counts: pd.DataFrame, *, smallest: int) -> PublicTable:
    """The part of the counts that may be published.

    Args:
        counts: one row per place (index: its code), one column per metric, counts from 0.
        smallest: the smallest count that may be published.
    """
    counts = counts.sort_index()
    together = _together(counts, smallest=smallest)
    alone = [place for place in counts.index if place not in together]
    rows: list[tuple[tuple[str, ...], tuple[int, ...]]] = [((place,), _sums(counts.loc[[place]])) for place in alone]
    if together and alone:
        rows.append((tuple(together), _sums(counts.loc[together])))
    total = tuple(None if 0 < count < smallest else count for count in _sums(counts))
    return PublicTable(rows=tuple(rows), total=total)


def _together(counts: pd.DataFrame, *, smallest: int) -> list[str]:
    """The places that are only shown merged: those with a small count, and those that hide them.

    The choice of the places that hide them depends only on their codes, so that it reveals nothing about their counts.
    """
    small = ((counts > 0) & (counts < smallest)).any(axis=1)
    chosen: list[str] = counts.index[small].tolist()
    if not chosen:
        return []
    # Whatever value a small count has, from 1 to the limit less 1, the others can make up the rest of the sum.
    enough = (smallest - 1) * len(chosen) + smallest
    after = [place for place in counts.index if place > chosen[-1]]
    before = [place for place in counts.index if place < chosen[-1]]
    others = [place for place in (*after, *before) if place not in chosen]
    while others and not _hides(counts.loc[chosen], enough=enough):
        chosen.append(others.pop(0))
    return sorted(chosen)


def _hides(counts: pd.DataFrame, *, enough: int) -> bool:
    """Whether the places hide each other's counts."""
    return len(counts) > 1 and all(count == 0 or count >= enough for count in _sums(counts))


def _sums(counts: pd.DataFrame) -> tuple[int, ...]:
    return tuple(int(count) for count in counts.sum())
