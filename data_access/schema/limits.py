"""Time limits of the work, dated and with their sources, as declared in `limits.yaml`."""

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from data_access.declarations import Declared, Status, Words, read_declared
from data_access.schema.dated import in_force

_FILE = Path(__file__).with_name("limits.yaml")


class DatedValue(Declared):
    """The value of a limit from a day on, and the authority for it."""

    value: Annotated[int, Field(ge=1)]
    status: Status
    reference: Words


class Limit(Declared):
    """One time limit."""

    label: Words
    dated_values: Annotated[dict[date, DatedValue], Field(min_length=1, alias="values")]


@cache
def load_limits(file: Path = _FILE) -> dict[str, Limit]:
    """Every limit by its key. Raises DeclarationError."""
    return read_declared(file, dict[str, Limit])


def limit(key: str, *, on: date) -> int:
    """The value of a limit in force on a day. Raises LookupError when none is in force yet."""
    return _in_force(key, on=on).value


def is_placeholder(key: str, *, on: date) -> bool:
    """Whether the limit in force on a day still waits for a published source. Raises LookupError as `limit` does."""
    return _in_force(key, on=on).status == "placeholder"


def limit_if_any(key: str, *, on: date) -> int | None:
    """The value of a limit in force on a day; None before its first entry, when nothing had been laid down yet."""
    found = in_force(load_limits()[key].dated_values, on=on)
    return None if found is None else found.value


def newest_limit(key: str, *, on: date) -> int:
    """The value of a limit in force on a day, or the first one that was laid down later, for words about it."""
    found = limit_if_any(key, on=on)
    return min(load_limits()[key].dated_values.items())[1].value if found is None else found


def limit_periods(key: str, *, first: date, until: date) -> tuple[tuple[date, date, int], ...]:
    """The values of a limit over the days from `first` to `until`, both included: the first day, the last day and the
    value of each period, in order; days before its first entry are in none."""
    entries = load_limits()[key].dated_values
    starts = [first, *sorted(start for start in entries if first < start <= until)]
    ends = [*(start - timedelta(days=1) for start in starts[1:]), until]
    return tuple(
        (start, end, found.value)
        for start, end in zip(starts, ends, strict=True)
        if (found := in_force(entries, on=start)) is not None
    )


def _in_force(key: str, *, on: date) -> DatedValue:
    found = in_force(load_limits()[key].dated_values, on=on)
    if found is None:
        raise LookupError(
            f"limits.yaml: {key} has no value in force on {on}; add an entry that starts on or before that day"
        )
    return found
