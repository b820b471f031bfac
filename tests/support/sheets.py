"""The cells of a file, as the program reads it."""

from data_access.files.parsing.messages import Cell
from data_access.files.reading import opened_form


def read_first_sheet(content: bytes, *, name: str) -> list[list[Cell]]:
    """The cells of the first sheet of a form that shows, row by row, every row as wide as the sheet. Raises ReadError
    as the reader of forms does."""
    with opened_form(content, name=name) as source:
        rows = [list(row) for sheet in source.sheets()[:1] for row in sheet.read()]
    width = max(map(len, rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows]
