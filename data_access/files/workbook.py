"""Reads Excel files that come from outside: checked before they are unpacked, values as they were meant."""

import zipfile
from datetime import date, datetime
from io import BytesIO

from python_calamine import CalamineError, CalamineWorkbook

from data_access.errors import FileError

Cell = object
"""A value of a sheet: text, number, yes or no, date; the empty text where the cell is empty."""

MOST_UNPACKED = 200 * 1024 * 1024
"""Bytes a workbook may have when unpacked: what is larger is not a filled-in form, it is an attack or a mistake."""

MACROS = "xl/vbaProject.bin"
"""The part of a workbook that holds its macros: nothing that belongs here has any."""

EXACT_DIGITS = 15
"""Digits a spreadsheet keeps of a number; longer numbers have lost some."""


def read_first_sheet(content: bytes, *, name: str) -> list[list[Cell]]:
    """The cells of the first sheet of an XLSX file, row by row, empty rows included, so that positions are those of
    the sheet.

    Formulas give the values they had when the file was saved; macros and links to other files are never followed.
    Raises FileError for a file that is not a workbook, is damaged, holds macros, or unpacks to too much; `name`
    names it.
    """
    _check_archive(content, name=name)
    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(content))
        return [list(row) for row in workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)]
    except (CalamineError, IndexError, OSError) as error:
        raise FileError("file_not_workbook", name=name) from error


def _check_archive(content: bytes, *, name: str) -> None:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
            macros = MACROS in archive.namelist()
    except zipfile.BadZipFile as error:
        raise FileError("file_not_workbook", name=name) from error
    if macros:
        raise FileError("file_macros", name=name)
    if unpacked > MOST_UNPACKED:
        raise FileError("file_too_large", name=name, most=str(MOST_UNPACKED // 2**20))


def text_of(cell: Cell) -> str:
    """A cell as text: a whole number without its decimals, an empty cell as the empty text.

    Raises ValueError for a number that is too long to have kept all its digits.
    """
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, int | float):
        if abs(cell) >= 10**EXACT_DIGITS:
            raise ValueError(cell)
        return str(int(cell)) if float(cell).is_integer() else str(cell)
    return "" if cell is None else str(cell).strip()


def date_of(cell: Cell) -> date | None:
    """A cell as a date: a date cell, or text such as 2022-10-31, 2022/10/31 or 2022年10月31日; None where it is empty.

    Raises ValueError for anything else.
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = text_of(cell)
    if not text:
        return None
    plain = text.replace("年", "-").replace("月", "-").replace("日", "").replace("/", "-").replace(".", "-")
    year, month, day = (int(part) for part in plain.split("-"))
    return date(year, month, day)
