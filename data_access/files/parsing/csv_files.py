"""CSV files: read in pieces, never in memory as a whole."""

import codecs
import csv
import itertools
import re
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from data_access.files.parsing.batches import Layout, RawBatch, row_batches
from data_access.files.parsing.messages import Cell, RefusedError
from data_access.files.parsing.no_data import NoData
from data_access.files.parsing.plain import is_filled

_PIECE = 1 << 20
_SEPARATORS = ",\t;|"
_HEAD_LINES = 20
_HEAD_BYTES = 512
_MARKUP = re.compile(rb"(\xef\xbb\xbf)?\s*<(!doctype|html|head|meta|table|\?xml|style)\b", re.IGNORECASE)
"""A page of the web that some system gives the name of a table."""
_QUOTED = re.compile(r'"[^"]*"')
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LAST = "\x01end"
"""A line that no file has: it is a row of its own unless a quotation mark before it never ends."""
_SWALLOWED = 2
"""Separators in one line of a cell from which on it looks like a row that a quotation mark has swallowed."""
_LONGEST = 40


def look_through(path: str, *, limits: dict[str, Any]) -> tuple[str, str]:
    """The encoding of a file and what separates its cells.

    The encoding is UTF-16 if the file says so, UTF-8 if all of it is valid UTF-8, else GB18030: those that Chinese
    systems and spreadsheets write. Raises RefusedError for a file with a line that is too long, or with a quotation
    mark that never ends.
    """
    decoder, is_utf8 = codecs.getincrementaldecoder("utf-8-sig")(), True
    lines = length = quotes = 0
    with Path(path).open("rb") as file:
        begins_with = file.read(_HEAD_BYTES)
        is_utf16 = begins_with[:2] in _UTF_16
        if _MARKUP.match(begins_with):
            raise RefusedError("wrong_extension")
        file.seek(0)
        while piece := file.read(_PIECE):
            is_utf8 = is_utf8 and not is_utf16 and _decodes(decoder, piece)
            begins = max(piece.rfind(b"\n"), piece.rfind(b"\r")) + 1
            lines += piece.count(b"\n")
            quotes += piece.count(b'"')
            length = len(piece) - begins if begins else length + len(piece)
            if length > limits["csv_block"]:
                raise RefusedError("line_too_long", row=lines + 1, most=limits["csv_block"] // _PIECE)
    is_utf8 = is_utf8 and not is_utf16 and _decodes(decoder, b"", final=True)
    encoding = "utf-16" if is_utf16 else "utf-8-sig" if is_utf8 else "gb18030"
    separator = _separator(path, encoding=encoding)
    if quotes % 2:
        _refuse_endless_quote(path, encoding=encoding, separator=separator, limits=limits)
    return encoding, separator


def _decodes(decoder: codecs.IncrementalDecoder, piece: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(piece, final)
    except UnicodeDecodeError:
        return False
    return True


def _separator(path: str, *, encoding: str) -> str:
    """The sign that makes the most cells of one of the first lines; the comma where several do."""
    with Path(path).open("r", encoding=encoding, errors="replace", newline="") as file:
        lines = [line[:_PIECE] for line in itertools.islice(file, _HEAD_LINES)]
    bare = [_QUOTED.sub("", line) for line in lines]
    return max(_SEPARATORS, key=lambda sign: max((line.count(sign) for line in bare), default=0))


def _refuse_endless_quote(path: str, *, encoding: str, separator: str, limits: dict[str, Any]) -> None:
    csv.field_size_limit(limits["csv_field"])
    number, row = 0, [""]
    try:
        with Path(path).open("r", encoding=encoding, newline="") as file:
            lines = itertools.chain(file, ["\r\n", _LAST])
            for one in csv.reader(lines, delimiter=separator):
                number, row = number + 1, one
    except UnicodeError as error:
        raise RefusedError("unknown_encoding") from error
    except csv.Error as error:
        raise RefusedError("quote_open", row=number + 1) from error
    if row != [_LAST]:
        raise RefusedError("quote_open", row=number)


class CsvFile:
    """A CSV file in a known encoding."""

    def __init__(self, path: str, *, encoding: str, separator: str, limits: dict[str, Any]) -> None:
        self._path, self._encoding, self._separator, self._limits = Path(path), encoding, separator, limits
        self._opened: BinaryIO | None = None
        csv.field_size_limit(limits["csv_field"])

    def share(self) -> float:
        """How much of the file has been read in batches (0 to 1)."""
        if self._opened is None or self._opened.closed:
            return 1.0
        return self._opened.tell() / self._path.stat().st_size

    def height(self, _position: int) -> None:
        """How many rows it has is only known at the end."""

    def merged(self, _position: int) -> list[tuple[int, int, int, int]]:
        """No text has merged cells."""
        return []

    def hidden_rows(self, _position: int) -> list[int]:
        """No text has hidden rows."""
        return []

    def rows(self, _position: int) -> Iterator[Sequence[Cell]]:
        """Its rows from the top, empty ones included. Raises RefusedError for a file that cannot be read to its end."""
        number = 0
        try:
            with self._path.open("r", encoding=self._encoding, newline="") as file:
                for number, row in enumerate(csv.reader(file, delimiter=self._separator), start=1):
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

        numbers, no_data = itertools.count(1), layout.no_data
        try:
            with self._path.open("rb") as self._opened:
                reader = arrow_csv.open_csv(
                    self._opened,
                    # One thread: only then does a row of a different width come with its number.
                    arrow_csv.ReadOptions(
                        use_threads=False,
                        encoding=self._encoding,
                        block_size=self._block_size(len(names)),
                        column_names=names,
                    ),
                    arrow_csv.ParseOptions(
                        delimiter=self._separator,
                        newlines_in_values=True,
                        ignore_empty_lines=False,
                        invalid_row_handler=keep_uneven,
                    ),
                    arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
                )
                for part in reader:
                    skipped.update(number for number, _ in uneven)
                    evens = (number for number in numbers if number not in skipped)
                    rows = array("q", itertools.islice(evens, part.num_rows))
                    yield self._even_batch(part, rows, layout, no_data)
                    yield from self._uneven_batches(uneven, layout)
                yield from self._uneven_batches(uneven, layout)
        except UnicodeError as error:
            raise RefusedError("unknown_encoding") from error
        except (pa.ArrowInvalid, csv.Error) as error:
            raise RefusedError("csv_broken", row=next(numbers)) from error

    def _block_size(self, columns: int) -> int:
        """How much is parsed at a time: as much memory is reserved for every column."""
        return max(min(self._limits["csv_block"], self._limits["csv_reserved"] // max(columns, 1)), _PIECE)

    def _even_batch(self, part: pa.RecordBatch, rows: array, layout: Layout, no_data: NoData) -> RawBatch:
        above = sum(at <= len(layout.head) for at in rows[: len(layout.head)])
        part, rows = part.slice(above), rows[above:]
        self._refuse_swallowed(part, rows, width=layout.cells)
        left_out = _left_out(part, rows, no_data)
        if left_out:
            out = {at for at, *_ in left_out}
            part = part.filter(pa.array([at not in out for at in rows], pa.bool_()))
            rows = array("q", (at for at in rows if at not in out))
        columns = [_coded(part.column(position), len(rows)) for position in layout.columns]
        headed = frozenset(layout.headed)
        beside = [
            found
            for position in range(part.num_columns)
            if position not in headed and (found := _beside(part.column(position), rows, position)) is not None
        ]
        return RawBatch(rows, columns, left_out=left_out, beside=beside)

    def _uneven_batches(self, uneven: list[tuple[int, str]], layout: Layout) -> Iterator[RawBatch]:
        """The rows of a different width so far; empties the list."""
        taken = uneven.copy()
        uneven.clear()
        parsed = [(number, next(csv.reader([text], delimiter=self._separator), [])) for number, text in taken]
        for number, row in parsed:
            for cell in row:
                self._refuse_lines(cell, number, width=layout.cells)
        for batch in row_batches(iter(parsed), layout, size=self._limits["rows_of_a_batch"]):
            own = dict(parsed)
            wide = [(place, own[at][layout.cells :]) for place, at in enumerate(batch.rows)]
            yield RawBatch(
                batch.rows,
                batch.columns,
                beyond=[(place, next(filter(is_filled, rest))) for place, rest in wide if any(map(is_filled, rest))],
                left_out=batch.left_out,
                beside=[found for found in batch.beside if found[0] < layout.cells],
                short=[at for at in batch.rows if is_filled("".join(own[at])) and len(own[at]) <= max(layout.headed)],
            )

    def _refuse_swallowed(self, part: pa.RecordBatch, rows: array, *, width: int) -> None:
        for column in part.columns:
            broken = pc.match_substring(column, "\n")
            if pc.any(broken).as_py():
                for place in pc.indices_nonzero(broken).to_pylist():
                    self._refuse_lines(column[place].as_py(), rows[place], width=width)

    def _refuse_lines(self, cell: str, number: int, *, width: int) -> None:
        """Raises RefusedError for a cell that holds whole rows: a quotation mark was not closed where it should be."""
        if any(line.count(self._separator) >= max(_SWALLOWED, width // 2) for line in cell.splitlines()[1:]):
            raise RefusedError("quote_open", row=number)


def _coded(column: pa.Array, rows: int) -> tuple[list[Cell], array]:
    encoded, index = column.dictionary_encode(), array("i")
    if rows:
        index.frombytes(encoded.indices.buffers()[1][: index.itemsize * rows])
    return encoded.dictionary.to_pylist(), index


def _left_out(part: pa.RecordBatch, rows: array, no_data: NoData) -> list[tuple[int, str, str]]:
    doubtful: set[int] = set()
    for position in no_data.looked_at:
        if position < part.num_columns:
            cells, index = _coded(part.column(position), len(rows))
            telling = {at for at, cell in enumerate(cells) if no_data.may_be(cell, position)}
            if telling:
                doubtful.update(place for place, at in enumerate(index) if at in telling)
    left_out = []
    for place in sorted(doubtful):
        why = no_data.why([column[place].as_py() for column in part.columns])
        if why is not None:
            left_out.append((rows[place], *why))
    return left_out


def _beside(column: pa.Array, rows: array, position: int) -> tuple[int, int, int, str] | None:
    """A column without a heading, as `RawBatch.beside` has it; None if it is empty."""
    filled = pc.not_equal(pc.utf8_trim_whitespace(column), "")
    count = pc.sum(filled).as_py()
    if not count:
        return None
    first = pc.index(filled, True).as_py()
    return position, count, rows[first], column[first].as_py()[:_LONGEST]
