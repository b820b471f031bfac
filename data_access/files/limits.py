"""How large a file from outside may be, as declared in `limits.yaml`."""

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from data_access.declarations import Declared, read_declared

Size = Annotated[int, Field(ge=1)]
Share = Annotated[int, Field(ge=0)]

_FILE = Path(__file__).with_suffix(".yaml")


class Budget(Declared):
    """What reading one file may take; sizes are bytes. Shares are added for every byte, or MB, of the file."""

    memory: Size
    memory_per_byte: Share
    most_memory: Size
    seconds: Size
    """Of processor time."""
    seconds_per_mb: Share
    silent_seconds: Size
    """How long nothing may be heard from the process that reads it."""
    answer: Size
    """How much that process may answer in all."""
    answer_per_byte: Share
    unpacked: Size
    """The largest size of a workbook when unpacked."""
    cells: Size
    """The most cells of the rectangle that a sheet fills."""


class Readers(Declared):
    """The processes that read files."""

    at_once: Size
    wait_seconds: Size
    """How long a file waits until one is free."""
    files: Size
    """How many files one reads before it is replaced."""
    idle_memory: Size
    """One that has more bytes after a file is replaced at once."""
    message: Size
    """The largest message that one may send, in bytes."""


class Limits(Declared):
    """How much of a file from outside is read; sizes are bytes unless stated otherwise."""

    readers: Readers
    load: Budget
    folder: Budget
    form: Budget
    rows_of_a_batch: Size
    xlsx_bytes: Size
    xlsx_ratio: Size
    """Unpacked size divided by packed size."""
    xlsx_spread: Size
    """Cells of the rectangle that a sheet fills, divided by those with something in them."""
    xlsx_spread_from: Size
    """Smaller rectangles may be as empty as they like."""
    xlsx_sheets: Size
    xlsx_slice: Size
    """How much of the XML of a sheet is laid out at a time; a smaller sheet as a whole."""
    csv_bytes: Size
    csv_block: Size
    """How much of a CSV file is parsed at a time at most; no line is longer."""
    csv_reserved: Size
    """How much memory may be reserved for that: as much as is parsed at a time, for every column."""
    csv_field: Size
    csv_columns: Size


@cache
def load_limits(file: Path = _FILE) -> Limits:
    """The declared limits. Raises DeclarationError."""
    return read_declared(file, Limits)
