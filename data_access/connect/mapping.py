"""`connection.yaml`: where each table of the contract comes from in a database of another shape.

A table of ours comes from one table of theirs, or, as the exception, from a SELECT; its columns from theirs, or from a
fixed value. A table that is not named is not kept, nor is a column.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import Boolean, Column, String, Table

from data_access.declarations import Declared, Many, Text, read_declared, refuse, refuse_all
from data_access.schema.indicators import load_codes
from data_access.schema.tables import clue, clue_unmatched, data_load, employment, household_indicator, metadata

ROW_BY_ROW = tuple(name for name in metadata.tables if name not in (household_indicator.name, data_load.name))
"""The tables of which one row comes from one row of a table of theirs."""

NEEDED_TABLES = ("region", "household")
"""Tables without which there is no board."""

END_DAYS = {
    "household": "closed_on",
    "member": "left_on",
    "employment": "ended_on",
    "workplace": "closed_on",
    "monitoring_case": "eliminated_on",
    "measure": "done_on",
    "clue": "checked_on",
}
"""Table -> the day on which a row of it is over: without one it goes on."""

TYPED = ("day", "fixed", "times", "part", "rows", "count_persons", "is_sample")
"""The keys of a mapping below which numbers, days, yes and no stand. All else is names and words, as they are written:
01 is the code 01, and no a column of that name."""

_VILLAGE = clue_unmatched.c.village_code
CAUSES = tuple(f"cause_{number}" for number in range(1, 6))
_YES_NO = {"true": "True", "false": "False"}

T = TypeVar("T")


def _one_or_several(said: Any) -> Any:
    if not isinstance(said, dict):
        return said
    return {name: one if isinstance(one, list) else [one] for name, one in said.items()}


ByColumn = Annotated[dict[str, T], BeforeValidator(_one_or_several)]
"""Column of theirs -> values of it; one alone needs no brackets."""


def _as_codes(said: Any) -> Any:
    """Their word -> our code: nothing written is an empty one, and true, which YAML writes small, is True."""
    if not isinstance(said, dict):
        return said
    found = {word: "" if code is None else code for word, code in said.items()}
    return {word: _YES_NO.get(str(code), code) for word, code in found.items()}


Codes = Annotated[dict[str, str], BeforeValidator(_as_codes)]


class From(Declared):
    """What a column of ours comes from: a column of theirs, read as cells of files are, or a fixed value."""

    column: Text | None = None
    fixed: str | int | float | bool | date | None = None
    codes: Codes = Field(default_factory=dict)
    """Their word -> our code (in a column without codes: our word); an empty one says nothing. Words that imports
    know need not be named."""
    otherwise: str | None = None
    """What is meant where theirs says nothing."""
    times: Annotated[float, Field(gt=0)] | None = None
    """What a number is multiplied by: 10000 where theirs is in 万元."""
    month: Literal["first", "last"] = "first"
    """The day that a bare month (202209) means; of a bare year its first or last month too."""
    when: ByColumn[Many[str]] = Field(default_factory=dict)
    """Of the day on which a row is over: column of theirs -> the values that say so without a day. The day is then that
    on which it was first read."""
    part: Annotated[int, Field(ge=1)] | None = None
    """Which of several words in a cell is meant: 1 for the first. Of causes the words are those that are known."""
    household_of: Literal["member_id", "id_no"] | None = None
    """The household of the person with this number, where theirs names the person alone."""
    case_of: Literal["household"] | None = None
    """The case of the household with this number: the one that is watched, else the newest."""

    @model_validator(mode="after")
    def _comes_from_one(self) -> Self:
        if (self.column is None) == (self.fixed is None) and not (self.when and self.fixed is None):
            raise refuse("missing", at=("column",))
        return self


def _spelled_out(said: Any) -> Any:
    return {"column": said} if isinstance(said, str) else said


Value = Annotated[From, BeforeValidator(_spelled_out)]
"""`aac001` where only the column is meant."""


def word_meant(name: str, value: From) -> int | None:
    """Which word of their cells is meant by a column of ours; None where the whole cell is, or causes, whose words are
    those that are known."""
    return None if name in CAUSES else value.part


def place_of(name: str, value: From) -> str:
    """What a message calls the place that a column of ours comes from: a column of theirs, or one word of it."""
    part = word_meant(name, value)
    return value.column or name if part is None else f"{value.column} {part}"


class SourceRows(Declared):
    """Rows of theirs that become rows of ours."""

    table: Text | None = Field(default=None, alias="from")
    sql: Text | None = None
    rows: Many[dict[str, str | int | float | bool | date | None]] = ()
    """Rows that theirs keeps nowhere, such as the departments that its words stand for, with columns of ours."""
    where: ByColumn[Many[str | None]] = Field(default_factory=dict)
    """Column of theirs -> the values of the rows that are meant; null for none."""
    newest: Text | None = None
    """Of several rows with one key of ours, that with the largest value in this column of theirs is meant."""
    since: Value | None = None
    """The day from which a row of indicators holds, until the next one says otherwise."""
    month_of_work: Text | None = None
    """The month (202209) that a row of work is about: months that follow each other become one job."""
    columns: dict[str, Value] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _comes_from_one(self) -> Self:
        if [self.table is None, self.sql is None, not self.rows].count(False) != 1:
            raise refuse("missing", at=("from",))
        if not self.rows and not self.columns:
            raise refuse("missing", at=("columns",))
        return self

    def named(self) -> str:
        """What a message calls its source."""
        return self.table or "sql"

    def source_columns(self) -> list[str]:
        """The columns of theirs that are read, each once."""
        values = [value for value in (*self.columns.values(), self.since) if value is not None]
        own = [value.column for value in values if value.column]
        flags = [name for value in values for name in value.when]
        beside = [*flags, *(name for name in (self.newest, self.month_of_work, *self.where) if name)]
        return list(dict.fromkeys([*own, *beside]))


class CutOff(Declared):
    """The day up to which their data speak: a fixed one, or the newest of a column."""

    table: Text | None = Field(default=None, alias="from")
    column: Text | None = None
    day: date | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.day is None) == (self.table is None) or (self.table is None) != (self.column is None):
            raise refuse("missing", at=("day",))
        return self


class SourceMapping(Declared):
    """A database of another shape as the contract sees it."""

    source_schema: Text | None = Field(default=None, alias="schema")
    """Where their tables are; by default those that their address opens."""
    cut_off: CutOff
    indicators: Many[SourceRows] = ()
    """Rows that say indicators of households; what is said holds until another row says otherwise."""
    count_persons: bool = False
    """Whether indicators that are counts of persons are counted from the persons, as imports count them."""
    tables: dict[str, SourceRows]
    is_sample: bool = False
    """Whether the people in it are invented."""

    def filled_tables(self) -> frozenset[str]:
        """The tables of ours that are filled by it."""
        found = set(self.tables)
        if self.indicators or self.count_persons:
            found.add(household_indicator.name)
        if clue.name in found:  # of nobody
            found.add(clue_unmatched.name)
        return frozenset(found)

    @model_validator(mode="after")
    def _keeps_the_contract(self) -> Self:
        refuse_all(self._faults())
        return self

    def _faults(self) -> Iterator[PydanticCustomError]:
        yield from _unknown(self.tables, ROW_BY_ROW, at=("tables",))
        for needed in NEEDED_TABLES:
            if needed not in self.tables:
                yield refuse("missing", at=("tables", needed))
        for name, part in self.tables.items():
            if name in ROW_BY_ROW:
                yield from _faults_of(metadata.tables[name], part, at=("tables", name))
        for number, part in enumerate(self.indicators):
            yield from _faults_of(household_indicator, part, at=("indicators", number))
            if part.since is None:
                yield refuse("missing", at=("indicators", number, "since"))


def read_mapping(file: Path) -> SourceMapping:
    """The mapping. Raises DeclarationError, which names the place and the remedy."""
    return read_declared(file, SourceMapping, typed=TYPED)


Place = tuple[str | int, ...]
"""The keys down to a part of the file."""


def _faults_of(target: Table, part: SourceRows, *, at: Place) -> Iterator[PydanticCustomError]:
    beside = [_VILLAGE.name] if target is clue else []
    yield from _unknown(part.columns, (*target.c.keys(), *beside), at=(*at, "columns"))
    for number, row in enumerate(part.rows):
        yield from _unknown(row, target.c.keys(), at=(*at, "rows", number))
    said = [((*at, "rows", number), set(row)) for number, row in enumerate(part.rows)]
    for place, names in said or [((*at, "columns"), set(part.columns))]:
        for column in target.c:
            if column.name not in names and _must_be_said(column, part):
                yield refuse("missing", at=(*place, column.name))
    for name, value in part.columns.items():
        if name in target.c:
            yield from _faults_of_value(target.c[name], value, at=(*at, "columns"))


def _faults_of_value(column: Column, value: From, *, at: Place) -> Iterator[PydanticCustomError]:
    name, codes = column.name, codes_of(column)
    for word, code in value.codes.items() if codes is not None else ():
        if code:
            yield from _unknown((code,), load_codes()[str(codes)], at=(*at, name, "codes", word), is_key=False)
    if value.when:
        yield from _unknown((name,), tuple(filter(None, [END_DAYS.get(column.table.name)])), at=at)
    if value.part is not None:
        texts = tuple(one.name for one in column.table.c if isinstance(one.type, String) and not one.primary_key)
        yield from _unknown((name,), texts, at=at)


def _unknown(
    names: Iterable[str], known: Collection[str], *, at: Place, is_key: bool = True
) -> Iterator[PydanticCustomError]:
    for name in names:
        if name not in known:
            yield refuse("unknown_reference", at=(*at, name) if is_key else at, name=name, known=tuple(known))


def _must_be_said(column: Column, part: SourceRows) -> bool:
    if column.table is household_indicator:
        return column.name == "household_id"
    if column.table is employment and part.month_of_work and column.name == "started_on":
        return False
    return column.primary_key or not column.nullable


def filled_column(table: str, name: str) -> Column:
    """The column of ours that a mapping of a table fills: at a warning also the village, which one of nobody keeps."""
    return _VILLAGE if (table, name) == (clue.name, _VILLAGE.name) else metadata.tables[table].c[name]


def codes_of(column: Column) -> str | None:
    """The code list of a column; None if it holds none."""
    return "boolean" if isinstance(column.type, Boolean) else column.info["codes"]
