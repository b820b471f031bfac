"""What one pass over a workbook tells of its sheets before any is laid out: how far their cells reach, because two
cells can ask for all the memory there is; how many rows they have, which of them do not show, what is merged."""

import html
import itertools
import re
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from data_access.files.parsing.marks import column_position
from data_access.files.parsing.merged import Merged
from data_access.files.parsing.messages import RefusedError
from data_access.files.parsing.sheet_parts import PIECE, SheetPart

_SHEETS = re.compile(r"xl/worksheets/.*\.xml")
_STRINGS = "xl/sharedStrings.xml"
_FORMULA = b"<f"
"""Begins a formula: among the rows nothing else begins so."""
_CELL = re.compile(rb"""<c\s[^>]{0,200}?\br=["']([A-Z]+)(\d+)["']""")
_FILLED = b"</c>"
"""Ends a cell with something in it; the tag of one that only has a format ends with />."""
_HIDDEN = re.compile(rb"""\bhidden=["'](?:1|true)["']""")
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*\bref=["']([A-Z]+)(\d+):([A-Z]+)(\d+)["']""")
_STRING = re.compile(rb"<si\b[^>]*?(?:/>|>(.*?)</si>)", re.DOTALL)
_TEXT_CELL = re.compile(rb"""<c\s([^>]*\bt=["'](s|str|inlineStr)["'][^>]*)(?<!/)>(.*?)</c>""", re.DOTALL)
_TAGS = re.compile(rb"<[^>]*>")
_SPRAWLING = 4
"""A rectangle of so many times the filled cells may owe its size to blanks."""


@dataclass
class Extent:
    """How far the filled cells of a sheet reach, and what else is told before it is laid out."""

    size: int = 0
    """Bytes of its XML."""
    height: int = 0
    """The row number of the last row."""
    width: int = 0
    """How many columns there are from the first of the sheet to the last filled one."""
    hidden_rows: list[int] = field(default_factory=list)
    merged: list[Merged] = field(default_factory=list)


@dataclass(frozen=True)
class LookedOver:
    """What the pass tells."""

    formulas: int
    """How many cells are formulas."""
    extents: dict[str, Extent]
    """Name of a part that is a sheet -> its extent."""


def look_over(archive: zipfile.ZipFile, *, limits: dict[str, Any], trimming: "Trimming | None" = None) -> LookedOver:
    """Unpack a workbook once without keeping anything: sizes and extents that a file gives may be false.

    Args:
        trimming: takes away blank cells before anything is measured.

    Raises RefusedError for one that unpacks to too much, SprawlingError for one whose cells reach too far.
    """
    formulas, extents = 0, dict[str, Extent]()
    unpacking = _Unpacking(limits["unpacked"])
    for part in archive.infolist():  # not by name: two parts may have the same
        with archive.open(part) as file:
            before, pieces = unpacking.bytes, unpacking.pieces(file)
            first = next(pieces, b"")
            if _SHEETS.fullmatch(part.filename) or b"sheetData" in first:
                sheet = _Measured(SheetPart(itertools.chain([first], pieces)))
                extents[part.filename] = sheet.extent(limits, trimming=trimming)
                extents[part.filename].size = unpacking.bytes - before
                formulas += sheet.formulas
            for _ in pieces:  # counted, whatever it is
                pass
    return LookedOver(formulas, extents)


class _Unpacking:
    """Counts what a workbook unpacks to."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.bytes = 0

    def pieces(self, file: IO[bytes]) -> Iterator[bytes]:
        """A part, some at a time. Raises RefusedError where all parts together are too much."""
        while piece := file.read(PIECE):
            self.bytes += len(piece)
            if self.bytes > self._most:
                raise RefusedError("zip_bomb")
            yield piece


class Trimming:
    """Takes cells that hold nothing but blanks out of the XML of a sheet: they are no part of a table, however far they
    lie."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        strings = archive.read(_STRINGS) if _STRINGS in archive.namelist() else b""
        self._blank = frozenset(at for at, text in enumerate(_STRING.findall(strings)) if not _said(text))

    def trimmed(self, piece: bytes) -> bytes:
        """A piece of a sheet without its blank cells."""
        return _TEXT_CELL.sub(lambda cell: b"" if self._is_blank(cell) else cell[0], piece)

    def _is_blank(self, cell: re.Match[bytes]) -> bool:
        if b"<f" in cell[3]:
            return False
        said = _said(cell[3])
        return (int(said) in self._blank if said.isdigit() else False) if cell[2] == b"s" else not said


def _said(text: bytes) -> str:
    return html.unescape(_TAGS.sub(b"", text).decode(errors="replace")).strip()


class SprawlingError(RefusedError):
    """The cells of a workbook reach far with little in between: perhaps what lies far away is blank."""


class _Measured:
    """A sheet that is measured piece by piece. A reader of workbooks lays out the rectangle around its filled cells."""

    def __init__(self, part: SheetPart) -> None:
        self._part = part
        self.formulas = 0
        self._filled = 0
        self._rows = _Range()
        self._columns = _Range()

    def extent(self, limits: dict[str, Any], *, trimming: Trimming | None) -> Extent:
        """Measures the sheet. Raises SprawlingError if the rectangle is too large, or too large for the little that is
        in it."""
        measured, number = Extent(), 0
        for piece in self._part.pieces():
            if trimming is not None:
                piece = trimming.trimmed(piece)
            self._filled += piece.count(_FILLED)
            self.formulas += piece.count(_FORMULA)
            for number, row in self._part.rows(piece):
                self._reach(row)
                if _HIDDEN.search(row, 0, row.find(b">")):
                    measured.hidden_rows.append(number)
        for piece in self._part.below():
            measured.merged += _merged(piece)
        self._check(limits)
        measured.height = max(self._rows.last, 0) or number
        measured.width = self._columns.last + 1
        return measured

    def _reach(self, row: bytes) -> None:
        """Take the first and the last filled cell of a row into account."""
        last = row.rfind(_FILLED)
        for end in (row.find(_FILLED), last) if last >= 0 else ():
            cell = _CELL.match(row, max(row.rfind(b"<c", 0, end), 0))
            if cell is not None:
                self._columns.add(column_position(cell[1]))
                self._rows.add(int(cell[2]))

    def _check(self, limits: dict[str, Any]) -> None:
        rectangle = self._columns.length * self._rows.length
        if rectangle > max(self._filled * limits["xlsx_spread"], limits["xlsx_spread_from"]):
            raise SprawlingError("too_spread", row=self._rows.last, columns=self._columns.last + 1)
        if rectangle > limits["cells"]:
            raise (SprawlingError if rectangle > self._filled * _SPRAWLING else RefusedError)("too_many_cells")


class _Range:
    """From the first to the last of some numbers."""

    def __init__(self) -> None:
        self.first, self.last = sys.maxsize, -1

    def add(self, number: int) -> None:
        """One more."""
        self.first, self.last = min(self.first, number), max(self.last, number)

    @property
    def length(self) -> int:
        """How many numbers there are in it."""
        return max(self.last - self.first + 1, 0)


def _merged(piece: bytes) -> Iterator[Merged]:
    for left, top, right, bottom in _MERGED.findall(piece):
        yield int(top) - 1, column_position(left), int(bottom) - 1, column_position(right)
