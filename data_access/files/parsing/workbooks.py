"""Workbooks (XLSX): looked through before they are laid out, macros and links never followed."""

import itertools
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from data_access.files.parsing import extents
from data_access.files.parsing.batches import Layout, RawBatch, row_batches
from data_access.files.parsing.marks import Marking, Marks
from data_access.files.parsing.merged import Merged, filled_down
from data_access.files.parsing.messages import Cell, RefusedError

_MACROS = "xl/vbaProject.bin"
"""The part of a workbook that holds its macros; no legitimate file has any."""
_LINKS = "xl/externalLinks/"
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

    def __init__(self, path: str, *, limits: dict[str, Any], trimmed: bool = False) -> None:
        """`trimmed`: whether blank cells far away have to be dropped before it is laid out."""
        self._limits = limits
        self._held: dict[int, tuple[CalamineSheet, Marks]] = {}
        try:
            file: str | bytes = path
            if not path.endswith(".xlsx"):
                file = Path(path).read_bytes()  # a path is opened as what its name says, and this one says .xls
            self._file = extents.trimmed(file) if trimmed else file
            self._book = (
                CalamineWorkbook.from_filelike(BytesIO(self._file))
                if isinstance(self._file, bytes)
                else CalamineWorkbook.from_path(self._file)
            )
            self.names = self._book.sheet_names
            self._marking = Marking(self._file)
        except _DAMAGED as error:
            raise RefusedError("not_workbook") from error
        if not 0 < len(self.names) <= limits["xlsx_sheets"]:
            raise RefusedError("not_workbook")

    @property
    def since_1904(self) -> bool:
        """Whether its days are counted from 1904."""
        return self._marking.since_1904

    @property
    def hidden(self) -> list[int]:
        """The positions of sheets that do not show."""
        return [at for at, one in enumerate(self._book.sheets_metadata) if one.visible != SheetVisibleEnum.Visible]

    @property
    def tables(self) -> list[int]:
        """The positions of sheets with cells; the others are charts and the like."""
        return [at for at, one in enumerate(self._book.sheets_metadata) if one.typ == SheetTypeEnum.WorkSheet]

    def share(self) -> float:
        """A workbook is read as a whole."""
        return 1.0

    def height(self, position: int) -> int:
        """How many rows a sheet has."""
        return self._sheet(position)[0].height

    def merged(self, position: int) -> list[Merged]:
        """The merged cells of a sheet."""
        ranges = self._sheet(position)[0].merged_cell_ranges or []
        return [(top, left, bottom, right) for (top, left), (bottom, right) in ranges]

    def hidden_rows(self, position: int) -> list[int]:
        """The row numbers of rows that do not show."""
        return self._sheet(position)[1].hidden_rows

    def rows(self, position: int) -> Iterator[Sequence[Cell]]:
        """The rows of a sheet from the top, empty ones included; a cell that is merged down stands in each of its
        rows."""
        sheet, marks = self._sheet(position)
        first_row, first_column = sheet.start or (0, 0)
        blank: list[Cell] = [""] * first_column
        rows = itertools.chain(
            itertools.repeat((), first_row), ([*blank, *row] if blank else row for row in sheet.iter_rows())
        )
        marked = (marks.applied(row, at) for at, row in enumerate(rows, start=1))
        return filled_down(marked, self.merged(position))

    def batches(self, position: int, layout: Layout) -> Iterator[RawBatch]:
        """The rows below the heading of a sheet."""
        rows = enumerate(self.rows(position), start=1)
        return row_batches(rows, layout, size=self._limits["rows_of_a_batch"])

    def _sheet(self, position: int) -> tuple[CalamineSheet, Marks]:
        """A sheet of the workbook and what its reader does not tell, laid out only once: that is most of the work."""
        if position not in self._held:
            try:
                sheet = self._book.get_sheet_by_index(position)
                marks = self._marking.of(self.names[position])
            except (*_DAMAGED, IndexError) as error:
                raise RefusedError("not_workbook") from error
            if sum(one.height * one.width for one, _ in self._held.values()) > self._limits["cells"]:
                self._held.clear()
            if sheet.height * sheet.width > self._limits["cells"]:
                raise RefusedError("too_many_cells")
            self._held[position] = (sheet, marks)
        return self._held[position]


def look_through(path: str, *, limits: dict[str, Any]) -> tuple[int, bool, bool]:
    """Check a workbook before it is opened. Returns how many cells are formulas, whether it links to other files, and
    whether it has to be trimmed because blank cells lie far away.

    Raises RefusedError for a file that is not a workbook, is damaged, holds macros, unpacks to too much, or whose cells
    reach too far.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if _MACROS in names:
                raise RefusedError("macros")
            has_links = any(part.startswith(_LINKS) for part in names)
            try:
                return extents.check(archive, limits=limits), has_links, False
            except extents.SprawlingError:
                if len(names) > len(set(names)):
                    raise
        with zipfile.ZipFile(BytesIO(extents.trimmed(path))) as archive:
            return extents.check(archive, limits=limits), has_links, True
    except _DAMAGED as error:
        raise RefusedError("not_workbook") from error
