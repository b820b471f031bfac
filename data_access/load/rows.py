"""Turns batches of cells into columns of values, and notes which rules they break."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_access.files.batches import Batch, Coded, Positions
from data_access.files.cells import CellRuleError, Value
from data_access.files.headings import Recognised
from data_access.files.parsing.messages import Cell
from data_access.load.cells import Parser, parser
from data_access.load.derived import of_certificates
from data_access.load.kinds import FileKind
from data_access.load.places import Places

Columns = dict[str, pa.Array]
"""Name of a staged column -> its values, one per row."""

_LONGEST_SHOWN = 60
_MOST_REMEMBERED = 100_000
_PROBLEM = pa.schema([("row_no", pa.int32()), *((name, pa.string()) for name in ("column", "value", "rule", "said"))])
_PLACES = ("place.township", "place.village")


class RowReader:
    """Reads the batches of a file in turn."""

    def __init__(
        self,
        kind: FileKind,
        *,
        types: dict[str, pa.DataType],
        as_of: date,
        places: Places,
        place: str | None,
        since_1904: bool = False,
    ) -> None:
        """`types`: the staged columns; `place`: the column filled from the names of a place; `since_1904`: from when
        the file counts its days."""
        self.count = 0
        """How many rows were read."""
        self._kind, self._types, self._places, self._place = kind, types, places, place
        self._parsers = [_Remembering(parser(one, as_of=as_of, since_1904=since_1904)) for one in kind.fields]
        self._problems: list[tuple[int, str, str, str, str]] = []

    def read(self, batch: Batch, *, found: Recognised, noted: Mapping[int, CellRuleError] | None = None) -> Columns:
        """The values of the staged columns that a sheet fills, and `row_no`, the number of each row in the file.

        Args:
            noted: rows of the batch -> what was seen before their cells are read.
        """
        numbers = np.arange(self.count, self.count + len(batch.rows))
        self.count += len(batch.rows)
        held: Columns = {}
        for position, one in sorted(found.columns.items(), key=lambda item: item[1]):
            field = self._kind.fields[one]
            values = self._values(batch.columns[position], one, heading=found.headings[position], numbers=numbers)
            name = field.key if field.table == "place" else field.staged
            held[name] = _together(held[name], values) if name in held else values
        for at, cell in batch.beyond.items():
            self._report(numbers[at], "", cell, CellRuleError("too_many_cells"))
        for at, note in (noted or {}).items():
            self._report(numbers[at], "", "", note)
        if self._place is not None:
            self._fill_place(held, self._place, numbers=numbers, found=found)
        held |= of_certificates(held, wanted=self._types)
        return {**held, "row_no": pa.array(numbers, pa.int32())}

    def take_problems(self) -> pa.Table:
        """The broken rules found since they were last taken: row_no, column, value, rule, said (JSON)."""
        columns = list(zip(*self._problems, strict=True)) if self._problems else [()] * len(_PROBLEM)
        self._problems = []
        arrays = [pa.array(part, one.type) for part, one in zip(columns, _PROBLEM, strict=True)]
        return pa.table(arrays, schema=_PROBLEM)

    def _values(self, column: Coded, one: int, *, heading: str, numbers: Positions) -> pa.Array:
        read, field = self._parsers[one], self._kind.fields[one]
        meanings = [read(cell) for cell in column.cells]
        broken = {at: meaning for at, meaning in enumerate(meanings) if isinstance(meaning, CellRuleError)}
        for row in column.where([*broken]) if broken else ():
            at = column.index[row]
            self._report(numbers[row], heading, column.cells[at], broken[at])
        if field.required and not field.instead:
            blank = [at for at, meaning in enumerate(meanings) if meaning is None]
            for row in column.where(blank) if blank else ():
                self._report(numbers[row], heading, "", CellRuleError("needed"))
        plain = [meaning.value if isinstance(meaning, CellRuleError) else meaning for meaning in meanings]
        type_ = pa.string() if field.table == "place" else self._types[field.staged]
        return pa.array(plain, type_).take(pa.array(column.index))

    def _report(self, number: int, heading: str, cell: Cell, error: CellRuleError) -> None:
        self._problems.append((int(number), heading, str(cell)[:_LONGEST_SHOWN], error.rule, error.details))

    def _fill_place(self, held: Columns, place: str, *, numbers: Positions, found: Recognised) -> None:
        """Look up the code of a village that the file names without its code."""
        nothing = [None] * len(numbers)
        townships, villages = (held.pop(name).to_pylist() if name in held else nothing for name in _PLACES)
        codes = held[place].to_pylist() if place in held else [*nothing]
        named = [found.headings[at] for at, one in found.columns.items() if self._kind.fields[one].column == "village"]
        for at, (township, village) in enumerate(zip(townships, villages, strict=True)):
            if codes[at] is None and village is not None:
                code = self._places.code_of(township=township, village=village)
                if isinstance(code, CellRuleError):
                    self._report(numbers[at], "".join(named[:1]), f"{township or ''}{village}", code)
                else:
                    codes[at] = code
        held[place] = pa.array(codes, pa.string())


def _together(first: pa.Array, second: pa.Array) -> pa.Array:
    """What several columns say that fill the same one: yes where one says yes, else the first that says something."""
    if pa.types.is_boolean(first.type):
        first = pc.or_kleene(first, second)
    return pc.coalesce(first, second)


class _Remembering:
    """Parses every distinct cell of a column once."""

    def __init__(self, parse: Parser) -> None:
        self._parse = parse
        self._known: dict[object, Value | CellRuleError] = {}

    def __call__(self, cell: Cell) -> Value | CellRuleError:
        key = cell if isinstance(cell, str) else (type(cell), cell)
        if key in self._known:
            return self._known[key]
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        try:
            value: Value | CellRuleError = self._parse(cell)
        except CellRuleError as error:
            value = error.with_traceback(None)
        self._known[key] = value
        return value
