"""The one writer of files that leave the server: CSV, Excel, Parquet, and ZIP files of them.

Rows arrive in chunks and go straight to disk, so that a file of any length needs little memory. Nothing is truncated:
what a format cannot hold is refused, with the remedy.
"""

import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import xlsxwriter
from pyarrow import csv
from xlsxwriter.exceptions import XlsxFileError
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from data_access.errors import ExportError
from data_access.files.protection import protect
from data_access.files.watermark import picture

CHUNK_ROWS = 10_000

Chunks = Iterable[pd.DataFrame]
"""Frames with some of the rows each; their columns are the keys of the file's columns."""

Progress = Callable[[int], None]
"""Called with the number of rows written so far."""

XLSX_ROWS = 1_048_576
XLSX_LETTERS = 32_767
"""The limits of a sheet and a cell in an Excel file."""

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""What a browser is told that an Excel file is."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_PLAIN_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*%?")
_LONGEST_INLINE_CHOICES = 255
_FORBIDDEN_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')

ARROW_TYPES: dict[str, pa.DataType] = {
    "text": pa.string(),
    "number": pa.int64(),
    "decimal": pa.float64(),
    "yuan": pa.int64(),
    "date": pa.date32(),
    "datetime": pa.timestamp("s"),
    "boolean": pa.bool_(),
}
"""Kinds of columns. Identifying numbers are text."""

_XLSX_FORMATS = {
    "number": {"num_format": "0"},
    "decimal": {"num_format": "0.0#"},
    "yuan": {"num_format": "#,##0"},
    "date": {"num_format": "yyyy-mm-dd"},
    "datetime": {"num_format": "yyyy-mm-dd hh:mm"},
    "text": {"num_format": "@"},
    "boolean": {},
}
_XLSX_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}
_WIDTHS = {"date": 12, "datetime": 17, "number": 10, "decimal": 10, "yuan": 13, "boolean": 8, "text": 16}


@dataclass(frozen=True)
class FileColumn:
    """A column of a file."""

    key: str
    """Column of the frames; if they do not have it, the column is blank, to be filled in."""
    title: str
    """Its heading, in the reader's language."""
    kind: str = "text"
    """A key of `ARROW_TYPES`."""
    definition: str = ""
    """What it means; shown on the sheet about the file."""
    choices: tuple[str, ...] = ()
    """The values of its drop-down."""
    width: int | None = None


@dataclass(frozen=True)
class About:
    """What a file says about itself: the last sheet of a workbook, or the text file beside a CSV file."""

    title: str
    lines: tuple[tuple[str, str], ...]
    """Label and text: filter in words, cut-off, rule version, masking, who, when."""
    rows_label: str
    hash_label: str
    columns_label: str
    watermark: str | None = None
    """What stands faintly behind the rows of a workbook that shows names in full: who took it, and in which minute."""


@dataclass(frozen=True)
class Written:
    """What was written. The hash is of the rows as CSV, so it is the same in every file format."""

    rows: int
    sha256: str


def write_csv(
    path: Path, *, columns: Sequence[FileColumn], chunks: Chunks, progress: Progress | None = None
) -> Written:
    """A CSV file: UTF-8 with a byte order mark, so that Excel and WPS read Chinese; texts that a spreadsheet would take
    for a formula begin with an apostrophe. Spreadsheets shorten long numbers when they open a CSV file: use an Excel
    file for ID numbers.

    Raises ExportError when the disk refuses.
    """
    rows = _Rows(columns)
    with _disk_problems_named(path), path.open("wb") as file:
        file.write(rows.heading)
        for table in rows.read(chunks, progress=progress):
            file.write(rows.as_csv(table))
    return rows.written()


def write_parquet(
    path: Path, *, columns: Sequence[FileColumn], chunks: Chunks, progress: Progress | None = None
) -> Written:
    """A Parquet file, with the same column names as the CSV file. Raises ExportError when the disk refuses."""
    rows = _Rows(columns)
    schema = pa.schema([(column.title, ARROW_TYPES[column.kind]) for column in columns])
    with _disk_problems_named(path), pyarrow.parquet.ParquetWriter(path, schema) as writer:
        for table in rows.read(chunks, progress=progress):
            rows.as_csv(table)
            writer.write_table(table)
    return rows.written()


def write_xlsx(
    path: Path,
    *,
    sheet: str,
    columns: Sequence[FileColumn],
    chunks: Chunks,
    about: About,
    heading: tuple[str, ...] = (),
    progress: Progress | None = None,
) -> Written:
    """An Excel file: the rows on the first sheet, the description on the last.

    Args:
        heading: lines above the headings, for forms to be filled in; other files begin with the headings.

    Texts are written as texts and never as formulas. Raises ExportError when something does not fit into a sheet or a
    cell, or the disk refuses.
    """
    rows = _Rows(columns)
    with _disk_problems_named(path), xlsxwriter.Workbook(path, _XLSX_OPTIONS) as book:
        data = book.add_worksheet(sheet[:31])
        formats = {kind: book.add_format(look) for kind, look in _XLSX_FORMATS.items()}
        if about.watermark is not None:
            _add_watermark(data, words=about.watermark)
        first = _write_heading(book, data, columns=columns, heading=heading, formats=formats)
        for table in rows.read(chunks, progress=progress):
            rows.as_csv(table)
            _write_rows(data, table, first=first + rows.count - table.num_rows, formats=formats, columns=columns)
        add_choices(book, data, columns=columns, first=first, rows=rows.count)
        _write_about(book, about=about, columns=columns, written=rows.written())
    return rows.written()


def about_text(about: About, *, columns: Sequence[FileColumn], written: Written) -> str:
    """What a file says about itself, as a text file beside a CSV file."""
    lines = _about_lines(about, columns=columns, written=written)
    return "\r\n".join([about.title, "", *(f"{label}\t{text}".rstrip() for label, text in lines), ""])


def protect_all(files: Iterable[Path], *, password: str) -> None:
    """Let workbooks and PDF files ask for a password. Raises KeyError for any other file, ExportError when the disk
    refuses."""
    for file in files:
        with _disk_problems_named(file):
            protect(file, password=password)


def write_zip(path: Path, *, files: Sequence[tuple[str, Path]]) -> None:
    """A ZIP file of several files, each with its name in it. Of names that are alike on a disk that does not tell A
    from a, the later ones are numbered.

    Raises ExportError when the disk refuses.
    """
    named = list(zip(_told_apart([name for name, _ in files]), (file for _, file in files), strict=True))
    with _disk_problems_named(path), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in named:
            archive.write(file, name)


def _told_apart(names: Sequence[str]) -> Iterator[str]:
    """The names of files, each once: 关庙镇.xlsx, 关庙镇 (2).xlsx."""
    taken: set[str] = set()
    for name in names:
        path, number, own = PurePosixPath(name), 1, name
        while own.casefold() in taken:
            number += 1
            own = str(path.with_stem(f"{path.stem} ({number})"))
        taken.add(own.casefold())
        yield own


def safe_text(value: str) -> str:
    """A text that no spreadsheet executes: an apostrophe is put before what would begin a formula. Numbers stay
    numbers."""
    if value.lstrip(" ").startswith(_FORMULA_STARTS) and not _PLAIN_NUMBER.fullmatch(value):
        return f"'{value}"
    return value


def file_name(*parts: str, suffix: str) -> str:
    """关庙镇_红色预警_2022-09-30.xlsx, without characters that a file system forbids."""
    clean = [_FORBIDDEN_IN_NAMES.sub("", part).strip(" .") for part in parts]
    return f"{'_'.join(part for part in clean if part)}.{suffix}"


class _Rows:
    """The rows of a file as they are written: typed, counted and hashed."""

    def __init__(self, columns: Sequence[FileColumn]) -> None:
        self._columns = columns
        self._names = [column.title for column in columns]
        self.heading = _BYTE_ORDER_MARK + _csv_bytes(pa.table({name: [safe_text(name)] for name in self._names}))
        self.count = 0
        self._hash = hashlib.sha256(self.heading)

    def read(self, chunks: Chunks, *, progress: Progress | None) -> Iterable[pa.Table]:
        for chunk in chunks:
            arrays = [_typed(chunk, column) for column in self._columns]
            self.count += len(chunk)
            yield pa.Table.from_arrays(arrays, names=self._names)
            if progress is not None:
                progress(self.count)

    def as_csv(self, table: pa.Table) -> bytes:
        """The rows as CSV; this also hashes them."""
        safe = [
            _safe_array(table.column(position)) if column.kind == "text" else table.column(position)
            for position, column in enumerate(self._columns)
        ]
        text = _csv_bytes(pa.Table.from_arrays(safe, names=self._names))
        self._hash.update(text)
        return text

    def written(self) -> Written:
        return Written(rows=self.count, sha256=self._hash.hexdigest())


def _typed(chunk: pd.DataFrame, column: FileColumn) -> pa.Array:
    type_ = ARROW_TYPES[column.kind]
    if column.key not in chunk:
        return pa.nulls(len(chunk), type_)
    values = chunk[column.key]
    if column.kind == "datetime":
        values = pd.to_datetime(values, utc=True).dt.tz_localize(None)
    elif column.kind == "text" and values.dtype != "str":
        values = values.map(str, na_action="ignore")
    return pa.Array.from_pandas(values, type=type_, safe=False)


def _safe_array(values: pa.ChunkedArray) -> pa.Array:
    unique = values.combine_chunks().dictionary_encode()
    words = [None if word is None else safe_text(word) for word in unique.dictionary.to_pylist()]
    return pa.DictionaryArray.from_arrays(unique.indices, pa.array(words, pa.string())).cast(pa.string())


def _csv_bytes(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    csv.write_csv(table, sink, csv.WriteOptions(include_header=False, quoting_style="needed"))
    return sink.getvalue()


def _write_heading(
    book: xlsxwriter.Workbook,
    data: Worksheet,
    *,
    columns: Sequence[FileColumn],
    heading: tuple[str, ...],
    formats: Mapping[str, Any],
) -> int:
    """Title lines and headings; returns the first row of data."""
    strong = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#E8EDF4", "border": 1})
    title = book.add_format({"bold": True, "font_size": 14})
    for position, column in enumerate(columns):
        width = column.width or max(_WIDTHS[column.kind], 2 * len(column.title) + 2)
        data.set_column(position, position, width, formats[column.kind])
    for row, line in enumerate(heading):
        data.write_string(row, 0, line, title)
    for position, column in enumerate(columns):
        data.write_string(len(heading), position, column.title, strong)
    data.freeze_panes(len(heading) + 1, 0)
    return len(heading) + 1


def _write_rows(
    data: Worksheet, table: pa.Table, *, first: int, formats: Mapping[str, Any], columns: Sequence[FileColumn]
) -> None:
    if first + table.num_rows > XLSX_ROWS:
        raise ExportError("file_too_many_rows", most=str(XLSX_ROWS))
    writers = [_cell_writer(data, column.kind, formats=formats) for column in columns]
    parts = [table.column(position).to_pylist() for position in range(len(columns))]
    for row, values in enumerate(zip(*parts, strict=True), start=first):
        for position, value in enumerate(values):
            if value is not None and writers[position](row, position, value) == -2:
                raise ExportError(
                    "file_cell_too_long", row=str(row + 1), column=columns[position].title, most=str(XLSX_LETTERS)
                )


def _cell_writer(data: Worksheet, kind: str, *, formats: Mapping[str, Any]) -> Callable[[int, int, Any], int]:
    if kind == "text":
        return data.write_string
    if kind == "boolean":
        return data.write_boolean
    if kind in ("date", "datetime"):
        return lambda row, column, value: data.write_datetime(row, column, value, formats[kind])
    return lambda row, column, value: data.write_number(row, column, value, formats[kind])


def add_choices(
    book: xlsxwriter.Workbook, data: Worksheet, *, columns: Sequence[FileColumn], first: int, rows: int
) -> None:
    """Drop-down lists in the rows from `first` on; those too long for a cell's own rule go on a hidden sheet."""
    long = [column for column in columns if len(",".join(column.choices)) > _LONGEST_INLINE_CHOICES]
    hidden = book.add_worksheet("choices") if long else None
    if hidden is not None:
        for row in range(max(len(column.choices) for column in long)):
            for place, column in enumerate(long):
                if row < len(column.choices):
                    hidden.write_string(row, place, column.choices[row])
        hidden.hide()
    for position, column in enumerate(columns):
        if not column.choices or rows == 0:
            continue
        source: Any = list(column.choices)
        if column in long:
            letter = xl_col_to_name(long.index(column), col_abs=True)
            source = f"=choices!{letter}$1:{letter}${len(column.choices)}"
        data.data_validation(first, position, first + rows - 1, position, {"validate": "list", "source": source})


def _add_watermark(data: Worksheet, *, words: str) -> None:
    """Behind the rows on the screen, above them on paper: Excel does not print the background."""
    data.set_background(io.BytesIO(picture(words)))
    data.set_header(f"&C&K999999{words.replace('&', '&&')}", {"margin": 0.3})


def _write_about(book: xlsxwriter.Workbook, *, about: About, columns: Sequence[FileColumn], written: Written) -> None:
    page = book.add_worksheet(about.title[:31])
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    page.set_column(0, 0, 24, wrapped)
    page.set_column(1, 1, 100, wrapped)
    for row, (label, text) in enumerate(_about_lines(about, columns=columns, written=written)):
        page.write_string(row, 0, label, wrapped)
        page.write_string(row, 1, text, wrapped)


def _about_lines(about: About, *, columns: Sequence[FileColumn], written: Written) -> list[tuple[str, str]]:
    return [
        *about.lines,
        (about.rows_label, str(written.rows)),
        (about.hash_label, written.sha256),
        (about.columns_label, ""),
        *((column.title, column.definition) for column in columns),
    ]


@contextmanager
def _disk_problems_named(path: Path) -> Iterator[None]:
    """Disk errors are raised with the file's name; a half-written file is removed."""
    done = False
    try:
        yield
        done = True
    except (OSError, XlsxFileError) as error:
        raise ExportError("file_not_written", name=path.name, reason=str(error)) from error
    finally:
        if not done:
            path.unlink(missing_ok=True)
