"""How the board and the process that reads talk over its pipes.

A message is JSON and, for long columns of numbers, raw bytes. Neither can do anything when it is read, whatever a file
has made of the process that wrote it.
"""

import json
import struct
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

SIZES = struct.Struct(">II")
"""The head of a message: how many bytes of JSON follow, and how many raw ones after them."""

Cell = object
"""A value of a sheet: text, number, yes or no, date; the empty text if the cell is empty."""

_MARK = ""
"""The only key of an object that stands for a cell which JSON has no word for."""


class RefusedError(Exception):
    """A file cannot be read; `key` is one of `errors.yaml`, `details` fill its sentence."""

    def __init__(self, key: str, **details: object) -> None:
        self.key, self.details = key, {name: str(detail) for name, detail in details.items()}
        super().__init__(key)


def packed(said: object, raw: bytes = b"") -> bytes:
    """A message as it goes through the pipe."""
    text = json.dumps(said, default=_marked, ensure_ascii=False, separators=(",", ":")).encode()
    return SIZES.pack(len(text), len(raw)) + text + raw


def unpacked(text: bytes | bytearray) -> Any:
    """What the JSON of a message says. Raises ValueError, RecursionError."""
    return json.loads(text, object_hook=_unmarked)


def _marked(cell: object) -> dict[str, list[str | float]]:
    if isinstance(cell, timedelta):
        return {_MARK: ["timedelta", cell.total_seconds()]}
    if isinstance(cell, datetime | date | time):
        return {_MARK: [type(cell).__name__, cell.isoformat()]}
    raise TypeError(type(cell).__name__)


_KINDS: dict[str, Callable[[Any], Cell]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timedelta": lambda seconds: timedelta(seconds=seconds),
}


def _unmarked(found: dict[str, Any]) -> Any:
    if _MARK not in found:
        return found
    kind, value = found[_MARK]
    return _KINDS[kind](value)
