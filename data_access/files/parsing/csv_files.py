"""CSV files: read in pieces, never in memory as a whole."""

import codecs
import csv
import itertools
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
from pyarrow import csv as arrow_csv

from data_access.files.parsing.batches import Layout, RawBatch, row_batches
from data_access.files.parsing.messages import Cell, RefusedError

_PIECE = 1 << 20


def look_through(path: str, *, limits: dict[str, Any]) -> str:
    """The encoding of a file: UTF-8 if all of it is valid UTF-8, else GB18030, the two that Chinese systems write.

    Raises RefusedError for a file with a line that is too long.
    """
    decoder, is_utf8 = codecs.getincrementaldecoder("utf-8-sig")(), True
    lines = length = 0
    with Path(path).open("rb") as file:
        while piece := file.read(_PIECE):
            is_utf8 = is_utf8 and _decodes(decoder, piece)
            begins = max(piece.rfind(b"\n"), piece.rfind(b"\r")) + 1
            lines += piece.count(b"\n")
            length = len(piece) - begins if begins else length + len(piece)
            if length > limits["csv_block"]:
                raise RefusedError("line_too_long", row=lines + 1, most=limits["csv_block"] // _PIECE)
    return "utf-8-sig" if is_utf8 and _decodes(decoder, b"", final=True) else "gb18030"


def _decodes(decoder: codecs.IncrementalDecoder, piece: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(piece, final)
    except UnicodeDecodeError:
        return False
    return True


class CsvFile:
    """A CSV file in a known encoding."""

    def __init__(self, path: str, *, encoding: str, limits: dict[str, Any]) -> None:
        self._path, self._encoding, self._limits = Path(path), encoding, limits
        self._opened: BinaryIO | None = None
        csv.field_size_limit(limits["csv_field"])

    def share(self) -> float:
        """How much of the file has been read in batches (0 to 1)."""
        if self._opened is None or self._opened.closed:
            return 1.0
        return self._opened.tell() / self._path.stat().st_size

    def height(self, _position: int) -> None:
        """How many rows it has is only known at the end."""

    def rows(self, _position: int) -> Iterator[Sequence[Cell]]:
        """Its rows from the top, empty ones included. Raises RefusedError for a file that cannot be read to its end."""
        number = 0
        try:
            with self._path.open("r", encoding=self._encoding, newline="") as file:
                for number, row in enumerate(csv.reader(file), start=1):
                    if len(row) > self._limits["csv_columns"]:
                        raise RefusedError("too_many_columns", row=number, most=self._limits["csv_columns"])
                    yield row
        except UnicodeError as error:
            raise RefusedError("unknown_encoding") from error
        except csv.Error as error:
            raise RefusedError("csv_broken", row=number + 1) from error

    def batches(self, _position: int, layout: Layout) -> Iterator[RawBatch]:
        """The rows below the heading; those whose width differs from the heading's are read one by one.

        Raises RefusedError for a file that cannot be read to its end.
        """
        names = [f"c{position}" for position in range(layout.cells)]
        uneven: list[tuple[int, str]] = []
        skipped: set[int] = set()

        def keep_uneven(row: Any) -> str:
            uneven.append((row.number, row.text))
            return "skip"

        numbers = itertools.count(1)
        try:
            with self._path.open("rb") as self._opened:
                reader = arrow_csv.open_csv(
                    self._opened,
                    # One thread: only then does a row of a different width come with its number.
                    arrow_csv.ReadOptions(
                        use_threads=False,
                        encoding=self._encoding,
                        block_size=self._limits["csv_block"],
                        column_names=names,
                    ),
                    arrow_csv.ParseOptions(
                        newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=keep_uneven
                    ),
                    arrow_csv.ConvertOptions(
                        column_types=dict.fromkeys(names, pa.string()),
                        include_columns=[names[position] for position in layout.columns],
                        strings_can_be_null=False,
                    ),
                )
                for part in reader:
                    skipped.update(number for number, _ in uneven)
                    evens = (number for number in numbers if number not in skipped)
                    rows = array("q", itertools.islice(evens, part.num_rows))
                    yield _arrow_batch(part, rows, layout)
                    yield from self._uneven_batches(uneven, layout)
                yield from self._uneven_batches(uneven, layout)
        except UnicodeError as error:
            raise RefusedError("unknown_encoding") from error
        except (pa.ArrowInvalid, csv.Error) as error:
            raise RefusedError("csv_broken", row=next(numbers)) from error

    def _uneven_batches(self, uneven: list[tuple[int, str]], layout: Layout) -> Iterator[RawBatch]:
        """The rows of a different width so far; empties the list."""
        taken = uneven.copy()
        uneven.clear()
        rows = ((number, next(csv.reader([text]), [])) for number, text in taken)
        yield from row_batches(rows, layout, size=self._limits["rows_of_a_batch"])


def _arrow_batch(part: pa.RecordBatch, rows: array, layout: Layout) -> RawBatch:
    above = sum(at <= layout.row + 1 for at in rows[: layout.row + 1])
    part, rows = part.slice(above), rows[above:]
    columns = []
    for number in range(part.num_columns):
        encoded, index = part.column(number).dictionary_encode(), array("i")
        index.frombytes(encoded.indices.buffers()[1][: index.itemsize * len(rows)])
        columns.append((encoded.dictionary.to_pylist(), index))
    return RawBatch(rows, columns, [])
