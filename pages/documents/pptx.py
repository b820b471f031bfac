"""A document as slides: one slide per section, with its sentences, its picture and the first rows of its table."""

import io
from collections.abc import Callable

from pptx import Presentation
from pptx.presentation import Presentation as Slides
from pptx.util import Mm, Pt

from pages.documents.parts import Document, Section, Table, fitted, mark

_WIDTH, _HEIGHT = Mm(338.7), Mm(190.5)
_LEFT, _WIDE = Mm(15), Mm(308)
_BELOW, _PARAGRAPH = Mm(32), Mm(26)
"""Where what stands below the heading begins, and the height of a paragraph."""

_MOST_ROWS = 12
"""Rows of a table that can still be read from the back of a room."""


def write(document: Document, *, by: str, more: Callable[[int], str]) -> bytes:
    """The document as a PPTX file, with who built it and when in its properties.

    Args:
        more: the note below a shortened table, given the number of rows left out.
    """
    slides = Presentation()
    mark(slides.core_properties, title=document.title, by=by)
    slides.slide_width, slides.slide_height = _WIDTH, _HEIGHT
    _slide(slides, document.title, (document.subtitle,))
    for section in document.sections:
        _section(slides, section, more=more)
    content = io.BytesIO()
    slides.save(content)
    return content.getvalue()


def _section(slides: Slides, section: Section, *, more: Callable[[int], str]) -> None:
    slide = _slide(slides, section.heading, section.paragraphs)
    if section.picture is not None:
        top = _BELOW + _PARAGRAPH * len(section.paragraphs)
        width, height = fitted(section.picture, width=_WIDE, height=_HEIGHT - _LEFT - top)
        slide.shapes.add_picture(io.BytesIO(section.picture), (_WIDTH - width) // 2, top, width=width, height=height)
    if section.table is not None:
        second = _slide(slides, section.heading, ())
        _table(second, section.table, more=more)


def _slide(slides: Slides, heading: str, paragraphs: tuple[str, ...]):  # type: ignore[no-untyped-def]  # noqa: ANN202
    slide = slides.slides.add_slide(slides.slide_layouts[6])
    _text(slide, heading, top=Mm(10), size=Pt(32), bold=True)
    for position, text in enumerate(paragraphs):
        _text(slide, text, top=_BELOW + _PARAGRAPH * position, size=Pt(20))
    return slide


def _text(slide, text: str, *, top: int, size: Pt, bold: bool = False) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    frame = slide.shapes.add_textbox(_LEFT, top, _WIDE, Mm(22)).text_frame
    frame.word_wrap = True
    frame.text = text
    frame.paragraphs[0].font.size = size
    frame.paragraphs[0].font.bold = bold


def _table(slide, table: Table, *, more: Callable[[int], str]) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    shown = table.rows[:_MOST_ROWS]
    grid = slide.shapes.add_table(len(shown) + 1, len(table.heading), _LEFT, _BELOW, _WIDE, Mm(10)).table
    for row, cells in enumerate((table.heading, *shown)):
        for column, text in enumerate(cells):
            cell = grid.cell(row, column)
            cell.text = text
            cell.text_frame.paragraphs[0].font.size = Pt(12)
    if len(table.rows) > len(shown):
        _text(slide, more(len(table.rows) - len(shown)), top=Mm(168), size=Pt(12))
