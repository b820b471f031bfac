"""A document as a PDF file, typeset on the server with a Chinese font installed there."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Any

import typst

from charts.printed import CJK_FONTS, NoFontError, cjk_font
from data_access.errors import DocumentError
from data_access.files.temporary import temporary_folder
from pages.documents.parts import Document, annex_names
from pages.shell.texts import t

PAPER = Path(__file__).with_name("paper.typ")
SLIDES = Path(__file__).with_name("slides.typ")

_ON_ITS_OWN = (
    "import sys, typst; typst.compile(sys.argv[1], output=sys.argv[2], root=sys.argv[3], format='pdf', pdf_tags=False)"
)


def write(
    document: Document,
    *,
    by: str,
    language: str,
    watermark: str | None = None,
    template: Path = PAPER,
    for_paper: bool = False,
) -> bytes:
    """The document as a PDF file, with who built it and when in its properties.

    Args:
        template: its layout, `PAPER` or `SLIDES`.
        watermark: what stands faintly behind every page of one that shows names in full.
        for_paper: as `typeset` takes it.

    Raises DocumentError where no Chinese font is installed.
    """
    numbers = [t("documents.annex", number=number) for number, _ in enumerate(document.annexes, start=1)]
    named = {"annex_numbers": numbers, "annex_names": annex_names(document)}
    content = asdict(document) | named | {"language": language, "by": by, "watermark": watermark}
    pictures: dict[str, bytes] = {}
    for number, section in enumerate(content["sections"]):
        if section["picture"] is not None:
            pictures[f"{number}.png"] = section["picture"]
            section["picture"] = f"{number}.png"
    return typeset(template, content, pictures=pictures, for_paper=for_paper)


def typeset(
    template: Path,
    content: Mapping[str, Any],
    *,
    pictures: Mapping[str, bytes] = MappingProxyType({}),
    for_paper: bool = False,
) -> bytes:
    """A template with its content as a PDF file.

    Args:
        content: what the template reads as `paper.json`; the font is added as `fonts`.
        pictures: the files that the content names.
        for_paper: many sheets to be printed. They come without the tags by which a screen is read aloud, which are nine
            tenths of them and of the time it takes to protect them, and from a process of their own: typst keeps what
            it laid out while it makes the next ten documents.

    Raises DocumentError where no Chinese font is installed.
    """
    try:
        font = cjk_font()
    except NoFontError as error:
        raise DocumentError("no_chinese_font", fonts=", ".join(CJK_FONTS)) from error
    with temporary_folder("paper_") as name:
        folder = Path(name)
        for file, picture in pictures.items():
            (folder / file).write_bytes(picture)
        said = json.dumps({**content, "fonts": [font]}, ensure_ascii=False)
        (folder / "paper.json").write_text(said, encoding="utf-8")
        (folder / template.name).write_text(template.read_text(encoding="utf-8"), encoding="utf-8")
        source = folder / template.name
        if not for_paper:
            return bytes(typst.compile(source, root=folder, format="pdf"))
        made = folder / "paper.pdf"
        command = [sys.executable, "-I", "-c", _ON_ITS_OWN, str(source), str(made), str(folder)]
        subprocess.run(command, check=True)  # noqa: S603 - a line of ours, and files just written
        return made.read_bytes()
