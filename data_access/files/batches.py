"""Rows of a sheet in batches of columns, each held as its distinct cells and their positions: most cells of a file
occur many times, and each is read only once."""

import csv
import itertools
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv as arrow_csv

from data_access.files.errors import ReadError
from data_access.files.headings import Recognised
from data_access.files.limits import load_limits
from data_access.files.reading import Sheet
from data_access.files.workbook import Cell

Positions = npt.NDArray[np.int64]

_BLOCK = 16 << 20
"""Bytes of a CSV file that are parsed at a time."""


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
    raw = _csv_batches(sheet, found) if sheet.is_csv else _row_batches(enumerate(sheet.read(), start=1), found)
    return (kept for batch in raw if len((kept := _without_blank(batch)).rows))


def _row_batches(rows: Iterator[tuple[int, Sequence[Cell]]], found: Recognised) -> Iterator[Batch]:
    """Batches from rows of cells, each with its position in the sheet."""
    data = ((at, row) for at, row in rows if at > found.row + 1)
    width = len(found.headings)
    while taken := list(itertools.islice(data, load_limits().rows_of_a_batch)):
        columns = {
            position: _coded([row[position] if position < len(row) else None for _, row in taken])
            for position in found.columns
        }
        beyond = {
            number: next(cell for cell in row[width:] if _is_filled(cell))
            for number, (_, row) in enumerate(taken)
            if any(_is_filled(cell) for cell in row[width:])
        }
        yield Batch(np.array([at for at, _ in taken], dtype=np.int64), columns, beyond)


def _coded(cells: Sequence[Cell]) -> Coded:
    seen: dict[Hashable, int] = {}
    kept: list[Cell] = []
    index = np.empty(len(cells), dtype=np.int64)
    for at, cell in enumerate(cells):
        # 1, 1.0 and True are the same key of a dict, but not the same cell.
        key: Any = cell if isinstance(cell, str) else (type(cell), cell)
        place = seen.setdefault(key, len(kept))
        if place == len(kept):
            kept.append(cell)
        index[at] = place
    return Coded(kept, index)


def _csv_batches(sheet: Sheet, found: Recognised) -> Iterator[Batch]:
    """Batches of a CSV file; rows whose width differs from the heading's are read one by one."""
    names = [f"c{position}" for position in range(len(sheet.head()[found.row]))]
    wanted = [names[position] for position in found.columns]
    uneven: list[tuple[int, str]] = []

    def keep_uneven(row: Any) -> str:
        uneven.append((row.number, row.text))
        return "skip"

    numbers = itertools.count(1)
    try:
        with sheet.open() as file:
            reader = arrow_csv.open_csv(
                file,
                # One thread: only then does a row of a different width come with its number.
                arrow_csv.ReadOptions(
                    use_threads=False, encoding=sheet.encoding, block_size=_BLOCK, column_names=names
                ),
                arrow_csv.ParseOptions(
                    newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=keep_uneven
                ),
                arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()), include_columns=wanted, strings_can_be_null=False
                ),
            )
            skipped: set[int] = set()
            for part in reader:
                skipped.update(number for number, _ in uneven)
                rows = np.fromiter(_evens(numbers, skipped, part.num_rows), dtype=np.int64, count=part.num_rows)
                yield _arrow_batch(part, rows, found)
                yield from _uneven_batches(uneven, found)
            yield from _uneven_batches(uneven, found)
    except UnicodeError as error:
        raise ReadError("unknown_encoding", name=sheet.file_name) from error
    except (pa.ArrowException, csv.Error) as error:
        raise ReadError("csv_broken", name=sheet.file_name, reason=str(error).splitlines()[0]) from error


def _evens(numbers: Iterator[int], skipped: set[int], count: int) -> Iterator[int]:
    return itertools.islice((number for number in numbers if number not in skipped), count)


def _arrow_batch(part: pa.RecordBatch, rows: Positions, found: Recognised) -> Batch:
    data = rows > found.row + 1
    if not data.all():
        part, rows = part.filter(pa.array(data)), rows[data]
    columns = {}
    for number, position in enumerate(found.columns):
        encoded = part.column(number).dictionary_encode()
        columns[position] = Coded(encoded.dictionary.to_pylist(), encoded.indices.to_numpy().astype(np.int64))
    return Batch(rows, columns, {})


def _uneven_batches(uneven: list[tuple[int, str]], found: Recognised) -> Iterator[Batch]:
    """The rows of a different width so far; empties the list."""
    taken = uneven.copy()
    uneven.clear()
    rows = ((number, next(csv.reader([text]), [])) for number, text in taken)
    yield from _row_batches(iter(rows), found)


def _without_blank(batch: Batch) -> Batch:
    """The batch without rows in which no recognised column is filled."""
    filled = np.zeros(len(batch.rows), dtype=bool)
    for column in batch.columns.values():
        filled |= np.array([_is_filled(cell) for cell in column.cells], dtype=bool)[column.index]
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


def _is_filled(cell: Cell) -> bool:
    return cell is not None and bool(str(cell).strip())
