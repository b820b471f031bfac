"""A document as an editable Word file in the layout of official papers (GB/T 9704): 小标宋 title, 黑体 headings, 仿宋
text, line spacing of 28 points, page numbers between dashes."""

import io
from collections.abc import Iterable

import docx
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from pages.documents.parts import Document, Section, Table, annex_names, fitted, mark
from pages.shell.texts import t

TITLE, HEADING, TEXT = "title", "heading", "text"
"""What a font is used for; its name is in the catalogues. The reader's office program may substitute its own."""

LATIN = "Times New Roman"
_TITLE_SIZE, _TEXT_SIZE, _CLOSING_SIZE, _NOTE_SIZE, _LINE = Pt(22), Pt(16), Pt(14), Pt(10.5), Pt(28)
_INDENT = Pt(32)


def write(document: Document, *, by: str) -> bytes:
    """The document as a DOCX file, with who built it and when in its properties."""
    word = docx.Document()
    mark(word.core_properties, title=document.title, by=by)
    _page(word)
    if document.above:
        _line(word, document.above, font=HEADING, size=_TEXT_SIZE)
    _line(word, document.title, font=TITLE, size=_TITLE_SIZE, centred=True)
    _line(word, document.subtitle, font=TEXT, size=_NOTE_SIZE, centred=True)
    if document.to:
        _line(word, document.to, font=TEXT, size=_TEXT_SIZE)
    for section in document.sections:
        _section(word, section)
    for name in annex_names(document):
        _line(word, name, font=TEXT, size=_TEXT_SIZE, indented=True)
    for number, note in enumerate(document.notes, start=1):
        _line(word, f"{number}. {note}", font=TEXT, size=_NOTE_SIZE)
    for number, annex in enumerate(document.annexes, start=1):
        word.add_paragraph().paragraph_format.page_break_before = True
        _line(word, t("documents.annex", number=number), font=HEADING, size=_TEXT_SIZE)
        _section(word, annex)
    for line in document.closing:
        _line(word, line, font=TEXT, size=_CLOSING_SIZE)
    content = io.BytesIO()
    word.save(content)
    return content.getvalue()


def _page(word: WordDocument) -> None:
    """A4 with the margins of official papers, and the page number at the bottom."""
    page = word.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)
    foot = page.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    foot.add_run("— ")
    _field(foot, "PAGE")
    foot.add_run(" —")


def _field(paragraph: Paragraph, code: str) -> None:
    for kind, text in (("begin", None), (None, code), ("end", None)):
        run = paragraph.add_run()
        if kind is None:
            part = OxmlElement("w:instrText")
            part.text = text
        else:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        run._r.append(part)  # the library does not support fields


def _section(word: WordDocument, section: Section) -> None:
    _line(word, section.heading, font=HEADING, size=_TEXT_SIZE, indented=True)
    for text in section.paragraphs:
        _line(word, text, font=TEXT, size=_TEXT_SIZE, indented=True)
    if section.picture is not None:
        width, height = fitted(section.picture, width=Mm(150), height=Mm(200))
        word.add_picture(io.BytesIO(section.picture), width=width, height=height)
    if section.table is not None:
        _table(word, section.table)


def _line(word: WordDocument, text: str, *, font: str, size: Pt, centred: bool = False, indented: bool = False) -> None:
    paragraph = word.add_paragraph()
    look = paragraph.paragraph_format
    look.line_spacing_rule, look.line_spacing = WD_LINE_SPACING.EXACTLY, _LINE
    look.space_after = Pt(0)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if indented:
        look.first_line_indent = _INDENT
    _write(paragraph, text, font=font, size=size)


def _write(paragraph: Paragraph, text: str, *, font: str, size: Pt) -> None:
    run = paragraph.add_run(text)
    run.font.size = size
    run.font.name = LATIN
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), t(f"documents.font_{font}"))


def _table(word: WordDocument, table: Table) -> None:
    grid = word.add_table(rows=0, cols=len(table.heading), style="Table Grid")
    for number, (row, font) in enumerate(_rows(table)):
        if number == 1:  # the row above is the headings: they are repeated on every page
            grid.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for cell, text in zip(grid.add_row().cells, row, strict=True):
            _write(cell.paragraphs[0], text, font=font, size=_NOTE_SIZE)


def _rows(table: Table) -> Iterable[tuple[tuple[str, ...], str]]:
    yield table.heading, HEADING
    for row in table.rows:
        yield row, TEXT
