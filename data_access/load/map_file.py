"""Headings mapped by hand in a file, for the command line."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, ValidationInfo

from data_access.declarations import read_declared, refuse
from data_access.files.headings import IGNORED
from data_access.load.kinds import FileKind


def _to_fields(mapped: dict[str, str | None], info: ValidationInfo) -> dict[str, str]:
    known: tuple[str, ...] = info.context or ()
    for heading, key in mapped.items():
        if key and key not in known:
            raise refuse("unknown_reference", at=(heading,), name=key, known=known)
    return {heading: key or IGNORED for heading, key in mapped.items()}


def read_map_file(file: Path, *, kind: FileKind) -> dict[str, str]:
    """Read headings mapped by hand from a file: heading -> key of a field of the kind, or IGNORED. Raises
    DeclarationError."""
    mapped = Annotated[dict[str, str | None], AfterValidator(_to_fields)]
    return read_declared(file, mapped, context=tuple(field.key for field in kind.fields))  # type: ignore[arg-type]
