"""Old workbooks (.xls, and the .et of WPS, which is the same): at most 65,536 rows of 256 columns a sheet."""

import os
import struct
from collections.abc import Iterator, Sequence
from datetime import datetime, time
from pathlib import Path
from typing import Any

import xlrd
from xlrd.biffh import XLRDError
from xlrd.compdoc import CompDocError

from data_access.files.parsing.batches import Layout, RawBatch, row_batches
from data_access.files.parsing.marks import as_shown
from data_access.files.parsing.merged import Merged, filled_down
from data_access.files.parsing.messages import Cell, RefusedError

_MACROS, _ENCRYPTED = "_VBA_PROJECT".encode("utf-16-le"), "EncryptedPackage".encode("utf-16-le")
_DAMAGED = (
    XLRDError,
    CompDocError,
    struct.error,
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    OverflowError,
)
"""Raised by the reader for a damaged file."""


class OldWorkbook:
    """A workbook in the format of Excel before 2007."""

    def __init__(self, path: str, *, limits: dict[str, Any]) -> None:
        self._limits = limits
        content = Path(path).read_bytes()
        if _ENCRYPTED in content:
            raise RefusedError("old_or_encrypted")
        if _MACROS in content:
            raise RefusedError("macros")
        try:
            with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
                self._book = xlrd.open_workbook(
                    file_contents=content, formatting_info=True, on_demand=True, logfile=nowhere
                )
            self.names: list[str] = self._book.sheet_names()
            self.hidden = [at for at in range(len(self.names)) if self._book.sheet_by_index(at).visibility]
        except _DAMAGED as error:
            raise RefusedError("old_or_encrypted" if "encrypt" in str(error).lower() else "not_workbook") from error
        if not 0 < len(self.names) <= limits["xlsx_sheets"]:
            raise RefusedError("not_workbook")
        self.tables = list(range(len(self.names)))
        self.since_1904 = self._book.datemode == 1

    def share(self) -> float:
        """A workbook is read as a whole."""
        return 1.0

    def height(self, position: int) -> int:
        """How many rows a sheet has."""
        return self._sheet(position).nrows

    def merged(self, position: int) -> list[Merged]:
        """The merged cells of a sheet."""
        return [(top, left, bottom - 1, right - 1) for top, bottom, left, right in self._sheet(position).merged_cells]

    def hidden_rows(self, position: int) -> list[int]:
        """The row numbers of rows that do not show."""
        return [at + 1 for at, one in sorted(self._sheet(position).rowinfo_map.items()) if one.hidden]

    def rows(self, position: int) -> Iterator[Sequence[Cell]]:
        """The rows of a sheet from the top, empty ones included."""
        sheet = self._sheet(position)
        rows = ([self._cell(cell) for cell in sheet.row(at)] for at in range(sheet.nrows))
        return filled_down(rows, self.merged(position))

    def batches(self, position: int, layout: Layout) -> Iterator[RawBatch]:
        """The rows below the heading of a sheet."""
        rows = enumerate(self.rows(position), start=1)
        return row_batches(rows, layout, size=self._limits["rows_of_a_batch"])

    def _sheet(self, position: int) -> xlrd.sheet.Sheet:
        try:
            sheet = self._book.sheet_by_index(position)
        except (*_DAMAGED, IndexError) as error:
            raise RefusedError("not_workbook") from error
        if sheet.nrows * sheet.ncols > self._limits["cells"]:
            raise RefusedError("too_many_cells")
        return sheet

    def _cell(self, cell: xlrd.sheet.Cell) -> Cell:
        if cell.ctype == xlrd.XL_CELL_NUMBER:
            return as_shown(cell.value, self._format(cell.xf_index or 0))
        if cell.ctype == xlrd.XL_CELL_DATE:
            return self._day(float(cell.value))
        if cell.ctype == xlrd.XL_CELL_BOOLEAN:
            return bool(cell.value)
        if cell.ctype == xlrd.XL_CELL_ERROR:
            return xlrd.error_text_from_code.get(int(cell.value), "#")
        return cell.value

    def _day(self, value: float) -> Cell:
        try:
            day: datetime = xlrd.xldate.xldate_as_datetime(value, self._book.datemode)
        except _DAMAGED:
            return value
        if value < 1:
            return time(day.hour, day.minute, day.second)
        return day.date() if float(value).is_integer() else day

    def _format(self, style: int) -> str:
        number_format = self._book.format_map.get(self._book.xf_list[style].format_key)
        return "" if number_format is None else str(number_format.format_str)
