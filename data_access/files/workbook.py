"""Opens Excel files that come from outside: checked before they are unpacked, macros and links never followed."""

import re
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from data_access.files.errors import ReadError
from data_access.files.limits import load_limits

Cell = object
"""A value of a sheet: text, number, yes or no, date; the empty text where the cell is empty."""

_PIECE = 1 << 20
_MACROS = "xl/vbaProject.bin"
"""The part of a workbook that holds its macros: nothing that belongs here has any."""
_LINKS = "xl/externalLinks/"
_SHEETS = re.compile(r"xl/worksheets/.*\.xml")
_FORMULA = re.compile(rb"<f[ >/]")
_DAMAGED = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, CalamineError)
"""What the readers of archives and workbooks raise for a file that is damaged or encrypted."""


@dataclass(frozen=True)
class Workbook:
    """A workbook that was looked into and can be read. Its formulas give the values they had when it was saved."""

    book: CalamineWorkbook
    formulas: int
    """Cells that are formulas."""
    has_links: bool
    """Whether it links to other files."""


def open_workbook(file: Path | bytes, *, name: str, most: int) -> Workbook:
    """Look into an XLSX file and open it.

    Args:
        file: where it is, or its content.
        name: names it in errors.
        most: bytes it may have when unpacked.

    Raises ReadError for a file that is not a workbook, is damaged, holds macros, or unpacks to too much.
    """
    packed = len(file) if isinstance(file, bytes) else file.stat().st_size
    most = min(most, max(packed * load_limits().xlsx_ratio, _PIECE))
    try:
        with zipfile.ZipFile(BytesIO(file) if isinstance(file, bytes) else file) as archive:
            names = archive.namelist()
            if _MACROS in names:
                raise ReadError("macros", name=name)
            formulas = _unpack(archive, name=name, most=most)
        book = (
            CalamineWorkbook.from_filelike(BytesIO(file))
            if isinstance(file, bytes)
            else CalamineWorkbook.from_path(file)
        )
    except _DAMAGED as error:
        raise ReadError("not_workbook", name=name) from error
    return Workbook(book, formulas=formulas, has_links=any(part.startswith(_LINKS) for part in names))


def _unpack(archive: zipfile.ZipFile, *, name: str, most: int) -> int:
    """Unpack a workbook once without keeping anything: what the archive says of its size may be a lie. Returns how many
    cells are formulas."""
    unpacked = formulas = 0
    for part in archive.namelist():
        is_sheet, tail = _SHEETS.fullmatch(part) is not None, b""
        with archive.open(part) as file:
            while piece := file.read(_PIECE):
                unpacked += len(piece)
                if unpacked > most:
                    raise ReadError("zip_bomb", name=name)
                if is_sheet:
                    formulas += len(_FORMULA.findall(tail + piece))
                    tail = piece[-2:]
    return formulas


def read_first_sheet(content: bytes, *, name: str) -> list[list[Cell]]:
    """The cells of the first sheet of a filled-in form, row by row, empty rows included, so that positions are those of
    the sheet. Raises ReadError as `open_workbook` does."""
    opened = open_workbook(content, name=name, most=load_limits().form_unpacked)
    try:
        return [list(row) for row in opened.book.get_sheet_by_index(0).to_python(skip_empty_area=False)]
    except (CalamineError, IndexError, OSError) as error:  # a workbook may have no sheet
        raise ReadError("not_workbook", name=name) from error
