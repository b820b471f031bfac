"""What holds from a day on: of dated entries, the newest one not later than a day is in force on it."""

from collections.abc import Mapping
from datetime import date
from typing import TypeVar

Entry = TypeVar("Entry")


def in_force(entries: Mapping[date, Entry], *, on: date) -> Entry | None:
    """The entry of a day, by the day each one starts; None before the first."""
    started = [start for start in entries if start <= on]
    return entries[max(started)] if started else None
