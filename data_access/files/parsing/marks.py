"""What the reader of workbooks does not tell of their cells: how a number shows, errors, formulas never counted, the
calendar."""

import html
import posixpath
import re
import zipfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from data_access.files.parsing.messages import Cell

_ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_ERROR = re.compile(rb"""<c\s([^>]*\bt=["']e["'][^>]*)(?<!/)>(.*?)</c>""", re.DOTALL)
_FORMULA = re.compile(rb"<c\s([^>]*)>\s*<f\b([^>]*?(?:/>|>[^<]*</f>))(.*?)</c>", re.DOTALL)
_VALUE = re.compile(rb"<v[^>/]*>([^<]+)</v>")
_PLACE = re.compile(rb"([A-Z]{1,3})(\d{1,7})")
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_PERCENT = {9: "0%", 10: "0.00%"}
"""Formats that a workbook need not spell out."""
_ZEROS = re.compile(r"0{2,}")
"""The format of a number that is filled up with zeros at its left."""
_DIGITS = 10
_LONGEST_NUMBER = 10**15
"""From here on a spreadsheet has lost digits of a number."""
_YES = (b"1", b"true")

NOT_COUNTED = "="
"""Stands for a formula that was never counted."""


@dataclass
class Marks:
    """What is to know of the cells of a sheet, by row numbers and positions of columns."""

    formats: dict[int, list[tuple[int, str]]] = field(default_factory=dict)
    """Formats that show another thing than the number."""
    texts: dict[int, list[tuple[int, str]]] = field(default_factory=dict)
    """Errors, and formulas that were never counted."""

    def applied(self, row: Sequence[Cell], at: int) -> Sequence[Cell]:
        """A row with numbers and errors as they show."""
        if at not in self.formats and at not in self.texts:
            return row
        cells = list(row)
        for column, number_format in self.formats.get(at, ()):
            if column < len(cells):
                cells[column] = as_shown(cells[column], number_format)
        for column, text in self.texts.get(at, ()):
            cells += [""] * (column + 1 - len(cells))
            cells[column] = text
        return cells


def as_shown(cell: Cell, number_format: str) -> Cell:
    """A number as its format shows it: as a percentage, or as a text that is filled up with zeros, such as 000123."""
    if not isinstance(cell, int | float) or isinstance(cell, bool):
        return cell
    if is_percent(number_format):
        return round(cell * 100, _DIGITS)
    if _ZEROS.fullmatch(number_format) and 0 <= cell < _LONGEST_NUMBER and float(cell).is_integer():
        return str(int(cell)).zfill(len(number_format))
    return cell


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
        self._formats = _formats_that_show(self._part("xl/styles.xml"))
        self._formatted_cell = _cell_in(self._formats)

    def part_of(self, name: str) -> str:
        """The name of the part that is a sheet. Raises KeyError if there is none."""
        return self._parts[name]

    def of(self, piece: bytes) -> Marks:
        """The marks of the cells in a piece of a sheet."""
        marks = Marks()
        if self._formatted_cell is not None:
            for tag, style in self._formatted_cell.findall(piece):
                if (place := _place(tag)) is not None:
                    marks.formats.setdefault(place[0], []).append((place[1], self._formats[style]))
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


def _formats_that_show(styles: bytes) -> dict[bytes, str]:
    """Number of a style -> its format, of those that show another thing than the number."""
    spelled = {int(one.get(b"numFmtId", b"0")): _text(one.get(b"formatCode", b"")) for one in _tags(styles, b"numFmt")}
    found = re.search(rb"<cellXfs\b.*?</cellXfs>", styles, re.DOTALL)
    used = [int(one.get(b"numFmtId", b"0")) for one in _tags(found[0] if found else b"", b"xf")]
    known = _PERCENT | spelled
    formats = {str(at).encode(): known.get(number, "") for at, number in enumerate(used)}
    return {style: shown for style, shown in formats.items() if is_percent(shown) or _ZEROS.fullmatch(shown)}


def _cell_in(styles: Collection[bytes]) -> re.Pattern[bytes] | None:
    """Cells in one of some styles, whatever they hold; None if there is none."""
    return re.compile(rb"""<c\s([^>]*\bs=["'](%s)["'][^>]*)(?<!/)>""" % b"|".join(styles)) if styles else None


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
