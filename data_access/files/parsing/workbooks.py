"""Workbooks (XLSX): looked through before they are laid out, macros and links never followed."""

import itertools
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from data_access.files.parsing.batches import Layout, RawBatch, row_batches
from data_access.files.parsing.extents import Extent, LookedOver, SprawlingError, Trimming, look_over
from data_access.files.parsing.marks import Marking, Marks
from data_access.files.parsing.merged import Merged, filled_down
from data_access.files.parsing.messages import Cell, RefusedError
from data_access.files.parsing.sheet_parts import PIECE, SheetPart

_MACROS = "xl/vbaProject.bin"
"""The part of a workbook that holds its macros; no legitimate file has any."""
_LINKS = "xl/externalLinks/"
_SHARED = re.compile(r"(xl/)?(_rels/)?[^/]*\.(xml|rels)")
"""The parts that a workbook has for all of its sheets: their list, their shared texts, the formats of cells."""
_CELLS_HELD = 4_000_000
"""How many cells may be held of sheets that were looked at."""
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

_Laid = tuple[CalamineSheet, Marks]
"""A sheet, or a slice of one, and what its reader does not tell."""


class Workbook:
    """A workbook that was looked through. Its formulas have the values they had when it was saved.

    A small sheet is laid out as a whole, another one slice by slice: each is a workbook of its own, read in the same
    way.
    """

    def __init__(
        self, path: str, *, limits: dict[str, Any], sheets: Mapping[str, Mapping[str, Any]], trimmed: bool = False
    ) -> None:
        """`sheets`: what was told of each part that is a sheet, see `extents.Extent`; `trimmed`: whether blank cells
        have to be dropped before a sheet is laid out."""
        self._limits = limits
        self._held: dict[int, _Laid] = {}
        self._extents = {name: Extent(**told) for name, told in sheets.items()}
        try:
            self._archive = zipfile.ZipFile(path)
            # A path is opened as what its name says, and a workbook may have the name of an old one.
            is_named = path.endswith(".xlsx")
            self._book = CalamineWorkbook.from_path(path) if is_named else _opened(Path(path).read_bytes())
            self.names = self._book.sheet_names
            self._marking = Marking(self._archive)
            self._trimming = Trimming(self._archive) if trimmed else None
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
        """How far it was read is told by its rows."""
        return 1.0

    def height(self, position: int) -> int:
        """The row number of the last row of a sheet."""
        return self._extent(position).height

    def merged(self, position: int) -> Sequence[Merged]:
        """The merged cells of a sheet."""
        return self._extent(position).merged

    def hidden_rows(self, position: int) -> Sequence[int]:
        """The row numbers of rows that do not show."""
        return self._extent(position).hidden_rows

    def rows(self, position: int) -> Iterator[Sequence[Cell]]:
        """The rows of a sheet from the top, empty ones included; a cell that is merged down stands in each of its
        rows."""
        return filled_down(self._marked_rows(position), self.merged(position))

    def batches(self, position: int, layout: Layout) -> Iterator[RawBatch]:
        """The rows below the heading of a sheet."""
        rows = enumerate(self.rows(position), start=1)
        return row_batches(rows, layout, size=self._limits["rows_of_a_batch"])

    def _marked_rows(self, position: int) -> Iterator[Sequence[Cell]]:
        done, width = 0, self._extent(position).width
        for sheet, marks in self._laid_out(position):
            if sheet.start is None:
                continue
            top, first_column = sheet.start
            if top < done:
                raise RefusedError("not_workbook")  # its rows do not go down
            yield from itertools.repeat((), top - done)
            left: list[Cell] = [""] * first_column
            width = max(width, first_column + sheet.width)
            right: list[Cell] = [""] * (width - first_column - sheet.width)
            for done, row in enumerate(sheet.to_python(), start=top + 1):
                yield marks.applied([*left, *row, *right] if left or right else row, done)

    def _laid_out(self, position: int) -> Iterator[_Laid]:
        """A sheet as a whole, or its slices. The first one is held: its heading is asked for before its rows."""
        try:
            is_small = self._extent(position).size <= self._limits["xlsx_slice"] and self._trimming is None
            for number, xml in enumerate([None] if is_small else self._slices(position)):
                laid = self._held.get(position) if number == 0 else None
                if laid is None:
                    laid = self._laid(position, xml)
                if number == 0:
                    self._hold(position, laid)
                yield laid
        except (*_DAMAGED, LookupError) as error:
            raise RefusedError("not_workbook") from error

    def _laid(self, position: int, xml: bytes | None) -> _Laid:
        """A slice laid out; without its XML the whole sheet."""
        part = self._part(position)
        sheet = (self._book if xml is None else self._book_of(xml, part=part)).get_sheet_by_index(position)
        if sheet.height * sheet.width > self._limits["cells"]:
            raise RefusedError("too_many_cells")
        return sheet, self._marking.of(self._archive.read(part) if xml is None else xml)

    def _hold(self, position: int, laid: _Laid) -> None:
        if sum(one.height * one.width for one, _ in self._held.values()) > _CELLS_HELD:
            self._held.clear()
        self._held[position] = laid

    def _slices(self, position: int) -> Iterator[bytes]:
        """The XML of a sheet in slices that are sheets of their own, at least as large as what they share: it is read
        again with each of them."""
        size = max(self._limits["xlsx_slice"], sum(map(len, self._shared.values())))
        with self._archive.open(self._part(position)) as file:
            part = SheetPart(iter(lambda: file.read(min(PIECE, size)), b""))
            for rows in part.pieces(size):
                kept = rows if self._trimming is None else self._trimming.trimmed(rows)
                yield part.head + kept + part.closing
            if not part.closing:
                yield part.head

    def _book_of(self, xml: bytes, *, part: str) -> CalamineWorkbook:
        """A workbook with one slice in place of its sheet, and without its other sheets."""
        out = BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name, content in self._shared.items():
                if name != part:
                    archive.writestr(name, content)
            archive.writestr(part, xml)
        return _opened(out.getvalue())

    @cached_property
    def _shared(self) -> dict[str, bytes]:
        names = dict.fromkeys(self._archive.namelist())
        return {
            name: self._archive.read(name) for name in names if _SHARED.fullmatch(name) and name not in self._extents
        }

    def _part(self, position: int) -> str:
        return self._marking.part_of(self.names[position])

    def _extent(self, position: int) -> Extent:
        try:
            return self._extents[self._part(position)]
        except LookupError as error:
            raise RefusedError("not_workbook") from error


def _opened(content: bytes) -> CalamineWorkbook:
    return CalamineWorkbook.from_filelike(BytesIO(content))


def look_through(path: str, *, limits: dict[str, Any]) -> tuple[LookedOver, bool, bool]:
    """Check a workbook before it is opened. Returns what was seen of its sheets, whether it links to other files, and
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
                return look_over(archive, limits=limits), has_links, False
            except SprawlingError:
                if len(names) > len(set(names)):
                    raise
            return look_over(archive, limits=limits, trimming=Trimming(archive)), has_links, True
    except _DAMAGED as error:
        raise RefusedError("not_workbook") from error


def told_of(seen: LookedOver) -> dict[str, dict[str, Any]]:
    """What was seen of the sheets, as `Workbook` takes it."""
    return {name: asdict(extent) for name, extent in seen.extents.items()}
