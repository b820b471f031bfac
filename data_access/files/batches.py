"""Rows of a sheet in batches of columns, each held as its distinct cells and their positions: most cells of a file
occur many times, and each is read only once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from data_access.files.headings import Recognised
from data_access.files.parsing.batches import Layout, is_filled
from data_access.files.parsing.messages import Cell
from data_access.files.reading import Sheet

Positions = npt.NDArray[np.int64]

_ROW, _INDEX = np.dtype(np.int64), np.dtype(np.int32)


@dataclass(frozen=True)
class Coded:
    """A column of a batch: its distinct cells, and which of them is in each row."""

    cells: Sequence[Cell]
    index: Positions

    def where(self, chosen: Sequence[int]) -> Positions:
        """The rows that contain one of some cells, which are given by their positions in `cells`."""
        return np.flatnonzero(np.isin(self.index, chosen))


@dataclass(frozen=True)
class Batch:
    """Some rows of a sheet, without those that have no cell filled in."""

    rows: Positions
    """Their row numbers in the sheet, counted from 1."""
    columns: dict[int, Coded]
    """The recognised columns, by their position in the sheet."""
    beyond: dict[int, Cell]
    """Rows of the batch with cells to the right of the last heading -> the first of those cells."""


def read_batches(sheet: Sheet, found: Recognised) -> Iterator[Batch]:
    """The rows below the heading of a sheet. Raises ReadError for a file that cannot be read to its end."""
    heading = sheet.head()[found.row] if sheet.head() else ()
    layout = Layout(found.row, cells=len(heading), width=len(found.headings), columns=tuple(found.columns))
    raw = (_batch(said, numbers, columns=layout.columns) for said, numbers in sheet.batches(layout))
    return (kept for batch in raw if len((kept := _without_blank(batch)).rows))


def _batch(said: Mapping[str, Any], numbers: bytearray, *, columns: Sequence[int]) -> Batch:
    """A batch as the process that reads files sends it: in `numbers` the rows, then the positions of each column."""
    rows = len(numbers) // (_ROW.itemsize + len(columns) * _INDEX.itemsize)
    index = np.frombuffer(numbers, dtype=_INDEX, offset=rows * _ROW.itemsize).reshape(len(columns), rows)
    return Batch(
        rows=np.frombuffer(numbers, dtype=_ROW, count=rows),
        columns={
            position: Coded(cells, own.astype(np.int64))
            for position, cells, own in zip(columns, said["cells"], index, strict=True)
        },
        beyond=dict(said["beyond"]),
    )


def _without_blank(batch: Batch) -> Batch:
    """The batch without rows in which no recognised column is filled."""
    filled = np.zeros(len(batch.rows), dtype=bool)
    for column in batch.columns.values():
        filled |= np.array([is_filled(cell) for cell in column.cells], dtype=bool)[column.index]
    for number in batch.beyond:
        filled[number] = True
    if filled.all():
        return batch
    moved = np.cumsum(filled) - 1
    return Batch(
        rows=batch.rows[filled],
        columns={at: Coded(column.cells, column.index[filled]) for at, column in batch.columns.items()},
        beyond={int(moved[number]): cell for number, cell in batch.beyond.items()},
    )
