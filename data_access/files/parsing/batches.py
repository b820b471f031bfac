"""Rows in batches of columns, each as its distinct cells and their positions: most cells of a file occur many times."""

import itertools
from array import array
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from data_access.files.parsing.messages import Cell
from data_access.files.parsing.no_data import NoData, Patterns
from data_access.files.parsing.plain import is_filled as is_filled

_LONGEST = 40


@dataclass(frozen=True)
class Layout:
    """What a reader of batches must know about the heading of a sheet."""

    head: Sequence[Sequence[Cell]]
    """The rows down to the last of the heading: the rows of data come after them."""
    headed: Sequence[int]
    """The positions of the columns that have a heading."""
    columns: Sequence[int]
    """The positions of those that are wanted."""
    keys: Sequence[int]
    """The positions of those that every row of data fills."""
    alone: Patterns
    """See `NoData`."""
    keyless: Patterns

    @property
    def cells(self) -> int:
        """How many cells the last row of the heading has."""
        return len(self.head[-1]) if self.head else 0

    @property
    def no_data(self) -> NoData:
        """Tells the rows that are no data."""
        return NoData(alone=self.alone, keyless=self.keyless, keys=self.keys, head=self.head)


@dataclass(frozen=True)
class RawBatch:
    """Some rows of a sheet."""

    rows: array
    """Their row numbers in the sheet, counted from 1."""
    columns: list[tuple[list[Cell], array]]
    """Of each column that is wanted, its distinct cells and which of them is in each row."""
    beyond: list[tuple[int, Cell]] = field(default_factory=list)
    """Positions of rows that have more cells than the heading, with the first of those cells."""
    left_out: list[tuple[int, str, str]] = field(default_factory=list)
    """The rows that are no data: row number, why, the cell that tells."""
    beside: list[tuple[int, int, int, str]] = field(default_factory=list)
    """Columns without a heading that are filled: position, how many cells, row number and text of the first."""
    short: list[int] = field(default_factory=list)
    """The row numbers of rows with fewer cells than the heading."""


def row_batches(rows: Iterator[tuple[int, Sequence[Cell]]], layout: Layout, *, size: int) -> Iterator[RawBatch]:
    """Batches from rows of cells, each with its row number in the sheet."""
    no_data, width = layout.no_data, max(layout.headed, default=-1) + 1
    between = sorted({*range(width)} - {*layout.headed})
    data = ((at, row) for at, row in rows if at > len(layout.head))
    while taken := list(itertools.islice(data, size)):
        kept, left_out, beside = [], [], dict[int, tuple[int, int, str]]()
        for at, row in taken:
            why = no_data.why(row) if _is_doubtful(row, no_data) else None
            if why is not None:
                left_out.append((at, *why))
                continue
            kept.append((at, row))
            for position in itertools.chain(between, range(width, len(row))):
                if position < len(row) and is_filled(row[position]):
                    count, first, text = beside.get(position, (0, at, str(row[position])[:_LONGEST]))
                    beside[position] = (count + 1, first, text)
        columns = [
            _coded([row[position] if position < len(row) else None for _, row in kept]) for position in layout.columns
        ]
        yield RawBatch(
            array("q", (at for at, _ in kept)),
            columns,
            left_out=left_out,
            beside=[(position, *found) for position, found in beside.items()],
        )


def _is_doubtful(row: Sequence[Cell], no_data: NoData) -> bool:
    return any(
        no_data.may_be(row[position] if position < len(row) else None, position) for position in no_data.looked_at
    )


def _coded(cells: Sequence[Cell]) -> tuple[list[Cell], array]:
    """A column as its distinct cells and which of them is in each row."""
    seen: dict[Hashable, int] = {}
    kept: list[Cell] = []
    index = array("i", bytes(4 * len(cells)))
    for at, cell in enumerate(cells):
        # 1, 1.0 and True are the same key of a dict, but not the same cell.
        key: Any = cell if isinstance(cell, str) else (type(cell), cell)
        place = seen.setdefault(key, len(kept))
        if place == len(kept):
            kept.append(cell)
        index[at] = place
    return kept, index
