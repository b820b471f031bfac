"""The parts of a document, whatever format it is written in."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


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


def mark(properties: Any, *, title: str, by: str) -> None:
    """Set an Office file's title, author and date of creation in its properties; otherwise the library names itself."""
    now = datetime.now(UTC).replace(tzinfo=None)
    properties.title, properties.author, properties.last_modified_by = title, by, by
    properties.created = properties.modified = now
    properties.comments, properties.keywords = "", ""
