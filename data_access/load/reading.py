"""Opens a file that comes from outside and gives its sheets row by row: checked before it is unpacked, read in pieces.

A CSV file is never in memory as a whole; a workbook is (its reader holds the cells of a sheet), which is why its size
is bounded. Macros and links to other files are never followed.
"""

import codecs
import csv
import itertools
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from data_access.files.file_hash import file_hash
from data_access.files.workbook import MACROS, Cell
from data_access.load.cells import load_checks
from data_access.load.errors import LoadError

HEAD_ROWS = 20
"""Rows at the top of a sheet among which its heading is looked for."""

_PIECE = 1 << 20
_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_FORMULA = re.compile(rb"<f[ >/]")
_LINKS = "xl/externalLinks/"
_SHEETS = re.compile(r"xl/worksheets/.*\.xml")
_LONGEST_FIELD = 1 << 20

csv.field_size_limit(_LONGEST_FIELD)


@dataclass(frozen=True)
class Sheet:
    """One sheet of a file, or the whole of a CSV file (without a name)."""

    name: str
    _source: "SourceFile"
    _position: int

    @property
    def rows(self) -> int | None:
        """How many rows it has; None where nobody knows before the end."""
        return self._source.height(self._position)

    @property
    def is_csv(self) -> bool:
        """Whether it is a CSV file."""
        return self._source.is_csv

    @property
    def file_name(self) -> str:
        """What the file was called where it comes from."""
        return self._source.name

    @property
    def encoding(self) -> str:
        """How the text of a CSV file is written."""
        return self._source.encoding

    def open(self) -> BinaryIO:
        """A CSV file to be read from its beginning; how far it was read tells `SourceFile.read_share`."""
        return self._source.open()

    def head(self) -> list[Sequence[Cell]]:
        """Its first rows, among which the heading is."""
        return self._source.head(self._position)

    def read(self) -> Iterator[Sequence[Cell]]:
        """Its rows from the top, empty ones included, so that the n-th is row n of the sheet."""
        return self._source.read(self._position)


@dataclass
class SourceFile:
    """A file that was looked at and can be read."""

    path: Path
    name: str
    """What it was called where it comes from."""
    sha256: str
    notes: list[tuple[str, str]] = field(default_factory=list)
    """What a reader should know: (key of `problems.yaml`, detail)."""
    _workbook: CalamineWorkbook | None = None
    _held: dict[int, CalamineSheet] = field(default_factory=dict)
    _heads: dict[int, list[Sequence[Cell]]] = field(default_factory=dict)
    encoding: str = ""
    """How the text of a CSV file is written."""
    _opened: BinaryIO | None = None

    @property
    def is_csv(self) -> bool:
        """Whether it is a CSV file."""
        return self._workbook is None

    def open(self) -> BinaryIO:
        """A CSV file to be read from its beginning."""
        self._opened = self.path.open("rb")
        return self._opened

    def read_share(self) -> float:
        """How much of a CSV file that was opened is read (0 to 1)."""
        if self._opened is None or self._opened.closed:
            return 1.0
        return self._opened.tell() / self.path.stat().st_size

    def head(self, position: int) -> list[Sequence[Cell]]:
        """The first rows of a sheet, among which its heading is; remembered."""
        if position not in self._heads:
            self._heads[position] = list(itertools.islice(self.read(position), HEAD_ROWS))
        return self._heads[position]

    def release(self) -> None:
        """Let go of the cells of the sheets; the first rows stay, the others are read anew when they are asked for."""
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
        """A sheet of the workbook, taken apart once: that is most of the work."""
        if position not in self._held:
            self._held[position] = workbook.get_sheet_by_index(position)
        return self._held[position]

    def read(self, position: int) -> Iterator[Sequence[Cell]]:
        """The rows of a sheet. Raises LoadError for one that cannot be read to its end."""
        if self._workbook is not None:
            yield from self._sheet_rows(self._sheet(self._workbook, position))
            return
        try:
            with self.path.open("r", encoding=self.encoding, newline="") as file:
                yield from csv.reader(file)
        except UnicodeError as error:
            raise LoadError("unknown_encoding", name=self.name) from error
        except csv.Error as error:
            raise LoadError("csv_broken", name=self.name, reason=str(error)) from error

    def _sheet_rows(self, sheet: CalamineSheet) -> Iterator[Sequence[Cell]]:
        first_row, first_column = sheet.start or (0, 0)
        if sheet.height * sheet.width > load_checks()["limits"]["xlsx_cells"]:
            raise LoadError("too_many_cells", name=self.name)
        for _ in range(first_row):
            yield ()
        blank: list[Cell] = [""] * first_column
        for row in sheet.iter_rows():
            yield [*blank, *row] if blank else row


def open_file(path: Path, *, name: str | None = None) -> SourceFile:
    """Look at a file and make it ready to be read.

    Args:
        name: what it was called where it comes from; the name on disk unless told.

    Raises LoadError for a file that is too large, is not what its name says, holds macros, or is encrypted,
    damaged or empty.
    """
    name = name or path.name
    kind, size = _suffix(name), path.stat().st_size
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        raise LoadError("empty_file", name=name)
    if head.startswith(_OLD_OFFICE):
        raise LoadError("old_or_encrypted", name=name)
    limits = load_checks()["limits"]
    if size > limits[f"{kind}_bytes"]:
        raise LoadError("too_large", name=name, most=str(limits[f"{kind}_bytes"] // 2**20))
    if (kind == "xlsx") != head.startswith(_ZIP):
        raise LoadError("wrong_extension", name=name)
    source = SourceFile(path=path, name=name, sha256=file_hash(path))
    if kind == "csv":
        source.encoding = _encoding(path)
        return source
    source.notes = _look_into(path, name=name)
    try:
        source._workbook = CalamineWorkbook.from_path(path)
    except (CalamineError, OSError) as error:
        raise LoadError("not_workbook", name=name) from error
    return source


def _suffix(name: str) -> str:
    suffix = Path(name).suffix.lower()
    if suffix in (".csv", ".txt"):
        return "csv"
    if suffix == ".xlsx":
        return "xlsx"
    if suffix in (".xls", ".xlsm", ".xlsb", ".et"):
        raise LoadError("other_workbook", name=name, suffix=suffix)
    raise LoadError("unknown_kind", name=name, suffix=suffix or "—")


def _encoding(path: Path) -> str:
    """UTF-8 where the whole file is, else GB18030: the two that Chinese systems write."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


def _look_into(path: Path, *, name: str) -> list[tuple[str, str]]:
    """Unpack a workbook once without keeping anything: what the archive says of its size may be a lie."""
    limits = load_checks()["limits"]
    most = min(limits["xlsx_unpacked"], max(path.stat().st_size * limits["xlsx_ratio"], _PIECE))
    unpacked = formulas = 0
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if MACROS in names:
                raise LoadError("macros", name=name)
            for part in names:
                is_sheet, tail = _SHEETS.fullmatch(part) is not None, b""
                with archive.open(part) as file:
                    while piece := file.read(_PIECE):
                        unpacked += len(piece)
                        if unpacked > most:
                            raise LoadError("zip_bomb", name=name)
                        if is_sheet:
                            formulas += len(_FORMULA.findall(tail + piece))
                            tail = piece[-2:]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise LoadError("not_workbook", name=name) from error
    notes = [("note_formulas", str(formulas))] if formulas else []
    return notes + ([("note_links", "")] if any(part.startswith(_LINKS) for part in names) else [])
