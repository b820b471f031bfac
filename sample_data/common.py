"""Small helpers of the generator: days as integers, exact quotas, columns for Arrow.

A day is a number of days since 1970-01-01, so that a million households fit into plain numpy arrays. `NEVER` means "did
not happen" and becomes NULL when written. Codes are small integers that index a tuple of names; -1 becomes NULL.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from numpy.typing import NDArray

from data_access.schema.indicators import load_codes
from data_access.schema.tables import metadata

Ints = NDArray[Any]
Flags = NDArray[np.bool_]
Rng = np.random.Generator

NEVER = 99_999
"""A day in the year 2243: later than everything else, written as NULL."""


def day(text: str) -> int:
    """The day number of an ISO date."""
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


CUT_OFF = day("2022-09-30")
COLLECTED_FROM = day("2021-05-01")
"""The first day for which indicators exist."""
JOBS_FROM = day("2018-10-01")
"""Jobs and incomes are simulated from here: two assessment years before the first one that is judged."""


def largest_remainder(weights: Ints, total: int) -> Ints:
    """Whole-number shares of `total` in proportion to `weights`, with the exact sum."""
    exact = np.asarray(weights, dtype=float) * total / np.sum(weights)
    shares = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - shares), kind="stable")
    shares[order[: total - shares.sum()]] += 1
    return shares


def draw_codes(rng: Rng, weights: Sequence[float], size: int | tuple[int, ...]) -> Ints:
    """Random indexes 0, 1, … with the given weights."""
    edges = np.cumsum(np.asarray(weights, dtype=float) / np.sum(weights))
    edges[-1] = 1.0
    return np.searchsorted(edges, rng.random(size), side="right").astype(np.int8)


def pick(rng: Rng, weights: Ints, count: int) -> Ints:
    """`count` different indexes, more likely if the weight is larger; none of weight zero as long as others remain."""
    keys = np.full(len(weights), -np.inf)
    usable = np.asarray(weights) > 0
    keys[usable] = np.log(rng.random(int(usable.sum()))) / np.asarray(weights)[usable]
    if count >= len(keys):
        return np.arange(len(keys))
    return np.sort(np.argpartition(-keys, count)[:count]) if count else np.empty(0, dtype=np.int64)


def draw_each(rng: Rng, weights: Ints) -> Ints:
    """One random index per row, with the weights of the row (a matrix)."""
    edges = np.cumsum(weights, axis=1)
    return (rng.random(len(weights))[:, None] * edges[:, -1:] >= edges).sum(axis=1).astype(np.int8)


def apportion(rng: Rng, weights: Ints, groups: Ints, count: int) -> Ints:
    """`count` different indexes: each group's share goes by its summed weight, and no group gives more than it has;
    within it the index is more likely if its weight is larger. Raises ValueError if there are too few."""
    size = int(groups.max(initial=0)) + 1
    total, room = np.bincount(groups, weights, size), np.bincount(groups, np.asarray(weights) > 0, size).astype(int)
    if count > room.sum():
        raise ValueError(f"{count} cannot be chosen from {room.sum()}")
    shares = np.zeros(size, dtype=np.int64)
    while (left := count - int(shares.sum())) > 0:
        shares = np.minimum(shares + largest_remainder(np.where(room > shares, total, 0.0), left), room)
    order = np.argsort(groups, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(groups, minlength=size))[:-1])
    chosen = [rows[pick(rng, weights[rows], int(share))] for rows, share in zip(members, shares, strict=True)]
    return np.sort(np.concatenate(chosen))


def ranges(counts: Ints) -> Ints:
    """0 … counts[0]-1, 0 … counts[1]-1, …: the position of each item within its owner."""
    starts = np.cumsum(counts) - counts
    return np.arange(int(np.sum(counts))) - np.repeat(starts, counts)


def pairs(owners: Ints, first: Ints, counts: Ints) -> tuple[Ints, Ints]:
    """Every (row, item) where row r belongs to household owners[r], whose items are first[h] … first[h]+counts[h]-1."""
    per_row = counts[owners]
    rows = np.repeat(np.arange(len(owners)), per_row)
    return rows, np.repeat(first[owners], per_row) + ranges(per_row)


def group_starts(owners: Ints, households: int) -> tuple[Ints, Ints]:
    """First index and number of items of each household, for items sorted by household."""
    counts = np.bincount(owners, minlength=households)
    return np.cumsum(counts) - counts, counts


def keep_first(keys: Ints) -> Ints:
    """Indexes of the first occurrence of each key, in the order of the array."""
    _, index = np.unique(keys, return_index=True)
    return np.sort(index)


@dataclass(frozen=True)
class Coded:
    """A column of code names, stored as indexes into `names`; -1 is NULL."""

    names: Sequence[str]
    index: Ints


Column: TypeAlias = Any
"""An array of numbers or days, a `Coded`, or an Arrow array."""
_ARROW_TYPES: tuple[tuple[type[sa.types.TypeEngine[Any]], pa.DataType], ...] = (
    (sa.Boolean, pa.bool_()),
    (sa.DateTime, pa.timestamp("us")),
    (sa.Date, pa.date32()),
    (sa.Float, pa.float64()),
    (sa.Integer, pa.int32()),
    (sa.String, pa.string()),
)


def arrow_type(type_: sa.types.TypeEngine[Any]) -> pa.DataType:
    """The Arrow type of a column of the contract."""
    return next(arrow for kind, arrow in _ARROW_TYPES if isinstance(type_, kind))


def strings(values: Ints) -> pa.Array:
    """Whole numbers as text."""
    return pa.array(values.astype(np.int64)).cast(pa.string())


def joined(*parts: pa.Array | str) -> pa.Array:
    """Texts joined row by row."""
    return pc.binary_join_element_wise(*parts, "")


def _to_arrow(value: Column, wanted: pa.DataType, missing: Flags | None) -> pa.Array | pa.ChunkedArray:
    if isinstance(value, Coded):
        unknown = value.index < 0 if missing is None else (value.index < 0) | missing
        names = pa.array(list(value.names), type=pa.string())
        return names.take(pa.array(value.index.astype(np.int32), mask=unknown))
    if isinstance(value, np.ndarray):
        if wanted == pa.date32():
            unknown = value >= NEVER if missing is None else (value >= NEVER) | missing
            return pa.array(value.astype(np.int32), mask=unknown).cast(pa.int32()).view(pa.date32())
        if wanted == pa.int32():
            value = value.astype(np.int32)
        return pa.array(value, type=wanted, mask=missing)
    return value.cast(wanted)


def table(name: str, columns: Mapping[str, Column], *, missing: Mapping[str, Flags] | None = None) -> pa.Table:
    """Rows of one table of the contract. Every column must be given; `missing` blanks values (True = NULL)."""
    declared = metadata.tables[name].columns
    if set(columns) != set(declared.keys()):
        raise ValueError(f"{name}: columns differ from the contract: {sorted(set(columns) ^ set(declared.keys()))}")
    blank = missing or {}
    arrays = [_to_arrow(columns[c.name], arrow_type(c.type), blank.get(c.name)) for c in declared]
    return pa.table(arrays, names=list(declared.keys()))


def codes(name: str) -> tuple[str, ...]:
    """The code names of a list in `codes.yaml`, in order."""
    return tuple(load_codes()[name])


def code_index(name: str) -> dict[str, int]:
    """Code name -> its position in the list."""
    return {code: place for place, code in enumerate(codes(name))}
