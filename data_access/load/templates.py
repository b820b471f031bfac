"""An empty workbook for every kind of file: the headings that its loads recognise, drop-downs, and a row that shows how
to fill it in and is not loaded."""

import io
from collections.abc import Iterator

import xlsxwriter
from sqlalchemy import Boolean, Date, DateTime, Float, Integer

from data_access.files.export import FileColumn, add_choices
from data_access.load.errors import example_mark
from data_access.load.kinds import FileField, FileKind
from data_access.schema.indicators import load_codes

ROWS = 1000
"""Rows with drop-downs."""

_HEADING = {"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#E8EDF4", "border": 1}
_NEEDED = {**_HEADING, "font_color": "#C00000"}
_SHOWN = {"font_color": "#808080", "italic": True, "num_format": "@"}
_TEXT = {"num_format": "@"}
_WIDTH = 14


def template(kind: FileKind, *, language: str) -> bytes:
    """The empty workbook of a kind. Headings that every row fills are red and end in a star."""
    fields = list(_columns(kind))
    columns = [FileColumn(key=one.key, title=one.title, choices=() if one.several else _words(one)) for one in fields]
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(kind.label[language][:31].replace("/", " ").replace(":", " "))
        heading, needed, shown, text = (book.add_format(one) for one in (_HEADING, _NEEDED, _SHOWN, _TEXT))
        for position, one in enumerate(fields):
            sheet.set_column(position, position, max(_WIDTH, 2 * len(one.title) + 2), text)
            title = f"{one.title}*" if one.required else one.title
            sheet.write_string(0, position, title, needed if one.required else heading)
            example = example_mark(language=language) if position == 0 else _example(one)
            sheet.write_string(1, position, example, shown)
        sheet.freeze_panes(1, 1)
        add_choices(book, sheet, columns=columns, first=2, rows=ROWS)
    return content.getvalue()


def _columns(kind: FileKind) -> Iterator[FileField]:
    """The columns of a template: each thing that the kind can say, once, by the heading that means it plainly; what
    every row needs comes first."""
    by_key: dict[str, list[FileField]] = {}
    for one in kind.fields:
        by_key.setdefault(one.key, []).append(one)
    plain = [next((one for one in same if not one.words), same[-1]) for same in by_key.values()]
    yield from sorted(plain, key=lambda one: not one.required)


def _words(one: FileField) -> tuple[str, ...]:
    """What a cell may say: the field's own words where they can say more than one thing, else those of its codes."""
    if len({code for code in one.words.values() if code}) > 1:
        return tuple(one.words)
    declared = one.declared
    if declared is None:
        return ()
    codes = "boolean" if isinstance(declared.type, Boolean) else declared.info["codes"]
    return () if codes is None else tuple(label["zh"] for label in load_codes()[codes].values())


def _example(one: FileField) -> str:
    declared = one.declared
    if words := _words(one):
        return words[0]
    if one.table == "measures" or (declared is not None and isinstance(declared.type, Date | DateTime)):
        return "2022-09-30"
    if declared is not None and isinstance(declared.type, Integer | Float):
        return "1"
    return ""
