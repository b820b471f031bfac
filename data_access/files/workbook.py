"""Opens Excel files from outside: checked before they are unpacked, macros and links never followed."""

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
"""A value of a sheet: text, number, yes or no, date; the empty text if the cell is empty."""

_PIECE = 1 << 20
_MACROS = "xl/vbaProject.bin"
"""The part of a workbook that holds its macros; no legitimate file has any."""
_LINKS = "xl/externalLinks/"
_SHEETS = re.compile(r"xl/worksheets/.*\.xml")
_FORMULA = re.compile(rb"<f[ >/]")
_DAMAGED = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, CalamineError)
"""Raised by the readers of archives and workbooks for a damaged or encrypted file."""


@dataclass(frozen=True)
class Workbook:
    """A workbook that was checked and can be read. Its formulas have the values they had when it was saved."""

    book: CalamineWorkbook
    formulas: int
    """Cells that are formulas."""
    has_links: bool
    """Whether it links to other files."""


def open_workbook(file: Path | bytes, *, name: str, most: int) -> Workbook:
    """Check an XLSX file and open it.

    Args:
        file: its path or its content.
        name: its name in errors.
        most: the largest size in bytes when unpacked.

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
    """Unpack a workbook once without keeping anything: the size given in the archive may be false. Returns how many
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
    """The cells of the first sheet of a filled-in form, row by row, including empty rows, so that positions match the
    sheet. Raises ReadError as `open_workbook` does."""
    opened = open_workbook(content, name=name, most=load_limits().form_unpacked)
    try:
        return [list(row) for row in opened.book.get_sheet_by_index(0).to_python(skip_empty_area=False)]
    except (CalamineError, IndexError, OSError) as error:  # a workbook may have no sheet
        raise ReadError("not_workbook", name=name) from error
