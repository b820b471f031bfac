"""The rows of a file as values, in a temporary table of the loading transaction, and the rules they break in
another."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Float,
    FromClause,
    Integer,
    String,
    Table,
    exists,
)
from sqlalchemy.types import TypeEngine

from data_access.files.batches import Aside, read_batches
from data_access.files.heading_words import scale_above, without_scale
from data_access.files.headings import JOINED, Recognised, plain_heading
from data_access.files.reading import Sheet, SourceFile
from data_access.load.bulk import append_rows
from data_access.load.derived import derived_columns
from data_access.load.errors import LoadError
from data_access.load.household_above import HouseholdAbove
from data_access.load.kinds import SHARED_KEYS, FileField, FileKind
from data_access.load.lookups import make_findable, temporary_table
from data_access.load.places import Places
from data_access.load.rows import Columns, RowReader
from data_access.load.rules import rejecting
from data_access.load.steps import READING, LoadStep, Progress
from data_access.schema.tables import metadata as contract

PUSHED = {
    "clue": ("household_id", "clue_id", "department", "kind", "received_on", "due_on"),
    "clue_unmatched": ("clue_id", "department", "kind", "received_on", "village_code"),
}
"""Columns of a department's warnings that are computed, whatever the file has."""

_REMARK = "remark"
"""Why a row such as 注：单位为万元 is no data, as `no_data.yaml` calls it."""

_ARROW: dict[type[TypeEngine], pa.DataType] = {
    Boolean: pa.bool_(),
    Integer: pa.int32(),
    Float: pa.float64(),
    DateTime: pa.timestamp("us"),
    Date: pa.date32(),
    String: pa.string(),
}


@dataclass
class Staged:
    """The rows of a file, staged: `rows` has one row per row of the file, `problems` one per broken rule."""

    kind: FileKind
    as_of: date
    sample: bool
    rows: Table
    problems: Table
    families: Table = field(init=False)
    """The families of the file as they are after the load, once `families` has counted them."""
    count: int = 0
    """How many rows the file has; counted by the reader, not by the database."""
    parts: list[tuple[Sheet, Recognised]] = field(default_factory=list)
    """The sheets that were read, with their headings."""
    skipped: list[str] = field(default_factory=list)
    """Sheets with other content."""
    notes: list[tuple[str, str]] = field(default_factory=list)
    """What a report says besides: (key of `errors.yaml`, detail)."""
    asides: list[tuple[Sheet, Aside]] = field(default_factory=list)
    """What of the sheets that were read is no data."""

    def alive(self, rows: FromClause | None = None) -> ColumnElement[bool]:
        """SQL: whether a staged row breaks no rule that rejects it; `rows`: an alias of the rows."""
        own, asked = self.problems, self.rows if rows is None else rows
        return ~exists().where(own.c.row_no == asked.c.row_no, own.c.rejects)

    def keys(self, table: str) -> list[Column]:
        """The staged columns of those key columns of a table that the file has."""
        own = contract.tables[table].primary_key.columns
        return [found for part in own if (found := self.column(table, part.name)) is not None]

    def column(self, table: str, column: str) -> Column | None:
        """The staged column for a column of the contract; None if the file does not fill it."""
        return self.rows.c.get(_staged_name(table, column))

    def filled(self, table: str, column: str) -> Column:
        """The staged column for a column of the contract that the file fills. Raises KeyError if it does not."""
        return self.rows.c[_staged_name(table, column)]


def _staged_name(table: str, column: str) -> str:
    return column if column in SHARED_KEYS else f"{table}__{column}"


def stage_file(
    connection: Connection,
    source: SourceFile,
    *,
    kind: FileKind,
    as_of: date,
    sample: bool,
    mapped: Mapping[str, str],
    places: Places,
    progress: Progress,
) -> Staged:
    """Read a file into a temporary table.

    Raises LoadError if no sheet has the columns that the kind needs, ReadError if the file cannot be read.
    """
    parts, skipped = _usable_sheets(source, kind=kind, mapped=mapped)
    used = [kind.fields[position] for _, found in parts for position in sorted(set(found.columns.values()))]
    staged = _make_tables(connection, kind=kind, used=used, as_of=as_of, sample=sample)
    staged.parts, staged.skipped = parts, skipped
    types = {column.name: arrow_type(column.type) for column in staged.rows.c}
    place = _place_column(kind)
    reader = RowReader(kind, types=types, as_of=as_of, places=places, place=place, since_1904=source.since_1904)
    total = sum(sheet.rows or 0 for sheet, _ in parts)
    for sheet, found in parts:
        aside, above = Aside(), HouseholdAbove(kind, found)
        staged.asides.append((sheet, aside))
        for batch in read_batches(sheet, found):
            aside.add(batch.aside)
            _refuse_unit_below(sheet, batch.aside, name=source.name)
            if not len(batch.rows):
                continue
            whole, below = above.fill(batch)
            values = reader.read(whole, found=found, noted=below)
            values |= {"sheet": pa.array([sheet.name] * len(batch.rows)), "row": pa.array(batch.rows, pa.int32())}
            append_rows(connection, staged.rows, _arrow_table(values, types, rows=len(batch.rows)))
            append_rows(connection, staged.problems, _with_outcome(reader.take_problems(), sample=sample))
            progress(_reading(reader.count, total=total, share=source.read_share()))
    staged.count = reader.count
    _make_findable(connection, staged)
    return staged


def stage_values(
    connection: Connection, values: Sequence[Mapping[str, object]], *, kind: FileKind, as_of: date, sample: bool
) -> Staged:
    """Values as the rows of a file that has a column for each of them.

    Args:
        values: one mapping per row, all with the same keys: `table.column` -> value of the column's type.
    """
    used = [one for one in kind.fields if one.key in values[0]]
    staged = _make_tables(connection, kind=kind, used=used, as_of=as_of, sample=sample)
    types = {column.name: arrow_type(column.type) for column in staged.rows.c}
    numbers = pa.array(range(len(values)), pa.int32())
    columns: Columns = {"row_no": numbers, "row": numbers, "sheet": pa.array([""] * len(values))}
    columns |= {one.staged: pa.array([row[one.key] for row in values], types[one.staged]) for one in used}
    append_rows(connection, staged.rows, _arrow_table(columns, types, rows=len(values)))
    staged.count = len(values)
    _make_findable(connection, staged)
    return staged


def _make_findable(connection: Connection, staged: Staged) -> None:
    rows, shared = staged.rows, [staged.rows.c[name] for name in SHARED_KEYS if name in staged.rows.c]
    make_findable(connection, rows, rows.c.row_no, *shared)
    make_findable(connection, staged.problems, staged.problems.c.row_no)


def _with_outcome(problems: pa.Table, *, sample: bool) -> pa.Table:
    """Broken rules, and whether each rejects its row."""
    rejects = pc.is_in(problems["rule"], value_set=pa.array(rejecting(sample=sample), pa.string()))
    return problems.append_column("rejects", rejects)


def _reading(count: int, *, total: int, share: float) -> LoadStep:
    """How far a file is read; `total`: the rows of its sheets, 0 where only the share of it is known."""
    of = max(total or round(count / max(share, 0.001)), count)
    return LoadStep("reading", READING * count / max(of, 1), rows=count, of=of)


def recognise_sheets(
    source: SourceFile, *, kind: FileKind, mapped: Mapping[str, str]
) -> list[tuple[Sheet, Recognised]]:
    """What the headings mean for a kind, of every sheet of a file that shows."""
    return [(sheet, sheet.recognise(kind.fields, mapped=mapped)) for sheet in source.sheets()]


def _usable_sheets(
    source: SourceFile, *, kind: FileKind, mapped: Mapping[str, str]
) -> tuple[list[tuple[Sheet, Recognised]], list[str]]:
    all_sheets = recognise_sheets(source, kind=kind, mapped=mapped)
    usable = [(sheet, found) for sheet, found in all_sheets if not found.missing]
    if not all_sheets:
        raise LoadError("no_sheet_shows", name=source.name)
    if not usable:
        _, best = max(all_sheets, key=lambda one: len(one[1].columns))
        raise LoadError("columns_missing", name=source.name, **_named(best.missing, kind=kind))
    for sheet, found in usable:
        _refuse_doubt(sheet, found, kind=kind, name=source.name)
    return usable, [sheet.name for sheet, found in all_sheets if found.missing]


def _named(keys: Iterable[str], *, kind: FileKind) -> dict[str, str]:
    """Columns that a file lacks, each with the one that may say it instead, by language."""
    fields = {one.key: one for one in reversed(kind.fields)}
    pairs = [[fields[name] for name in (key, fields[key].instead) if name] for key in keys]
    return {
        language: separator.join(" / ".join(one.label(language) for one in pair) for pair in pairs)
        for language, separator in (("zh", "、"), ("en", ", "))
    }


def _refuse_doubt(sheet: Sheet, found: Recognised, *, kind: FileKind, name: str) -> None:
    """Raises LoadError for a sheet in which it is not certain what a column means: somebody has to choose."""
    where = f"{name} {sheet.name}".strip()
    if found.scale:
        _refuse_unit(where, found.scale)
    if found.twice:
        raise LoadError("headings_twice", name=where, headings=_listed(found.twice))
    if half := half_known(found, kind=kind):
        raise LoadError("headings_half_known", name=where, headings=_listed(half))


def _refuse_unit_below(sheet: Sheet, aside: Aside, *, name: str) -> None:
    """Raises LoadError where a remark below the table says that its amounts are in another unit."""
    for one in aside.left_out:
        if one.why == _REMARK and (unit := scale_above(one.text)):
            _refuse_unit(f"{name} {sheet.name} {one.row}", unit)


def _refuse_unit(where: str, unit: str) -> None:
    raise LoadError("another_unit", name=where, unit=unit)


def half_known(found: Recognised, *, kind: FileKind) -> list[str]:
    """Unread headings that belong to columns of which others were read: those that differ from a read one only in their
    number, and those of the kind's families; and those of columns in another unit (万元)."""
    read = [plain_heading(found.headings[column]) for column in found.columns]
    stems = {stem for heading in read if (stem := _stem(heading)) != heading}
    filled = {kind.fields[field].table for field in found.columns.values()}
    words = [word for table, family in kind.families.items() if table in filled for word in family]
    return [
        heading
        for heading in found.unknown
        if (plain := plain_heading(heading))
        and (
            (_stem(plain) != plain and _stem(plain) in stems)
            or any(word in plain for word in words)
            or _in_another_unit(heading, kind=kind)
        )
    ]


def _in_another_unit(heading: str, *, kind: FileKind) -> bool:
    said = without_scale(heading)
    name = plain_heading(said.rsplit(JOINED, 1)[-1])
    return said != heading and any(name in field.headings for field in kind.fields)


def _stem(heading: str) -> str:
    while heading and heading[-1].isnumeric():  # also in Chinese
        heading = heading[:-1]
    return heading


def _listed(headings: Iterable[str]) -> str:
    return "、".join(dict.fromkeys(headings))


_TEXT = String()
_PLACE = (("row_no", Integer), ("sheet", String), ("row", Integer))
"""Where in the file a row stands."""


def _make_tables(connection: Connection, *, kind: FileKind, used: list[FileField], as_of: date, sample: bool) -> Staged:
    columns = {one.staged: _type_of(one) for one in used if one.table != "place"}
    derived = derived_columns(kind, keys={one.key for one in used})
    columns = {**derived, **columns}
    place = _place_column(kind)
    if place is not None and any(one.table == "place" for one in used):
        columns[place] = _TEXT
    for table, name in _computed(kind, used=used):
        columns.setdefault(name if name in SHARED_KEYS else f"{table}__{name}", contract.tables[table].c[name].type)
    rows = temporary_table("staged_rows", *_PLACE, *columns.items())
    texts = ((name, String) for name in ("column", "value", "rule", "said"))
    problems = temporary_table("staged_problems", ("row_no", Integer), *texts, ("rejects", Boolean))
    rows.create(connection)
    problems.create(connection)
    return Staged(kind=kind, as_of=as_of, sample=sample, rows=rows, problems=problems)


def _computed(kind: FileKind, *, used: list[FileField]) -> list[tuple[str, str]]:
    """Columns computed from others after the rows are read."""
    if kind.department is None:
        said = {one.key for one in used}
        return [(one.table, one.column) for one in kind.fields if one.instead in said]
    amount = [("clue", "amount")] if any(one.key in kind.values for one in used) else []
    return [*((table, name) for table, names in PUSHED.items() for name in names), *amount]


def _place_column(kind: FileKind) -> str | None:
    """The staged column filled from the names of a place."""
    if kind.department is not None:
        return "clue_unmatched__village_code"
    if not any(one.table == "place" for one in kind.fields):
        return None
    return next(one.staged for one in kind.fields if one.column == "village_code")


def _type_of(one: FileField) -> TypeEngine:
    return _TEXT if one.declared is None else one.declared.type


def _arrow_table(values: Columns, types: Mapping[str, pa.DataType], *, rows: int) -> pa.Table:
    """Columns of values as rows of a staged table; columns that the sheet does not have are NULL."""
    columns = [values[name] if name in values else pa.nulls(rows, type_) for name, type_ in types.items()]
    return pa.table(columns, schema=pa.schema(list(types.items())))


def arrow_type(type_: TypeEngine) -> pa.DataType:
    """The Arrow type of a column."""
    return next(arrow for kind, arrow in _ARROW.items() if isinstance(type_, kind))
