"""What the reader of workbooks does not tell of their cells: percent formats, errors, formulas that were never counted,
the calendar."""

import html
import posixpath
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field

from data_access.files.parsing.messages import Cell

_ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_ERROR = re.compile(rb"""<c\s([^>]*\bt=["']e["'][^>]*)(?<!/)>(.*?)</c>""", re.DOTALL)
_FORMULA = re.compile(rb"<c\s([^>]*)>\s*<f\b([^>]*?(?:/>|>[^<]*</f>))(.*?)</c>", re.DOTALL)
_VALUE = re.compile(rb"<v[^>/]*>([^<]+)</v>")
_PLACE = re.compile(rb"([A-Z]{1,3})(\d{1,7})")
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_PERCENT = frozenset({9, 10})
"""The formats 0% and 0.00%, which a workbook need not spell out."""
_DIGITS = 10
_YES = (b"1", b"true")

NOT_COUNTED = "="
"""Stands for a formula that was never counted."""


@dataclass
class Marks:
    """What is to know of the cells of a sheet, by row numbers and positions of columns."""

    percent: dict[int, list[int]] = field(default_factory=dict)
    texts: dict[int, list[tuple[int, str]]] = field(default_factory=dict)
    """Errors, and formulas that were never counted."""

    def applied(self, row: Sequence[Cell], at: int) -> Sequence[Cell]:
        """A row with percent cells as percent, and with errors as they show."""
        if at not in self.percent and at not in self.texts:
            return row
        cells = list(row)
        for column in self.percent.get(at, ()):
            if column < len(cells):
                cells[column] = percent_of(cells[column])
        for column, text in self.texts.get(at, ()):
            cells += [""] * (column + 1 - len(cells))
            cells[column] = text
        return cells


def percent_of(cell: Cell) -> Cell:
    """A number that is shown as a percentage, as that percentage."""
    return round(cell * 100, _DIGITS) if isinstance(cell, int | float) and not isinstance(cell, bool) else cell


def is_percent(number_format: str) -> bool:
    """Whether a number format shows percentages."""
    return "%" in _QUOTED.sub("", number_format)


class Marking:
    """Reads marks from the parts of a workbook."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        book = self._part("xl/workbook.xml")
        self.since_1904 = any(one.get(b"date1904") in _YES for one in _tags(book, b"workbookPr"))
        self._zero_counts = not any(one.get(b"fullCalcOnLoad") in _YES for one in _tags(book, b"calcPr"))
        """A workbook that asks to be counted when it is opened has zeros instead of what its formulas give."""
        relations = _tags(self._part("xl/_rels/workbook.xml.rels"), b"Relationship")
        links = {one.get(b"Id"): one.get(b"Target", b"") for one in relations}
        self._parts = {
            html.unescape(one.get(b"name", b"").decode()): _path(links.get(_link_of(one), b"").decode())
            for one in _tags(book, b"sheet")
        }
        self._percent_cell = _percent_cell(self._part("xl/styles.xml"))

    def part_of(self, name: str) -> str:
        """The name of the part that is a sheet. Raises KeyError if there is none."""
        return self._parts[name]

    def of(self, piece: bytes) -> Marks:
        """The marks of the cells in a piece of a sheet."""
        marks = Marks()
        if self._percent_cell is not None:
            for tag in self._percent_cell.findall(piece):
                if (place := _place(tag)) is not None:
                    marks.percent.setdefault(place[0], []).append(place[1])
        if b't="e"' in piece or b"t='e'" in piece:
            for tag, content in _ERROR.findall(piece):
                value = _VALUE.search(content)
                _add_text(marks, tag, value[1].decode() if value else "#")
        if b"<f" in piece:
            for tag, _, content in _FORMULA.findall(piece):
                if not self._is_counted(_attributes(tag).get(b"t", b""), _VALUE.search(content)):
                    _add_text(marks, tag, NOT_COUNTED)
        return marks

    def _is_counted(self, kind: bytes, value: re.Match[bytes] | None) -> bool:
        if value is None:
            return kind == b"str"  # the formula gives an empty text
        return self._zero_counts or kind not in (b"", b"n") or value[1].strip() != b"0"

    def _part(self, name: str) -> bytes:
        try:
            return self._archive.read(name)
        except KeyError:
            return b""


def _percent_cell(styles: bytes) -> re.Pattern[bytes] | None:
    """Cells in a percent format, whatever they hold; None if no format shows percentages."""
    shown = {
        int(one.get(b"numFmtId", b"0"))
        for one in _tags(styles, b"numFmt")
        if is_percent(_text(one.get(b"formatCode", b"")))
    }
    formats = re.search(rb"<cellXfs\b.*?</cellXfs>", styles, re.DOTALL)
    used = _tags(formats[0] if formats else b"", b"xf")
    percent = [str(at).encode() for at, one in enumerate(used) if int(one.get(b"numFmtId", b"0")) in shown | _PERCENT]
    return re.compile(rb"""<c\s([^>]*\bs=["'](?:%s)["'][^>]*)(?<!/)>""" % b"|".join(percent)) if percent else None


def _add_text(marks: Marks, tag: bytes, text: str) -> None:
    if (place := _place(tag)) is not None:
        marks.texts.setdefault(place[0], []).append((place[1], html.unescape(text)))


def _tags(text: bytes, name: bytes) -> list[dict[bytes, bytes]]:
    return [_attributes(found) for found in re.findall(rb"<(?:\w+:)?%s\b([^>]*)>" % name, text)]


def _attributes(tag: bytes) -> dict[bytes, bytes]:
    return {name: double or single for name, double, single in _ATTRIBUTE.findall(tag)}


def _link_of(sheet: dict[bytes, bytes]) -> bytes | None:
    return next((value for name, value in sheet.items() if name.endswith(b":id")), None)


def _path(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))


def _place(tag: bytes) -> tuple[int, int] | None:
    """Row number and position of the column of a cell; None if it does not say."""
    found = _PLACE.fullmatch(_attributes(tag).get(b"r", b""))
    return None if found is None else (int(found[2]), column_position(found[1]))


def column_position(letters: bytes) -> int:
    """The position of a column, counted from 0."""
    position = 0
    for letter in letters[:4]:  # one more than any column has
        position = position * 26 + letter - 64
    return position - 1


def _text(raw: bytes) -> str:
    return html.unescape(raw.decode(errors="replace"))
