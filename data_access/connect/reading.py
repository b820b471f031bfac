"""Rows of theirs as rows of ours: each cell is read as cells of files are, so that dates in five forms, words for
codes and amounts in 万元 become values of the contract. What cannot be read becomes NULL and is reported, column by
column."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import (
    Column,
    Date,
    Engine,
    FromClause,
    MetaData,
    Select,
    String,
    Table,
    and_,
    cast,
    false,
    or_,
    select,
    text,
)
from sqlalchemy.exc import NoSuchTableError

from data_access.clock import last_day
from data_access.connect.errors import ConnectError
from data_access.connect.mapping import From, SourceRows, codes_of
from data_access.files import spellings
from data_access.files.cells import CellRuleError, day, is_blank, number, several, words_of
from data_access.load.cells import load_checks, parser
from data_access.load.kinds import FileField, load_kinds
from data_access.schema.indicators import load_codes
from data_access.schema.tables import metadata

BATCH = 20_000
_REMEMBERED = 200_000
_EXAMPLES = 10
_MONTH = re.compile(r"(?P<year>\d{4})\D?(?P<month>\d{1,2})?\D?")
_RUN_TOGETHER = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})")


@dataclass
class Told:
    """What is wrong with their values, by what it is about: how many rows, and a few of them by key."""

    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """(table of ours, column of theirs, rule) -> how many rows."""
    examples: dict[tuple[str, str, str], list[tuple[str, str]]] = field(default_factory=dict)
    """Of each the first few: (key of the row, what stands there)."""
    words: dict[tuple[str, str, str], Mapping[str, str]] = field(default_factory=dict)
    """What fills in the sentence of the rule."""

    def add(self, table: str, column: str, rule: str, *, rows: Sequence[tuple[str, Any]], **words: str) -> None:
        """Tell of rows: (key, value) each."""
        about = (table, column, rule)
        self.counts[about] += len(rows)
        held = self.examples.setdefault(about, [])
        held += [(str(key), "" if value is None else str(value)) for key, value in rows[: _EXAMPLES - len(held)]]
        self.words.setdefault(about, words)


def read_part(
    engine: Engine, part: SourceRows, *, table: str, schema: str | None, as_of: date, told: Told
) -> pd.DataFrame:
    """The rows of one part of the mapping; one row per row of theirs that is meant, with the mapped columns of ours,
    and `_since`, `_month`, `_newest` where the part has them. Nothing is grouped yet.

    Args:
        table: the table of ours.
        as_of: the cut-off: nothing can have happened later.

    Raises ConnectError for a table or column that is not there.
    """
    if part.rows:
        return pd.DataFrame(list(part.rows), dtype=object)
    query = _select(engine, part, schema=schema)
    readers = {name: _reader(table, name, value, as_of=as_of) for name, value in part.columns.items()}
    if part.since is not None:
        readers["_since"] = _day_reader(part.since)
    chunks = [_read_chunk(rows, part, readers, table=table, told=told) for rows in _batches(engine, query)]
    columns = [*readers, *_beside(part)]
    return pd.concat(chunks, ignore_index=True) if chunks else pd.DataFrame(columns=columns, dtype=object)


def newest_value(engine: Engine, *, table: str, column: str, schema: str | None) -> Any:
    """The largest value of a column of theirs. Raises ConnectError for a table or column that is not there."""
    source = _reflected(engine, table, schema=schema)
    own = _own_column(source, column, table=table)
    with engine.connect() as connection:
        return connection.execute(select(own).where(own.is_not(None)).order_by(own.desc()).limit(1)).scalar()


def _select(engine: Engine, part: SourceRows, *, schema: str | None) -> Select:
    if part.sql is not None:
        source: FromClause = (
            text(part.sql).columns(*(Column(name) for name in part.source_columns())).subquery("source")
        )
    else:
        source = _reflected(engine, str(part.table), schema=schema)
    wanted = [_own_column(source, name, table=part.named()) for name in part.source_columns()]
    conditions = [_holds(_own_column(source, name, table=part.named()), values) for name, values in part.where.items()]
    return select(*wanted).select_from(source).where(*conditions)


def _reflected(engine: Engine, name: str, *, schema: str | None) -> Table:
    try:
        return Table(name, MetaData(), schema=schema, autoload_with=engine, resolve_fks=False)
    except NoSuchTableError as error:
        raise ConnectError("no_such_table", table=name) from error


def _own_column(source: FromClause, name: str, *, table: str) -> Any:
    try:
        return source.c[name]
    except KeyError as error:
        raise ConnectError("no_such_column", table=table, column=name, known=", ".join(source.c.keys())) from error


def _holds(own: Any, values: Sequence[str | None]) -> Any:
    said = [value for value in values if value is not None]
    among = cast(own, String).in_(said) if said else false()
    return or_(among, own.is_(None)) if None in values else and_(among)


def _batches(engine: Engine, query: Select) -> Iterator[Sequence[Any]]:
    with engine.connect() as connection:
        result = connection.execution_options(stream_results=True, max_row_buffer=BATCH).execute(query)
        yield from result.partitions(BATCH)


def _read_chunk(
    rows: Sequence[Any], part: SourceRows, readers: Mapping[str, "_Remembering"], *, table: str, told: Told
) -> pd.DataFrame:
    names = part.source_columns()
    theirs = dict(zip(names, zip(*rows, strict=True), strict=True))
    sources = {**part.columns, **({"_since": part.since} if part.since else {})}
    keys = partial(_keys, part, theirs, table=table)
    held: dict[str, Any] = {}
    for name, read in readers.items():
        value = sources[name]
        if value.column is None:
            held[name] = [value.fixed] * len(rows)
            continue
        place, distinct = pd.factorize(pd.Series(theirs[value.column], dtype=object))
        meanings = [*(read(cell) for cell in distinct), None]  # the last one where theirs says nothing
        held[name] = pd.array([_taken(one, value) for one in meanings], dtype=object).take(place)
        broken = {at: one for at, one in enumerate(meanings) if isinstance(one, CellRuleError)}
        if broken:
            codes = codes_of(metadata.tables[table].c[name]) if name in metadata.tables[table].c else None
            known = {} if codes is None else {"codes": ", ".join(load_codes()[codes])}
            for rule in dict.fromkeys(one.rule for one in broken.values()):
                where = np.flatnonzero(np.isin(place, [at for at, one in broken.items() if one.rule == rule])).tolist()
                first = next(one for one in broken.values() if one.rule == rule)
                lines = [(key, distinct[place[at]]) for at, key in zip(where, keys(where), strict=True)]
                told.add(table, value.column, rule, rows=lines, **{**first.said, **known})
    for name, column in _beside(part).items():
        held[name] = list(theirs[column])
    return pd.DataFrame(held, dtype=object)


def _taken(meaning: Any, value: From) -> Any:
    if isinstance(meaning, CellRuleError):
        return meaning.value
    return value.otherwise if meaning is None else meaning


def _beside(part: SourceRows) -> dict[str, str]:
    return {
        name: column
        for name, column in (("_newest", part.newest), ("_month", part.month_of_work))
        if column is not None
    }


def _keys(part: SourceRows, theirs: Mapping[str, Sequence[Any]], where: Sequence[int], *, table: str) -> list[str]:
    """What names rows in a message: the columns of theirs that make our key."""
    own = [column.name for column in metadata.tables[table].primary_key.columns]
    mapped = (part.columns.get(name) for name in own)  # but for a number by which a person is found
    columns = [one.column for one in mapped if one is not None and one.column and one.household_of is None]
    said = ([theirs[name][at] for name in columns] for at in where)
    return ["/".join("" if one is None else str(one) for one in row) for row in said]


class _Remembering:
    """Reads every distinct cell of a column once."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        self._read = read
        self._known: dict[Any, Any] = {}

    def __call__(self, cell: Any) -> Any:
        if cell is None:
            return None
        key = cell if isinstance(cell, str) else (type(cell), cell)
        if key not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[key] = self._meaning(cell)
        return self._known[key]

    def _meaning(self, cell: Any) -> Any:
        try:
            return None if is_blank(cell) else self._read(cell)
        except CellRuleError as error:
            return error.with_traceback(None)


def _reader(table: str, name: str, value: From, *, as_of: date) -> _Remembering:
    """What a cell of theirs means for a column of ours."""
    if value.part is not None:
        return _Remembering(lambda cell: _one_of_several(_plain(cell), value))
    read = parser(_field(table, name, value), as_of=as_of)
    if f"{table}.{name}" in load_checks().certificate.columns:
        return _Remembering(lambda cell: _certificate(_plain(cell), read))
    if isinstance(metadata.tables[table].c[name].type, Date):
        to_day = _day_of(value)
        return _Remembering(lambda cell: read(to_day(cell)))
    if value.codes and codes_of(metadata.tables[table].c[name]) is None:
        words = {spellings.word(word): own for word, own in value.codes.items()}
        return _Remembering(lambda cell: _worded(_plain(cell), words, read))
    if value.times is not None:
        factor = Decimal(str(value.times))
        return _Remembering(lambda cell: read(_times(cell, factor)))
    return _Remembering(lambda cell: read(_plain(cell)))


def _field(table: str, name: str, value: From) -> FileField:
    """The field whose cells are read: the column of ours, or the number by which its household or case is found."""
    if value.household_of == "id_no":
        table, name = "match", "id_no"
    elif value.household_of == "member_id":
        table, name = "member", "member_id"
    elif value.case_of is not None:
        table, name = "household", "household_id"
    known = (one.several for one in load_kinds()["persons"].fields if one.key == f"{table}.{name}")
    return FileField(table=table, column=name, headings=frozenset(), words=value.codes, several=any(known))


def _certificate(cell: Any, read: Callable[[Any], Any]) -> Any:
    """A number that breaks a rule still is what the person is known by: it is kept, and told."""
    try:
        return read(cell)
    except CellRuleError as error:
        error.value = error.value or spellings.certificate(str(cell))
        raise


def _worded(cell: Any, words: Mapping[str, str], read: Callable[[Any], Any]) -> Any:
    said = words.get(spellings.word(str(cell)), cell)
    return read(said) if said != "" else None


def _one_of_several(cell: Any, value: From) -> str | None:
    words = {**words_of("cause"), **{spellings.word(word): code for word, code in value.codes.items()}}
    found = several(cell, words, codes="cause")
    at = (value.part or 1) - 1
    return found[at] if at < len(found) else None


def _day_reader(value: From) -> _Remembering:
    to_day = _day_of(value)
    return _Remembering(lambda cell: day(to_day(cell)))


def _day_of(value: From) -> Callable[[Any], Any]:
    """A cell of a day; a bare month or year becomes its first or last day."""

    def read(cell: Any) -> Any:
        if isinstance(cell, date | datetime):
            return cell
        said = str(cell).strip()
        found = _RUN_TOGETHER.fullmatch(said) or _MONTH.fullmatch(said)
        if found is None:
            return said
        month = int(found["month"] or (1 if value.month == "first" else 12))
        try:
            first = date(int(found["year"]), month, 1)
        except ValueError:
            return said
        return first if value.month == "first" else last_day(f"{first:%Y-%m}")

    return read


def _times(cell: Any, factor: Decimal) -> Any:
    said = Decimal(str(number(_plain(cell)))) * factor
    return int(said) if said == said.to_integral_value() else float(said)


def _plain(cell: Any) -> Any:
    """A value of a database as a cell of a file: exact decimals become numbers; a whole number stays exact."""
    if isinstance(cell, Decimal):
        return int(cell) if cell == cell.to_integral_value() else float(cell)
    if isinstance(cell, int) and not isinstance(cell, bool):
        return str(cell)  # longer than a spreadsheet's numbers
    return cell
