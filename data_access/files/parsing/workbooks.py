"""Workbooks: looked through before they are laid out, macros and links never followed."""

import functools
import itertools
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from data_access.files.parsing.batches import Layout, RawBatch, row_batches
from data_access.files.parsing.messages import Cell, RefusedError

_PIECE = 1 << 20
_MACROS = "xl/vbaProject.bin"
"""The part of a workbook that holds its macros; no legitimate file has any."""
_LINKS = "xl/externalLinks/"
_LETTERS = 4
"""One more than the letters of any column."""
_SHEETS = re.compile(r"xl/worksheets/.*\.xml")
_FORMULA = re.compile(rb"<f[ >/]")
_FILLED = re.compile(rb"""<c\s[^>]{0,200}?\br=["']([A-Z]+)(\d+)["'][^>]{0,200}(?<!/)>""")
"""A cell with something in it, as its column and row; one that only has a format ends with />."""
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    OSError,
    EOFError,
    ValueError,
    CalamineError,
)
"""Raised by the readers of archives and workbooks for a damaged or encrypted file."""


class Workbook:
    """A workbook that was looked through. Its formulas have the values they had when it was saved."""

    def __init__(self, file: str | bytes, *, limits: dict[str, Any]) -> None:
        self._limits = limits
        self._held: dict[int, CalamineSheet] = {}
        try:
            self._book = (
                CalamineWorkbook.from_filelike(BytesIO(file))
                if isinstance(file, bytes)
                else CalamineWorkbook.from_path(file)
            )
            self.names = self._book.sheet_names
        except _DAMAGED as error:
            raise RefusedError("not_workbook") from error
        if not 0 < len(self.names) <= limits["xlsx_sheets"]:
            raise RefusedError("not_workbook")

    def share(self) -> float:
        """A workbook is read as a whole."""
        return 1.0

    def height(self, position: int) -> int:
        """How many rows a sheet has."""
        return self._sheet(position).height

    def rows(self, position: int) -> Iterator[Sequence[Cell]]:
        """The rows of a sheet from the top, empty ones included. A merged cell gives its value to every row it
        covers."""
        sheet = self._sheet(position)
        first_row, first_column = sheet.start or (0, 0)
        blank: list[Cell] = [""] * first_column
        laid_out = ([*blank, *row] if blank else row for row in sheet.iter_rows())
        yield from _merged_down(itertools.chain(itertools.repeat((), first_row), laid_out), sheet)

    def batches(self, position: int, layout: Layout) -> Iterator[RawBatch]:
        """The rows below the heading of a sheet."""
        rows = enumerate(self.rows(position), start=1)
        return row_batches(rows, layout, size=self._limits["rows_of_a_batch"])

    def whole(self, position: int) -> list[list[Cell]]:
        """Every row of a sheet at once, as wide as the sheet; merged cells as in `rows`."""
        sheet = self._sheet(position)
        return [list(row) for row in _merged_down(iter(sheet.to_python(skip_empty_area=False)), sheet)]

    def _sheet(self, position: int) -> CalamineSheet:
        """A sheet of the workbook, laid out only once: that is most of the work."""
        if position not in self._held:
            try:
                sheet = self._book.get_sheet_by_index(position)
            except (*_DAMAGED, IndexError) as error:
                raise RefusedError("not_workbook") from error
            if sum(one.height * one.width for one in self._held.values()) > self._limits["cells"]:
                self._held.clear()
            if sheet.height * sheet.width > self._limits["cells"]:
                raise RefusedError("too_many_cells")
            self._held[position] = sheet
        return self._held[position]


def _merged_down(rows: Iterator[Sequence[Cell]], sheet: CalamineSheet) -> Iterator[Sequence[Cell]]:
    """Rows in which the value of a merged cell stands in each row it covers that has a cell of its own, in its first
    column: of the columns to the right of it nothing was said."""
    begins: dict[int, list[tuple[int, int]]] = {}
    for (top, column), (bottom, _) in sheet.merged_cell_ranges or ():
        if bottom > top:
            begins.setdefault(top, []).append((column, bottom))
    if not begins:
        yield from rows
        return
    held: dict[int, tuple[int, Cell]] = {}
    for at, row in enumerate(rows):
        held = {column: one for column, one in held.items() if one[0] >= at}
        if held and any(cell != "" for cell in row):
            row = [held[column][1] if cell == "" and column in held else cell for column, cell in enumerate(row)]
        held |= {column: (bottom, row[column]) for column, bottom in begins.get(at, ()) if column < len(row)}
        yield row


def look_through(file: str | bytes, *, limits: dict[str, Any]) -> tuple[int, bool]:
    """Check a workbook before it is opened. Returns how many cells are formulas, and whether it links to other files.

    Raises RefusedError for a file that is not a workbook, is damaged, holds macros, unpacks to too much, or whose cells
    reach too far.
    """
    try:
        with zipfile.ZipFile(BytesIO(file) if isinstance(file, bytes) else file) as archive:
            names = archive.namelist()
            if _MACROS in names:
                raise RefusedError("macros")
            return _looked_through(archive, limits=limits), any(part.startswith(_LINKS) for part in names)
    except _DAMAGED as error:
        raise RefusedError("not_workbook") from error


def _looked_through(archive: zipfile.ZipFile, *, limits: dict[str, Any]) -> int:
    """Unpack a workbook once without keeping anything: sizes and extents that a file gives may be false. Returns how
    many cells are formulas."""
    unpacked = formulas = 0
    for part in archive.infolist():  # not by name: two parts may have the same
        is_sheet, extent, tail = _SHEETS.fullmatch(part.filename) is not None, _Extent(), b""
        with archive.open(part) as file:
            while piece := file.read(_PIECE):
                unpacked += len(piece)
                if unpacked > limits["unpacked"]:
                    raise RefusedError("zip_bomb")
                piece = tail + piece
                end = piece.rfind(b"<")  # the last tag may go on in the next piece
                tail = piece[end:] if len(piece) - end <= _PIECE else b""
                extent.add(_FILLED.findall(piece, 0, end))
                formulas += len(_FORMULA.findall(piece, 0, end)) if is_sheet else 0
        extent.check(limits)
    return formulas


class _Extent:
    """How far the filled cells of a part reach. A reader of workbooks lays out the rectangle around them: two cells
    can ask for all the memory there is."""

    def __init__(self) -> None:
        self._filled = 0
        self._columns: set[int] = set()
        self._rows: set[int] = set()

    def add(self, cells: list[tuple[bytes, bytes]]) -> None:
        """Count some cells, given as the letters of their column and the digits of their row."""
        if cells:
            self._filled += len(cells)
            self._columns.update(map(_column, {letters for letters, _ in cells}))
            rows = {int(digits) for _, digits in cells} | self._rows
            self._rows = {min(rows), max(rows)}

    def check(self, limits: dict[str, Any]) -> None:
        """Raises RefusedError if the rectangle is too large, or too large for the little that is in it."""
        if not self._filled:
            return
        width = max(self._columns) - min(self._columns) + 1
        rectangle = width * (max(self._rows) - min(self._rows) + 1)
        if rectangle > max(self._filled * limits["xlsx_spread"], limits["xlsx_spread_from"]):
            raise RefusedError("too_spread", row=max(self._rows), columns=max(self._columns))
        if rectangle > limits["cells"]:
            raise RefusedError("too_many_cells")


def _column(letters: bytes) -> int:
    """The position of a column, counted from 1."""
    return functools.reduce(lambda position, letter: position * 26 + letter - 64, letters[:_LETTERS], 0)
