"""How much of a file from outside is read at all, as in `limits.yaml`."""

from functools import cache
from pathlib import Path

from data_access.declarations import Declared, read_declared


class Limits(Declared):
    """Largest files, in bytes where nothing else is said."""

    rows_of_a_batch: int
    form_unpacked: int
    xlsx_bytes: int
    xlsx_unpacked: int
    xlsx_ratio: int
    """Unpacked against packed."""
    xlsx_cells: int
    csv_bytes: int


@cache
def load_limits() -> Limits:
    """The declared limits."""
    return read_declared(Path(__file__).with_suffix(".yaml"), Limits)
