"""How far the cells of a workbook reach: looked at before it is laid out, because two cells can ask for all the memory
there is."""

import html
import re
import zipfile
from io import BytesIO
from typing import Any

from data_access.files.parsing.marks import column_position
from data_access.files.parsing.messages import RefusedError

_PIECE = 1 << 20
SHEETS = re.compile(r"xl/worksheets/.*\.xml")
_STRINGS = "xl/sharedStrings.xml"
_FORMULA = re.compile(rb"<f[ >/]")
_FILLED = re.compile(rb"""<c\s[^>]{0,200}?\br=["']([A-Z]+)(\d+)["'][^>]{0,200}(?<!/)>""")
"""A cell with something in it, as its column and row; one that only has a format ends with />."""
_STRING = re.compile(rb"<si\b[^>]*?(?:/>|>(.*?)</si>)", re.DOTALL)
_TEXT_CELL = re.compile(rb"""<c\s([^>]*\bt=["'](s|str|inlineStr)["'][^>]*)(?<!/)>(.*?)</c>""", re.DOTALL)
_TAGS = re.compile(rb"<[^>]*>")
_SPRAWLING = 4
"""A rectangle of so many times the filled cells may owe its size to blanks."""


def check(archive: zipfile.ZipFile, *, limits: dict[str, Any]) -> int:
    """Unpack a workbook once without keeping anything: sizes and extents that a file gives may be false. Returns how
    many cells are formulas.

    Raises RefusedError for one that unpacks to too much, or whose cells reach too far.
    """
    unpacked = formulas = 0
    for part in archive.infolist():  # not by name: two parts may have the same
        is_sheet, extent, tail = SHEETS.fullmatch(part.filename) is not None, _Extent(), b""
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


def trimmed(file: str | bytes) -> bytes:
    """A workbook without the cells that hold nothing but blanks: they are no part of a table, however far they lie."""
    out = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(file) if isinstance(file, bytes) else file) as archive,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as kept,
    ):
        blank = _blank_strings(archive.read(_STRINGS)) if _STRINGS in archive.namelist() else frozenset()
        for name in dict.fromkeys(archive.namelist()):
            content = archive.read(name)
            if SHEETS.fullmatch(name):
                content = _TEXT_CELL.sub(lambda cell: b"" if _is_blank(cell, blank) else cell[0], content)
            kept.writestr(name, content)
    return out.getvalue()


def _blank_strings(strings: bytes) -> frozenset[int]:
    return frozenset(at for at, text in enumerate(_STRING.findall(strings)) if not _said(text))


def _is_blank(cell: re.Match[bytes], blank: frozenset[int]) -> bool:
    if b"<f" in cell[3]:
        return False
    said = _said(cell[3])
    return (int(said) in blank if said.isdigit() else False) if cell[2] == b"s" else not said


def _said(text: bytes) -> str:
    return html.unescape(_TAGS.sub(b"", text).decode(errors="replace")).strip()


class SprawlingError(RefusedError):
    """The cells of a workbook reach far with little in between: perhaps what lies far away is blank."""


class _Extent:
    """How far the filled cells of a part reach. A reader of workbooks lays out the rectangle around them."""

    def __init__(self) -> None:
        self._filled = 0
        self._columns: set[int] = set()
        self._rows: set[int] = set()

    def add(self, cells: list[tuple[bytes, bytes]]) -> None:
        """Count some cells, given as the letters of their column and the digits of their row."""
        if cells:
            self._filled += len(cells)
            self._columns.update(map(column_position, {letters for letters, _ in cells}))
            rows = {int(digits) for _, digits in cells} | self._rows
            self._rows = {min(rows), max(rows)}

    def check(self, limits: dict[str, Any]) -> None:
        """Raises RefusedError if the rectangle is too large, or too large for the little that is in it."""
        if not self._filled:
            return
        width = max(self._columns) - min(self._columns) + 1
        rectangle = width * (max(self._rows) - min(self._rows) + 1)
        if rectangle > max(self._filled * limits["xlsx_spread"], limits["xlsx_spread_from"]):
            raise SprawlingError("too_spread", row=max(self._rows), columns=max(self._columns) + 1)
        if rectangle > limits["cells"]:
            raise (SprawlingError if rectangle > self._filled * _SPRAWLING else RefusedError)("too_many_cells")
