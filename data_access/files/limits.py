"""How large a file from outside may be, as declared in `limits.yaml`."""

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from data_access.declarations import Declared, read_declared

Size = Annotated[int, Field(ge=1)]


_FILE = Path(__file__).with_suffix(".yaml")


class Limits(Declared):
    """The largest files, in bytes unless stated otherwise."""

    rows_of_a_batch: Size
    form_unpacked: Size
    xlsx_bytes: Size
    xlsx_unpacked: Size
    xlsx_ratio: Size
    """Unpacked size divided by packed size."""
    xlsx_cells: Size
    csv_bytes: Size


@cache
def load_limits(file: Path = _FILE) -> Limits:
    """The declared limits. Raises DeclarationError."""
    return read_declared(file, Limits)
