"""What a correction says: which column of a household's data, from which value to which, and how that is known."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Column, Date

from data_access.errors import LedgerError
from data_access.reports.kinds import ReportKind, fits
from data_access.schema.indicators import load_codes, load_indicators

INDICATOR = "indicator_correction"
"""The kind of report that corrects an indicator: an interval of `household_indicator`."""

PHONE, PHONE_COLUMN = "phone_correction", "phone"
"""The kind of report that says that a household's telephone number is wrong, and its column."""

OLD, NEW, BASIS = "old", "new", "basis"
"""What a correction says, besides its column and its day."""

BASES = "correction_basis"
"""The code list of how the new value is known."""


def as_text(value: object) -> object:
    """A value as a report holds it: a day is a text."""
    return value.isoformat() if isinstance(value, date) else value


def as_held(value: Any, *, column: Column) -> Any:
    """A value of a report as its column holds it."""
    return date.fromisoformat(value) if isinstance(column.type, Date) and isinstance(value, str) else value


def corrected_column(kind: ReportKind, name: str) -> Column:
    """The column that a correction is of. Raises LedgerError for one that holds no indicator."""
    known = (part.name for one in load_indicators() if one.table == kind.table for part in one.columns)
    if name not in known:
        raise LedgerError("report_unknown_value", kind=kind.named, value=name)
    return kind.filled.c[name]


def check(kind: ReportKind, name: str, said: Mapping[str, Any]) -> None:
    """Raises LedgerError for what a correction of a column cannot say."""
    column = corrected_column(kind, name)
    if set(said) != {OLD, NEW, BASIS} or said[BASIS] not in load_codes()[BASES]:
        raise LedgerError("report_unknown_value", kind=kind.named, value=str(said.get(BASIS)))
    if said[OLD] == said[NEW]:
        raise LedgerError("correction_same", column=str(column.comment))
    if not kind.empties:
        check_value(column, said[NEW])
    elif said[NEW] is not None or not said[OLD]:
        raise LedgerError("report_unknown_value", kind=kind.named, value="")


def check_value(column: Column, value: object) -> None:
    """Raises LedgerError for a value that an indicator cannot have."""
    try:
        possible = value is not None and fits(column, value)
    except ValueError:  # a text that is no day
        possible = False
    if not possible:
        raise LedgerError("correction_value", column=str(column.comment), value=str(value)[:40])


def value_on(intervals: tuple[Mapping[str, Any], ...], *, column: str, on: date) -> Any:
    """What intervals of a household's indicators hold of a column on a day; None if nothing was collected by then."""
    own = [one for one in intervals if one["valid_from"] <= on and (one["valid_to"] is None or one["valid_to"] > on)]
    return own[-1][column] if own else None
