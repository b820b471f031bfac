"""The parts of a document, whatever format it is written in."""

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from PIL import Image


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
    """A document: its title, its sections, and the notes at its end."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = field(default=())


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
