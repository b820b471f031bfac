"""Rows in batches of columns, each as its distinct cells and their positions: most cells of a file occur many times."""

import itertools
from array import array
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from data_access.files.parsing.messages import Cell


@dataclass(frozen=True)
class Layout:
    """What a reader of batches must know about the heading of a sheet."""

    row: int
    """Position of its last row, counted from 0."""
    cells: int
    """How many cells that row has."""
    width: int
    """How many columns have a heading."""
    columns: Sequence[int]
    """The positions of those that are wanted."""


@dataclass(frozen=True)
class RawBatch:
    """Some rows of a sheet."""

    rows: array
    """Their row numbers in the sheet, counted from 1."""
    columns: list[tuple[list[Cell], array]]
    """Of each column that is wanted, its distinct cells and which of them is in each row."""
    beyond: list[tuple[int, Cell]]
    """Positions of rows with cells to the right of the last heading, with the first of those cells."""


def row_batches(rows: Iterator[tuple[int, Sequence[Cell]]], layout: Layout, *, size: int) -> Iterator[RawBatch]:
    """Batches from rows of cells, each with its position in the sheet."""
    data = ((at, row) for at, row in rows if at > layout.row + 1)
    while taken := list(itertools.islice(data, size)):
        columns = [
            _coded([row[position] if position < len(row) else None for _, row in taken]) for position in layout.columns
        ]
        beyond = [
            (number, next(cell for cell in row[layout.width :] if is_filled(cell)))
            for number, (_, row) in enumerate(taken)
            if any(is_filled(cell) for cell in row[layout.width :])
        ]
        yield RawBatch(array("q", (at for at, _ in taken)), columns, beyond)


def is_filled(cell: Cell) -> bool:
    """Whether a cell says anything."""
    return cell is not None and bool(str(cell).strip())


def _coded(cells: Sequence[Cell]) -> tuple[list[Cell], array]:
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
