"""The parts of a document, whatever format it is written in."""

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from PIL import Image

from pages.shell.texts import t


@dataclass(frozen=True)
class Table:
    """A table with its headings; every row has as many cells as there are headings."""

    heading: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Section:
    """A part of a document under a heading."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    table: Table | None = None
    picture: bytes | None = None
    """A PNG."""


@dataclass(frozen=True)
class Document:
    """A document: its title, its sections, the notes at its end, and what an official paper has around them."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = field(default=())
    above: str = ""
    """What stands above the title: that it is a draft."""
    to: str = ""
    """Whom it is sent to (主送)."""
    annexes: tuple[Section, ...] = ()
    """Each on a page of its own, and named at the end of the text."""
    closing: tuple[str, ...] = ()
    """The lines at its very end (版记)."""


def annex_names(document: Document) -> list[str]:
    """The lines below the text that name the annexes."""
    named = [t("documents.annex_named", number=n, title=one.heading) for n, one in enumerate(document.annexes, start=1)]
    return [(t("documents.annexes_more") if line else t("documents.annexes")) + name for line, name in enumerate(named)]


def fitted(picture: bytes, *, width: int, height: int) -> tuple[int, int]:
    """The width and height of a picture as large as it fits into a place, in the unit of the place."""
    with Image.open(io.BytesIO(picture)) as opened:
        across, down = opened.size
    scale = min(width / across, height / down)
    return round(across * scale), round(down * scale)


def mark(properties: Any, *, title: str, by: str) -> None:
    """Set an Office file's title, author and date of creation in its properties; otherwise the library names itself."""
    now = datetime.now(UTC).replace(tzinfo=None)
    properties.title, properties.author, properties.last_modified_by = title, by, by
    properties.created = properties.modified = now
    properties.comments, properties.keywords = "", ""
