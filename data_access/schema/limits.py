"""Dated, sourced time limits of the work, as declared in `limits.yaml`."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from data_access.yaml_files import read_yaml

_FILE = Path(__file__).with_name("limits.yaml")


@cache
def load_limits() -> dict[str, dict[str, Any]]:
    """Every limit by its key, as in `limits.yaml`."""
    return read_yaml(_FILE)


def limit(key: str, *, on: date) -> int:
    """The value of a limit in force on a day. Raises LookupError when none is in force yet."""
    return _in_force(key, on=on)["value"]


def is_placeholder(key: str, *, on: date) -> bool:
    """Whether the limit in force on a day still waits for a published source. Raises LookupError as `limit` does."""
    return _in_force(key, on=on)["status"] == "placeholder"


def _in_force(key: str, *, on: date) -> dict[str, Any]:
    values: dict[date, dict[str, Any]] = load_limits()[key]["values"]
    starts = [start for start in values if start <= on]
    if not starts:
        raise LookupError(
            f"limits.yaml: {key} has no value in force on {on}; add an entry that starts on or before that day"
        )
    return values[max(starts)]


def limit_if_any(key: str, *, on: date) -> int | None:
    """The value of a limit in force on a day; None before its first entry, where nothing was laid down yet."""
    return limit(key, on=on) if on >= min(load_limits()[key]["values"]) else None
