"""Rows of a sheet in batches of columns, each held as its distinct cells and their positions: most cells of a file
occur many times, and each is read only once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from data_access.files.headings import Recognised
from data_access.files.no_data import load_no_data
from data_access.files.parsing.batches import Layout
from data_access.files.parsing.messages import Cell
from data_access.files.parsing.plain import is_filled
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
class LeftOut:
    """A row that is no data: where it is, why (a key of `no_data.yaml`), and the cell that tells."""

    row: int
    why: str
    text: str


@dataclass(frozen=True)
class Beside:
    """A column without a heading in which something stands: how many cells, and the first of them."""

    column: int
    count: int
    row: int
    text: str


@dataclass
class Aside:
    """What of a sheet is no data, and was not read."""

    left_out: list[LeftOut] = field(default_factory=list)
    beside: dict[int, Beside] = field(default_factory=dict)
    """Position of a column -> what stands in it."""
    short: list[int] = field(default_factory=list)
    """Rows with fewer cells than the heading, which were read."""

    def add(self, other: "Aside") -> None:
        """Add what was found further down."""
        self.left_out += other.left_out
        self.short += other.short
        for column, found in other.beside.items():
            first = self.beside.get(column)
            self.beside[column] = (
                found if first is None else Beside(column, first.count + found.count, first.row, first.text)
            )


@dataclass(frozen=True)
class Batch:
    """Some rows of a sheet, without those that have no cell filled in, and those that are no data."""

    rows: Positions
    """Their row numbers in the sheet, counted from 1."""
    columns: dict[int, Coded]
    """The recognised columns, by their position in the sheet."""
    beyond: dict[int, Cell]
    """Rows of the batch with more cells than the heading -> the first of those cells."""
    aside: Aside = field(default_factory=Aside)
    """What was left out among these rows."""

    def by_row(self) -> Iterator[tuple[int, dict[int, Cell]]]:
        """The rows one by one: row number, and the cells of the recognised columns."""
        for at, row in enumerate(self.rows):
            yield int(row), {position: one.cells[one.index[at]] for position, one in self.columns.items()}


def read_batches(sheet: Sheet, found: Recognised) -> Iterator[Batch]:
    """The rows below the heading of a sheet. Batches may have no rows, but something left out.

    Raises ReadError for a file that cannot be read to its end.
    """
    rules = load_no_data()
    layout = Layout(
        head=sheet.head()[: found.row + 1],
        headed=tuple(position for position, heading in enumerate(found.headings) if heading),
        columns=tuple(found.columns),
        keys=found.keys,
        alone=rules.alone,
        keyless=rules.keyless,
    )
    for said, numbers in sheet.batches(layout):
        yield _without_blank(_batch(said, numbers, columns=layout.columns))


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
        aside=Aside(
            left_out=[LeftOut(*one) for one in said["left_out"]],
            beside={column: Beside(column, *rest) for column, *rest in said["beside"]},
            short=said["short"],
        ),
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
        aside=batch.aside,
    )
