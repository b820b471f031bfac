"""Opens a file from outside and yields its sheets row by row: checked before it is unpacked, read in pieces.

A CSV file is never in memory as a whole; a workbook is (its reader holds the cells of a sheet), which is why its size
is limited. Macros and links to other files are never followed.
"""

import codecs
import csv
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from python_calamine import CalamineSheet, CalamineWorkbook

from data_access.files.errors import ReadError
from data_access.files.file_hash import file_hash
from data_access.files.headings import HEAD_ROWS
from data_access.files.limits import load_limits
from data_access.files.workbook import Cell, open_workbook

_PIECE = 1 << 20
_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_LONGEST_FIELD = 1 << 20

csv.field_size_limit(_LONGEST_FIELD)


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook, or a whole CSV file (without a name)."""

    name: str
    _source: "SourceFile"
    _position: int

    @property
    def rows(self) -> int | None:
        """How many rows it has; None if that is only known at the end."""
        return self._source.height(self._position)

    @property
    def is_csv(self) -> bool:
        """Whether it is a CSV file."""
        return self._source.is_csv

    @property
    def file_name(self) -> str:
        """The original name of the file."""
        return self._source.name

    @property
    def encoding(self) -> str:
        """The text encoding of a CSV file."""
        return self._source.encoding

    def open(self) -> BinaryIO:
        """A CSV file opened at its beginning; `SourceFile.read_share` says how far it was read."""
        return self._source.open()

    def head(self) -> list[Sequence[Cell]]:
        """Its first rows, which include the heading."""
        return self._source.head(self._position)

    def read(self) -> Iterator[Sequence[Cell]]:
        """Its rows from the top, empty ones included, so that the n-th is row n of the sheet."""
        return self._source.read(self._position)


@dataclass
class SourceFile:
    """A file that was checked and can be read."""

    path: Path
    name: str
    """Its original name."""
    sha256: str
    notes: list[tuple[str, str]] = field(default_factory=list)
    """What the user should know: (`note_formulas` or `note_links`, detail)."""
    _workbook: CalamineWorkbook | None = None
    _held: dict[int, CalamineSheet] = field(default_factory=dict)
    _heads: dict[int, list[Sequence[Cell]]] = field(default_factory=dict)
    encoding: str = ""
    """The text encoding of a CSV file."""
    _opened: BinaryIO | None = None

    @property
    def is_csv(self) -> bool:
        """Whether it is a CSV file."""
        return self._workbook is None

    def open(self) -> BinaryIO:
        """A CSV file opened at its beginning."""
        self._opened = self.path.open("rb")
        return self._opened

    def read_share(self) -> float:
        """How much of an opened CSV file has been read (0 to 1)."""
        if self._opened is None or self._opened.closed:
            return 1.0
        return self._opened.tell() / self.path.stat().st_size

    def head(self, position: int) -> list[Sequence[Cell]]:
        """The first rows of a sheet, which include its heading; cached."""
        if position not in self._heads:
            self._heads[position] = list(itertools.islice(self.read(position), HEAD_ROWS))
        return self._heads[position]

    def release(self) -> None:
        """Release the cells of the sheets; the first rows are kept, the others are read again when needed."""
        self._held.clear()

    def sheets(self) -> list[Sheet]:
        """The sheets of the file."""
        if self._workbook is None:
            return [Sheet("", self, 0)]
        names = self._workbook.sheet_names
        return [Sheet(name, self, number) for number, name in enumerate(names)]

    def height(self, position: int) -> int | None:
        """How many rows a sheet has; None for a CSV file."""
        return None if self._workbook is None else self._sheet(self._workbook, position).height

    def _sheet(self, workbook: CalamineWorkbook, position: int) -> CalamineSheet:
        """A sheet of the workbook, parsed only once: that is most of the work."""
        if position not in self._held:
            self._held[position] = workbook.get_sheet_by_index(position)
        return self._held[position]

    def read(self, position: int) -> Iterator[Sequence[Cell]]:
        """The rows of a sheet. Raises ReadError for one that cannot be read to its end."""
        if self._workbook is not None:
            yield from self._sheet_rows(self._sheet(self._workbook, position))
            return
        try:
            with self.path.open("r", encoding=self.encoding, newline="") as file:
                yield from csv.reader(file)
        except UnicodeError as error:
            raise ReadError("unknown_encoding", name=self.name) from error
        except csv.Error as error:
            raise ReadError("csv_broken", name=self.name, reason=str(error)) from error

    def _sheet_rows(self, sheet: CalamineSheet) -> Iterator[Sequence[Cell]]:
        first_row, first_column = sheet.start or (0, 0)
        if sheet.height * sheet.width > load_limits().xlsx_cells:
            raise ReadError("too_many_cells", name=self.name)
        for _ in range(first_row):
            yield ()
        blank: list[Cell] = [""] * first_column
        for row in sheet.iter_rows():
            yield [*blank, *row] if blank else row


def open_file(path: Path, *, name: str | None = None) -> SourceFile:
    """Check a file and prepare it for reading.

    Args:
        name: its original name; by default the name on disk.

    Raises ReadError for a file that is too large, is not what its name says, holds macros, or is encrypted,
    damaged or empty.
    """
    name = name or path.name
    kind, size = _suffix(name), path.stat().st_size
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        raise ReadError("empty_file", name=name)
    if head.startswith(_OLD_OFFICE):
        raise ReadError("old_or_encrypted", name=name)
    if size > _largest(kind):
        raise ReadError("too_large", name=name, most=str(_largest(kind) // 2**20))
    if (kind == "xlsx") != head.startswith(_ZIP):
        raise ReadError("wrong_extension", name=name)
    if kind == "csv":
        return SourceFile(path=path, name=name, sha256=file_hash(path), encoding=_encoding(path))
    opened = open_workbook(path, name=name, most=load_limits().xlsx_unpacked)
    notes = [("note_formulas", str(opened.formulas))] if opened.formulas else []
    notes += [("note_links", "")] if opened.has_links else []
    return SourceFile(path=path, name=name, sha256=file_hash(path), notes=notes, _workbook=opened.book)


def _largest(kind: str) -> int:
    limits = load_limits()
    return {"csv": limits.csv_bytes, "xlsx": limits.xlsx_bytes}[kind]


def _suffix(name: str) -> str:
    suffix = Path(name).suffix.lower()
    if suffix in (".csv", ".txt"):
        return "csv"
    if suffix == ".xlsx":
        return "xlsx"
    if suffix in (".xls", ".xlsm", ".xlsb", ".et"):
        raise ReadError("other_workbook", name=name, suffix=suffix)
    raise ReadError("unknown_kind", name=name, suffix=suffix or "—")


def _encoding(path: Path) -> str:
    """UTF-8 if the whole file is valid UTF-8, else GB18030: the two encodings that Chinese systems write."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"
