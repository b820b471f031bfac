"""A document as slides: one slide per section, its sentences beside its picture or above its table's first rows."""

import io
from collections.abc import Callable

from pptx import Presentation
from pptx.presentation import Presentation as Slides
from pptx.util import Mm, Pt

from pages.documents.parts import Document, Section, Table, fitted, mark

_WIDTH, _HEIGHT = Mm(338.7), Mm(190.5)
_LEFT, _WIDE = Mm(15), Mm(308)
_SAID = Mm(118)
"""The width of what is said beside a picture."""

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
    """One slide: what is said, and beside it the picture or below it the table."""
    wide = _WIDE if section.picture is None else _SAID
    slide = _slide(slides, section.heading, section.paragraphs, wide=wide)
    if section.picture is not None:
        left = _LEFT + _SAID + _LEFT
        width, height = fitted(section.picture, width=_WIDTH - left - _LEFT, height=_HEIGHT - _BELOW - _LEFT)
        slide.shapes.add_picture(io.BytesIO(section.picture), left, _BELOW, width=width, height=height)
    if section.table is not None:
        top = _BELOW + _PARAGRAPH * len(section.paragraphs)
        _table(slide, section.table, top=top, more=more)


def _slide(slides: Slides, heading: str, paragraphs: tuple[str, ...], *, wide: int = _WIDE):  # type: ignore[no-untyped-def]  # noqa: ANN202
    slide = slides.slides.add_slide(slides.slide_layouts[6])
    _text(slide, heading, top=Mm(10), size=Pt(32), bold=True)
    if paragraphs:
        _text(slide, "\n".join(paragraphs), top=_BELOW, size=Pt(20), wide=wide)
    return slide


def _text(  # type: ignore[no-untyped-def]
    slide,  # noqa: ANN001
    text: str,
    *,
    top: int,
    size: Pt,
    bold: bool = False,
    wide: int = _WIDE,
) -> None:
    frame = slide.shapes.add_textbox(_LEFT, top, wide, Mm(22)).text_frame
    frame.word_wrap = True
    frame.text = text
    for paragraph in frame.paragraphs:
        paragraph.font.size, paragraph.font.bold, paragraph.space_after = size, bold, Pt(10)


def _table(slide, table: Table, *, top: int, more: Callable[[int], str]) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    shown = table.rows[:_MOST_ROWS]
    grid = slide.shapes.add_table(len(shown) + 1, len(table.heading), _LEFT, top, _WIDE, Mm(10)).table
    for row, cells in enumerate((table.heading, *shown)):
        for column, text in enumerate(cells):
            cell = grid.cell(row, column)
            cell.text = text
            cell.text_frame.paragraphs[0].font.size = Pt(12)
    if len(table.rows) > len(shown):
        _text(slide, more(len(table.rows) - len(shown)), top=Mm(168), size=Pt(12))
