"""A document as a PDF file, typeset on the server with a Chinese font installed there."""

import json
from dataclasses import asdict
from pathlib import Path

import typst

from charts.printed import CJK_FONTS, NoFontError, cjk_font
from data_access.errors import DocumentError
from data_access.files.temporary import temporary_folder
from pages.documents.parts import Document

TEMPLATE = Path(__file__).with_name("paper.typ")


def write(document: Document, *, by: str, language: str, watermark: str | None = None) -> bytes:
    """The document as a PDF file, with who built it and when in its properties.

    Args:
        watermark: what stands faintly behind every page of one that shows names in full.

    Raises DocumentError where no Chinese font is installed.
    """
    try:
        font = cjk_font()
    except NoFontError as error:
        raise DocumentError("no_chinese_font", fonts=", ".join(CJK_FONTS)) from error
    with temporary_folder("paper_") as name:
        folder = Path(name)
        content = asdict(document) | {"fonts": [font], "language": language, "by": by, "watermark": watermark}
        for number, section in enumerate(content["sections"]):
            if section["picture"] is not None:
                (folder / f"{number}.png").write_bytes(section["picture"])
                section["picture"] = f"{number}.png"
        (folder / "paper.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        (folder / "paper.typ").write_text(TEMPLATE.read_text(encoding="utf-8"), encoding="utf-8")
        pdf = typst.compile(folder / "paper.typ", root=folder, format="pdf")
    return bytes(pdf)
