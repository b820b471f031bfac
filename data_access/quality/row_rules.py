"""What every row of a table must keep, as declared in `row_rules.yaml`: the order of its days, ranges, codes, what it
refers to, its place. A check is made of all columns of its kind, so that none is forgotten."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache, cached_property
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, field_validator, model_validator
from sqlalchemy import (
    Column,
    ColumnElement,
    Date,
    DateTime,
    String,
    Table,
    and_,
    case,
    cast,
    exists,
    literal,
    null,
    or_,
)

from data_access.declarations import Declared, Keyed, Many, Status, Words, each_of, one_of, only_of, read_declared
from data_access.quality.expressions import Check, Columns, Condition, Day
from data_access.schema.columns import column_of, find_column
from data_access.schema.contract import name_of
from data_access.schema.indicators import load_codes
from data_access.schema.ranges import load_ranges, range_of
from data_access.schema.references import load_references
from data_access.schema.tables import household, metadata, region

_FILE = Path(__file__).with_name("row_rules.yaml")

CheckName = Literal["order", "day", "range", "code", "link", "place"]

_LEVELS = {"village_code": "village", "township_code": "township"}
"""Columns that name a place -> the level of its region."""

HOME = "home_id"
"""The column of rows of a household in which its number stands if there is such a household."""
_HOMES = ("household.household_id",)

Doubt = tuple[Column, ColumnElement[bool]]
"""A column, and whether it is in doubt."""

Link = tuple[tuple[str, ...], tuple[str, ...]]
"""Columns of a table (`table.column`), and those they point at."""


class CheckWords(Declared):
    """What a check says of the rows it finds; {of} is the word for one."""

    label: Words
    description: Words


class LinkColumns(Declared):
    """Columns that point at a row of another table."""

    columns: Annotated[Many[str], Field(min_length=1)]
    to: Annotated[Many[str], Field(min_length=1)]

    @field_validator("columns", "to")
    @classmethod
    def _are_columns(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(column_of(name, at=(number,)) for number, name in enumerate(names))


class RowsChecked(Declared):
    """The rows of one table."""

    name: str = Field(alias="key")
    table_name: Annotated[str, Field(alias="table")]
    of: Words
    """The word for one row."""
    corrector: str
    order: Many[Many[str]] = ()
    planned: Many[str] = ()
    """Columns of days that may lie ahead."""

    @field_validator("corrector")
    @classmethod
    def _is_a_code(cls, code: str) -> str:
        return one_of(code, load_codes()["corrector"])

    @field_validator("table_name")
    @classmethod
    def _is_a_table(cls, name: str) -> str:
        return one_of(name, metadata.tables)

    @model_validator(mode="after")
    def _names_its_columns(self) -> Self:
        days = [part.name for part in self.table.c if isinstance(part.type, Date)]
        for number, names in enumerate(self.order):
            each_of(names, days, at=("order", number))
        each_of(self.planned, days, at=("planned",))
        return self

    @property
    def table(self) -> Table:
        """The table of the rows."""
        return metadata.tables[self.table_name]

    @cached_property
    def checks(self) -> tuple[CheckName, ...]:
        """The checks that the columns of the table give reason for."""
        row = {**self.table.c, HOME: household.c.household_id}
        return tuple(check for check, make in _MAKERS.items() if make(self, row, _ANY_DAY))

    def in_doubt(self, check: CheckName, row: Columns, day: Day) -> ColumnElement[str]:
        """SQL: the name of the first column of a row that a check finds in doubt; NULL if there is none."""
        doubts = _MAKERS[check](self, row, day)
        names = ((doubtful, literal(f"{self.table_name}.{part.name}", String)) for part, doubtful in doubts)
        return case(*names) if doubts else cast(null(), String)

    def condition(self, check: CheckName) -> Condition:
        """The condition of a check, on rows that have what `in_doubt` says as a column of its name."""
        measured = [part for part in self.table.c if range_of(part) is not None] if check == "range" else []

        def condition(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
            named = row[in_doubt_column(check)]
            numbers = ((f"{self.table_name}.{part.name}", row[part.name]) for part in measured)
            found = case(*((named == name, number) for name, number in numbers)) if measured else None
            return Check(named.is_not(None), found=found, column=named)

        return condition


class RowRules(Declared):
    """What `row_rules.yaml` declares."""

    start: Annotated[date, Field(alias="from")]
    status: Status
    reference: Words
    checks: dict[str, CheckWords]
    rows: Keyed[RowsChecked]
    links: Many[LinkColumns]

    @field_validator("checks")
    @classmethod
    def _are_checks(cls, checks: dict[str, CheckWords]) -> dict[str, CheckWords]:
        return only_of(checks, get_args(CheckName), every=True)


@cache
def load_row_rules(file: Path = _FILE) -> RowRules:
    """What every row must keep. Raises DeclarationError."""
    return read_declared(file, RowRules)


_ANY_DAY = Day(on=date(2000, 1, 1), known=date(2000, 1, 1))


def _disordered(rows: RowsChecked, row: Columns, _day: Day) -> list[Doubt]:
    pairs = dict.fromkeys(pair for names in rows.order for pair in combinations(names, 2))
    return [(rows.table.c[later], row[later] < row[earlier]) for earlier, later in pairs]


def _far_days(rows: RowsChecked, row: Columns, day: Day) -> list[Doubt]:
    earliest = load_ranges().earliest_day
    days = [part for part in rows.table.c if isinstance(part.type, Date) and not isinstance(part.type, DateTime)]
    return [
        (
            part,
            row[part.name] < earliest if part.name in rows.planned else _outside(row[part.name], earliest, day.known),
        )
        for part in days
    ]


def _outside(value: ColumnElement, low: Any, high: Any) -> ColumnElement[bool]:
    return or_(value < low, value > high)


def _out_of_range(rows: RowsChecked, row: Columns, _day: Day) -> list[Doubt]:
    bounds = ((part, range_of(part)) for part in rows.table.c)
    return [(part, _outside(row[part.name], *within)) for part, within in bounds if within is not None]


def _unknown_codes(rows: RowsChecked, row: Columns, _day: Day) -> list[Doubt]:
    return [
        (part, cast(row[part.name], String).not_in(list(load_codes()[part.info["codes"]])))
        for part in rows.table.c
        if part.info["codes"] is not None
    ]


def _broken_links(rows: RowsChecked, row: Columns, day: Day) -> list[Doubt]:
    doubts = []
    for columns, to in _links(rows):
        if not day.missing.isdisjoint(to):
            continue  # where nothing is kept of what is referred to, nothing is wrong with that
        own = [row[name.split(".")[1]] for name in columns]
        lost = ~_there(to, own) if to != _HOMES else row[HOME].is_(None)
        doubts.append((find_column(columns[-1]), and_(*(mine.is_not(None) for mine in own), lost)))
    return doubts


def _there(to: tuple[str, ...], own: list[ColumnElement]) -> ColumnElement[bool]:
    target = find_column(to[0]).table.alias()
    return exists().where(*(target.c[name.split(".")[1]] == mine for name, mine in zip(to, own, strict=True)))


def _links(rows: RowsChecked) -> Iterator[Link]:
    """What the rows of a table refer to, except places."""
    declared = [(one.columns, one.to) for one in load_references()]
    declared += [(one.columns, one.to) for one in load_row_rules().links]
    for columns, to in declared:
        own = tuple(name.replace("*.", f"{rows.table_name}.") for name in columns)
        is_place = to == ("region.code",) and rows.table is not region
        in_table = all(name.split(".")[0] == rows.table_name and name.split(".")[1] in rows.table.c for name in own)
        if in_table and own != to and not is_place:
            yield own, to


def _unknown_places(rows: RowsChecked, row: Columns, day: Day) -> list[Doubt]:
    doubts: list[Doubt] = []
    if not day.missing.isdisjoint((name_of(region.c.code), name_of(region.c.level))):
        return doubts
    for part in rows.table.c:
        if part.name in _LEVELS:
            place = region.alias()
            there = exists().where(place.c.code == row[part.name], place.c.level == _LEVELS[part.name])
            doubts.append((part, ~there if not part.nullable else and_(row[part.name].is_not(None), ~there)))
    return doubts


_MAKERS: Mapping[CheckName, Callable[[RowsChecked, Columns, Day], list[Doubt]]] = {
    "order": _disordered,
    "day": _far_days,
    "range": _out_of_range,
    "code": _unknown_codes,
    "link": _broken_links,
    "place": _unknown_places,
}
"""Check -> what it finds in doubt of a row."""


def in_doubt_column(check: CheckName) -> str:
    """The column of checked rows that says what `RowsChecked.in_doubt` says."""
    return f"{check}_in_doubt"
