"""Rows of theirs as rows of ours, a column at a time: each distinct cell is read once, those in a usual form all at
once. What cannot be read becomes NULL and is reported, column by column."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Table

from data_access.connect.cells import (
    NO_END,
    Reader,
    day_reader,
    field_of,
    month_of,
    read_one,
    reader,
    said_of,
    unread_words,
)
from data_access.connect.fetching import Cells, Part
from data_access.connect.mapping import From, SourceRows, codes_of, filled_column, place_of
from data_access.files.cells import CellRuleError
from data_access.load.staging import arrow_type
from data_access.load.usual import usual_values, without_times
from data_access.schema.indicators import load_codes
from data_access.schema.tables import metadata

EXAMPLES = 10
"""How many rows of a fault are named."""

BY_WORD = ("unknown_word", "not_a_number", "not_whole", "unknown_name")
"""Rules whose remedy is a line of `codes`: every word is told once, with its rows."""


@dataclass
class Told:
    """What is wrong with their values, by what it is about: how many rows, and a few of them by key."""

    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """(table of ours, column of theirs, rule) -> how many rows."""
    examples: dict[tuple[str, str, str], list[tuple[str, str]]] = field(default_factory=dict)
    """Of each the first few: (key of the row, what stands there)."""
    words: dict[tuple[str, str, str], Mapping[str, str]] = field(default_factory=dict)
    """What fills in the sentence of the rule."""
    unread: dict[tuple[str, str, str], Counter[str]] = field(default_factory=dict)
    """Of words that `codes` can explain: how many rows hold each."""

    def add(
        self, table: str, column: str, rule: str, *, count: int, rows: Sequence[tuple[Any, Any]], **words: str
    ) -> None:
        """Tell of so many rows; of the first few the key and the value."""
        about = (table, column, rule)
        self.counts[about] += count
        held = self.examples.setdefault(about, [])
        held += [(str(key), "" if value is None else str(value)) for key, value in rows[: EXAMPLES - len(held)]]
        self.words.setdefault(about, words)


def read_part(fetched: Part, part: SourceRows, *, table: str, as_of: date, told: Told) -> pd.DataFrame:
    """The rows of one part of the mapping; one row per row of theirs that is meant, with the mapped columns of ours,
    and `_since`, `_month`, `_newest` where the part has them. Nothing is grouped yet.

    Args:
        table: the table of ours.
        as_of: the cut-off: nothing can have happened later.
    """
    held: dict[str, pa.Array] = {}
    seen: set[tuple[str, str]] = set()
    columns = {name: From(column=name) for name in fetched} if part.rows else part.columns
    for name, value in {**columns, **({"_since": part.since} if part.since else {})}.items():
        cells = fetched[value.column] if value.column else Cells.of([value.fixed] * _length(fetched))
        meant = _meant(cells, value, table=table, name=name, as_of=as_of)
        flagged, about = _flagged(fetched, value), place_of(name, value)
        for rule, positions in meant.broken_rules():
            rows = meant.rows_of(cells, positions)
            if rule == NO_END and flagged is not None:
                rows = rows[~flagged[rows]]
            if not len(rows) or (about, rule) in seen:  # of two columns of ours from one of theirs once
                continue
            seen.add((about, rule))
            words = {**meant.broken[positions[0]].said, **_codes_named(table, name)}
            first = [
                (_key(part, fetched, row, table=table), said_of(_value(cells, row), value, name=name))
                for row in rows[:EXAMPLES].tolist()
            ]
            told.add(table, about, rule_of(rule, table), count=len(rows), rows=first, **words)
            if rule in BY_WORD and len(cells.texts):
                said = Counter(word for cell in _texts(cells, rows) for word in unread_words(cell, value, name=name))
                told.unread.setdefault((table, about, rule), Counter()).update(said)
        held[name] = meant.of.take(pa.array(meant.place(cells)))
        if flagged is not None:
            over = flagged & held[name].is_null().to_numpy(zero_copy_only=False)
            held[name] = pc.if_else(pa.array(over), pa.scalar(as_of, held[name].type), held[name])
            rows = np.flatnonzero(over)
            if len(rows):
                first = [(_key(part, fetched, row, table=table), None) for row in rows[:EXAMPLES].tolist()]
                told.add(table, next(iter(value.when)), "day_of_reading", count=len(rows), rows=first)
    if part.month_of_work is not None:
        cells = fetched[part.month_of_work]
        months = _each(cells, month_of, pa.nulls(len(cells.texts), pa.int32()), otherwise=None)
        held["_month"] = months.of.take(pa.array(months.place(cells)))
    if part.newest is not None:
        held["_newest"] = _ranks(fetched[part.newest])
    return as_frame(held)


def rule_of(rule: str, table: str) -> str:
    """The rule as it is told: what follows from a row without an end differs from table to table."""
    return f"{rule}_{table}" if rule == NO_END else rule


def _flagged(fetched: Part, value: From) -> np.ndarray | None:
    """The rows of which another column says that they are over; None where no column is named."""
    found = None
    for name, words in value.when.items():
        cells, meant = fetched[name], {word.strip() for word in words}
        over = np.array([*(said.strip() in meant for said in cells.texts.to_pylist()), False])[cells.place]
        found = over if found is None else found | over
    return found


def as_frame(columns: Mapping[str, pa.Array]) -> pd.DataFrame:
    """Columns as a frame: texts, whole numbers, yes and no with NULL; days as times, which can be compared fast."""
    return pa.table(dict(columns)).to_pandas(types_mapper=_TYPES.get, date_as_object=False)


def as_table(rows: pd.DataFrame, target: Table) -> pa.Table:
    """A frame as rows of a table, with the columns that both have."""
    both = [column for column in target.c if column.name in rows]
    return pa.table({column.name: as_array(rows[column.name], arrow_type(column.type)) for column in both})


def as_array(values: pd.Series, type_: pa.DataType) -> pa.Array:
    """A column of a frame as an array."""
    found = pa.Array.from_pandas(values, type=type_)
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


_TYPES = {
    pa.string(): pd.StringDtype("pyarrow", na_value=np.nan),
    pa.int32(): pd.Int32Dtype(),
    pa.bool_(): pd.BooleanDtype(),
}


@dataclass(frozen=True)
class _Meant:
    """What the distinct cells of a column mean, and at last what is meant where nothing stands."""

    of: pa.Array
    broken: dict[int, CellRuleError]

    def place(self, cells: Cells) -> np.ndarray:
        """Which of the meanings each row has."""
        return np.where(cells.place < 0, len(self.of) - 1, cells.place)

    def broken_rules(self) -> list[tuple[str, list[int]]]:
        """Every rule that is broken, and by which cells."""
        rules = dict.fromkeys(error.rule for error in self.broken.values())
        return [(rule, [at for at, error in self.broken.items() if error.rule == rule]) for rule in rules]

    def rows_of(self, cells: Cells, positions: Sequence[int]) -> np.ndarray:
        """The rows in which these cells stand."""
        chosen = np.zeros(len(self.of), bool)
        chosen[positions] = True
        return np.flatnonzero(chosen[self.place(cells)])


def _meant(cells: Cells, value: From, *, table: str, name: str, as_of: date) -> _Meant:
    if name == "_since":
        return _days(cells, day_reader(value, as_of=as_of), pa.date32(), otherwise=value.otherwise)
    type_, read = arrow_type(filled_column(table, name).type), reader(table, name, value, as_of=as_of)
    if pa.types.is_date(type_):
        return _days(cells, read, type_, otherwise=value.otherwise)
    if value.part is not None or value.times is not None:
        usual = pa.nulls(len(cells.texts), type_)
    else:
        usual = usual_values(cells.texts, field_of(table, name, value), type_=type_)
    return _each(cells, read, usual, otherwise=value.otherwise)


def _each(cells: Cells, read: Reader, usual: pa.Array, *, otherwise: str | None) -> _Meant:
    """What every distinct cell means that has no usual value yet."""
    nothing = read_one(otherwise, read)
    asked = np.flatnonzero(usual.is_null().to_numpy(zero_copy_only=False)).tolist()
    found = {at: read_one(cells.value(at), read) for at in asked}
    said = {at: nothing if meaning is None else meaning for at, meaning in {**found, len(usual): nothing}.items()}
    broken = {at: meaning for at, meaning in said.items() if isinstance(meaning, CellRuleError)}
    plain = [meaning.value if isinstance(meaning, CellRuleError) else meaning for meaning in said.values()]
    values = pa.concat_arrays([usual, pa.nulls(1, usual.type)])
    return _Meant(pc.replace_with_mask(values, values.is_null(), pa.array(plain, usual.type)), broken)


def _days(cells: Cells, read: Reader, type_: pa.DataType, *, otherwise: str | None) -> _Meant:
    """What cells mean as days: the time of day is taken off first, so that fewer are to be read."""
    short = without_times(cells.texts).dictionary_encode()
    place = short.indices.to_numpy()
    first = np.zeros(len(short.dictionary), np.int64)
    first[place[::-1]] = np.arange(len(place))[::-1]

    def value(at: int) -> Any:
        said, of = short.dictionary[at].as_py(), int(first[at])
        return cells.value(of) if cells.texts[of].as_py() == said else said

    days = Cells(short.dictionary, place, value)
    meant = _each(days, read, pa.nulls(len(days.texts), type_), otherwise=otherwise)
    where = np.append(place, len(days.texts))
    broken = {int(at): meant.broken[where[at]] for at in np.flatnonzero(np.isin(where, [*meant.broken]))}
    return _Meant(meant.of.take(pa.array(where)), broken)


def _ranks(cells: Cells) -> pa.Array:
    """The order of cells: that of their values, where these can be compared, else that of their texts; NULL first."""
    values = [cells.value(at) for at in range(len(cells.texts))]
    try:
        order = sorted(range(len(values)), key=values.__getitem__)
    except TypeError:
        order = sorted(range(len(values)), key=cells.texts.to_pylist().__getitem__)
    ranks = np.empty(len(order) + 1, np.int32)
    ranks[order] = np.arange(len(order))
    ranks[-1] = -1
    return pa.array(ranks[cells.place])


def _length(fetched: Part) -> int:
    return max(map(len, fetched.values()), default=0)


def _codes_named(table: str, name: str) -> dict[str, str]:
    column = metadata.tables[table].c.get(name)
    codes = None if column is None else codes_of(column)
    return {} if codes is None else {"codes": ", ".join(load_codes()[codes])}


def _key(part: SourceRows, fetched: Part, row: int, *, table: str) -> str:
    """What names a row in a message: the columns of theirs that make our key."""
    own = [column.name for column in metadata.tables[table].primary_key.columns]
    mapped = (part.columns.get(name) for name in own)  # but for a number by which a person is found
    columns = [one.column for one in mapped if one is not None and one.column and one.household_of is None]
    said = (_value(fetched[name], row) for name in columns)
    return "/".join("" if one is None else str(one) for one in said)


def _texts(cells: Cells, rows: np.ndarray) -> list[str]:
    """What stands in some rows, as text; nothing of those in which nothing does."""
    place = cells.place[rows]
    return [str(one) for one in cells.texts.take(pa.array(place[place >= 0])).to_pylist()]


def _value(cells: Cells, row: int) -> Any:
    place = int(cells.place[row])
    return None if place < 0 else cells.value(place)
