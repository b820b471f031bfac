"""Dated entries: the newest one not later than a day is in force on that day."""

from collections.abc import Mapping
from datetime import date
from typing import TypeVar

Entry = TypeVar("Entry")


def in_force(entries: Mapping[date, Entry], *, on: date) -> Entry | None:
    """The entry in force on a day, from entries by their first day; None before the first."""
    started = [start for start in entries if start <= on]
    return entries[max(started)] if started else None
