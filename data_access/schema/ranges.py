"""What the values of a column can be, as declared in `ranges.yaml`: an import takes no other, and in the data another
is a finding."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Strict, field_validator
from sqlalchemy import Column

from data_access.declarations import Declared, Many, Status, Words, read_declared, refuse
from data_access.schema.columns import column_of
from data_access.schema.indicators import load_indicators

_FILE = Path(__file__).with_name("ranges.yaml")

Number = int | float


def _in_order(bounds: tuple[Number, Number]) -> tuple[Number, Number]:
    if bounds[0] > bounds[1]:
        raise refuse("low_above_high", low=bounds[0], high=bounds[1])
    return bounds


Range = Annotated[tuple[Number, Number], Strict(False), AfterValidator(_in_order)]
"""The smallest and the largest value."""


class Ranges(Declared):
    """What `ranges.yaml` declares."""

    status: Status
    reference: Words
    ranges: dict[str, Range]
    """`table.column`, or `*.column` for every table that has it."""
    counts: Range
    earliest_day: date
    latest_day: date
    month_ends: Many[str]
    """Days that a month without a day means the end of."""

    @field_validator("ranges")
    @classmethod
    def _are_of_columns(cls, ranges: dict[str, tuple[Number, Number]]) -> dict[str, tuple[Number, Number]]:
        return {column_of(name, any_table=True, at=(name,)): bounds for name, bounds in ranges.items()}

    @field_validator("month_ends")
    @classmethod
    def _are_days(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(column_of(name, any_table=True, at=(number,)) for number, name in enumerate(names))


@cache
def load_ranges(file: Path = _FILE) -> Ranges:
    """What the values of columns can be. Raises DeclarationError."""
    return read_declared(file, Ranges)


def range_of(column: Column) -> tuple[Number, Number] | None:
    """The smallest and the largest value of a column; None if nothing is declared."""
    declared, table = load_ranges(), column.table.name
    bounds = declared.ranges.get(f"{table}.{column.name}") or declared.ranges.get(f"*.{column.name}")
    if bounds is None and table == "household_indicator" and column.name in _counts_of_persons():
        return declared.counts
    return bounds


def means_month_end(column: Column) -> bool:
    """Whether a month without a day means its last day: of what is due, or ends."""
    return bool({f"{column.table.name}.{column.name}", f"*.{column.name}"} & set(load_ranges().month_ends))


@cache
def _counts_of_persons() -> frozenset[str]:
    return frozenset(
        column.name for indicator in load_indicators() for column in indicator.columns if column.unit == "人"
    )
