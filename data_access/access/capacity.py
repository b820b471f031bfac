"""What one visitor and all together may keep on a server, as declared in `capacity.yaml`."""

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from data_access.declarations import Declared, read_declared

_FILE = Path(__file__).with_suffix(".yaml")

_Some = Annotated[int, Field(ge=1)]


class Capacity(Declared):
    """How many, or how many bytes."""

    connections: _Some
    connections_of_a_session: _Some
    fields: _Some
    body_bytes: _Some
    upload_files: _Some
    upload_bytes: _Some
    upload_bytes_of_a_session: _Some
    long_work: _Some
    pages_at_once: _Some
    page_yields_after: Annotated[float, Field(gt=0)]
    kept_parts: _Some
    kept_values: _Some


@cache
def load_capacity(file: Path = _FILE) -> Capacity:
    """The declared capacity. Raises DeclarationError."""
    return read_declared(file, Capacity)
