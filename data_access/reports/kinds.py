"""The kinds of reports from the field, as declared in `field_reports.yaml`."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator
from sqlalchemy import Boolean, Column, Date, Float, Integer, Table

from data_access.declarations import Declared, Keyed, Many, Text, Words, each_of, one_of, read_declared, refuse
from data_access.errors import LedgerError
from data_access.schema.collected import load_collected
from data_access.schema.indicators import load_codes
from data_access.schema.ranges import load_ranges, range_of
from data_access.schema.tables import household, metadata

_FILE = Path(__file__).with_name("field_reports.yaml")

Way = Literal["post", "export"]
"""How a report becomes data: put into the household database, or entered into the national system first."""


class ReportKind(Declared):
    """One kind of report; a report fills one row of a table."""

    key: str
    label: Words
    way: Way
    table: Text
    thing: str = ""
    existing: bool = False
    day: str = ""
    corrects: bool = False
    """Whether it corrects one column of what is held: its thing is the name of the column, and it says the old value,
    the new one and how that is known (`corrections`)."""
    empties: bool = False
    """Whether such a correction says only that the value held is wrong."""
    approved: bool = False
    """Whether it counts only once a second person has approved it."""
    after: Text | None = None
    """The day of the thing before which nothing can be reported of it."""
    says: Many[Text] = ()
    must: Many[Text] = ()
    by: Text | None = None
    """The column that the reporter's name fills."""
    never: dict[Text, Many[Text]] = Field(default_factory=dict)
    """Column -> codes that cannot be reported."""
    enters: Literal["joins", "leaves", "splits", "closes", "arrives"] | None = None
    """Of what the national system keeps of households and persons: what has to be in the data for it to be there."""
    made_of: Many[Text] = ()
    every: Literal["week", "month"] | None = None
    result: Text | None = None
    needs: dict[Text, Text] = Field(default_factory=dict)
    gives_way: Many[Text] = ()
    amended: bool = False
    """Whether whoever reported it may report otherwise later: that replaces what they said."""
    takes_off: Many[Text] = ()
    """Metrics, or parts of them (metric.column=code)."""
    unless: Many[Text] = ()
    """Results that take nothing off."""
    changes: Many[Text] = ()

    @model_validator(mode="after")
    def _fills_columns(self) -> Self:
        if self.table not in metadata.tables or household.c.household_id.name not in self.filled.primary_key.columns:
            raise refuse("unknown_reference", at=("table",), name=self.table, known=tuple(metadata.tables))
        if self.corrects:
            return self
        for name in (self.thing, self.day, *([self.after] if self.after else [])):
            one_of(name, self.filled.c.keys())
        each_of(self.says, self.filled.c.keys(), at=("says",))
        for said in (self.result, self.by, *self.must, *self.never, *self.made_of, *self.needs.values()):
            if said is not None and said not in self.says:
                raise refuse("unknown_reference", at=("result",), name=said, known=self.says)
        for name, codes in self.never.items():
            listed = self.filled.c[name].info["codes"]
            each_of(codes, load_codes()[listed] if listed else (), at=("never", name))
        for at in ("gives_way", "unless"):
            each_of(getattr(self, at), load_codes()[self.codes] if self.codes else (), at=(at,))
        return self

    @property
    def filled(self) -> Table:
        """The table of the contract."""
        return metadata.tables[self.table]

    @property
    def load(self) -> str:
        """The kind of file whose rows such reports are."""
        return f"table_{self.table}"

    @property
    def thing_is_a_day(self) -> bool:
        """Whether a household has one such thing a day: its number is the day."""
        return not self.corrects and isinstance(self.filled.c[self.thing].type, Date)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that a report fills, besides the key of the row."""
        key = self.filled.primary_key.columns
        return tuple(name for name in dict.fromkeys((self.day, *self.says)) if name not in key)

    @property
    def codes(self) -> str | None:
        """The code list of the results."""
        return None if self.result is None else str(self.filled.c[self.result].info["codes"])

    def codes_of(self, name: str) -> tuple[str, ...]:
        """The codes that a report can say of a column; none where it has no code list."""
        codes = self.filled.c[name].info["codes"]
        return tuple(one for one in load_codes()[codes] if one not in self.never.get(name, ())) if codes else ()

    def number(self, household_id: str, *, on: date, values: Mapping[str, Any]) -> str:
        """The number of a thing that is new with a report: made of what it is, so that twice the same is one thing."""
        if self.thing_is_a_day:
            return on.isoformat()
        if self.every == "week":
            return f"{on.isocalendar().year}-W{on.isocalendar().week:02d}"
        if self.every == "month":
            return f"{on.year}-M{on.month:02d}"
        return "-".join((household_id, f"{on:%Y%m%d}", *(str(values.get(name, "")) for name in self.made_of)))

    @property
    def named(self) -> str:
        """Its name in every language, for an error."""
        return f"{self.label['zh']} / {self.label['en']}"

    def takes(self, metric: str, *, said: Mapping[str, Any]) -> str | None:
        """Where a report that says something takes a household, or a thing, off a list while it waits: everywhere
        (empty), or in a part of it (column=code); None where it does not."""
        if self.result is not None and said.get(self.result) in self.unless:
            return None
        parts = (one.partition(".") for one in self.takes_off)
        return next((part for name, _, part in parts if name == metric), None)

    def touches(self, fact: str, *columns: str) -> bool:
        """Whether such a report changes a figure that is counted from some columns of a fact."""
        if fact in self.changes:
            return True
        figures, own = load_collected().figures, {f"{self.table}.{name}" for name in (self.thing, *self.columns)}
        if self.existing:
            own.discard(f"{self.table}.{self.thing}")
        named = (fact, *(f"{fact}.{column}" for column in columns))
        return any(own.intersection(figures.get(name, ())) for name in named)

    def check(self, values: Mapping[str, Any], *, on: date, today: date) -> None:
        """Raises LedgerError for what such a report cannot say."""
        if on > today:
            raise LedgerError("report_day_to_come", day=on.isoformat())
        if on < load_ranges().earliest_day:
            raise LedgerError("report_unknown_value", kind=self.named, value=on.isoformat())
        if self.corrects:  # `corrections.check` knows its column
            return
        for name in values:
            if name not in self.says:
                raise LedgerError("report_unknown_value", kind=self.named, value=name)
        for name, value in values.items():
            if value is not None and (value in self.never.get(name, ()) or not fits(self.filled.c[name], value)):
                raise LedgerError("report_unknown_value", kind=self.named, value=str(value)[:40])
        self._check_complete(values)
        for result, explained in self.needs.items():
            said = self.result is not None and values.get(self.result) == result
            if said != (values.get(explained) is not None):
                raise LedgerError("report_reason_missing", kind=self.named)

    def _check_complete(self, values: Mapping[str, Any]) -> None:
        if self.result is not None and values.get(self.result) is None:
            raise LedgerError("report_result_missing", kind=self.named)
        for name in self.must:
            if values.get(name) in (None, ""):
                raise LedgerError("report_value_missing", kind=self.named, column=str(self.filled.c[name].comment))


def fits(column: Column, value: Any) -> bool:
    """Whether a value can stand in a column."""
    if codes := column.info["codes"]:
        return value in load_codes()[codes]
    if isinstance(column.type, Boolean):
        return isinstance(value, bool)
    if isinstance(column.type, Integer):
        low, high = range_of(column) or (0, float("inf"))
        return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
    if isinstance(column.type, Float):
        low, high = range_of(column) or (0, float("inf"))
        return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
    if isinstance(column.type, Date):
        return isinstance(value, str) and date.fromisoformat(value) >= load_ranges().earliest_day
    return isinstance(value, str)


@cache
def load_report_kinds(file: Path = _FILE) -> dict[str, ReportKind]:
    """The kinds of reports by their key, in order. Raises DeclarationError."""
    return read_declared(file, Keyed[ReportKind])
