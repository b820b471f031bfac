"""Turns rows of cells into columns of values, with what is wrong with them."""

import json
from collections.abc import Sequence
from datetime import date

import pyarrow as pa

from data_access.load.cells import CellRuleError, Parser, Value, parser
from data_access.load.headings import Recognised
from data_access.load.kinds import FileKind
from data_access.load.places import Places
from data_access.workbook import Cell

Columns = dict[str, list[Value]]
"""Name of a column -> its values, one per row."""

_LONGEST_SHOWN = 60
_MOST_REMEMBERED = 200_000
_PROBLEM = pa.schema([("row_no", pa.int32()), *((name, pa.string()) for name in ("column", "value", "rule", "said"))])


class RowReader:
    """Reads batches of rows one after the other, remembering what each cell meant: most stand in a file many times."""

    def __init__(self, kind: FileKind, *, as_of: date, places: Places, place: str | None) -> None:
        """`place`: the staged column that the names of a place fill."""
        self.count = 0
        """How many rows were read."""
        self._kind, self._places, self._place = kind, places, place
        self._parsers = [_Remembering(parser(one, as_of=as_of)) for one in kind.fields]
        self._problems: list[tuple[int, str, str, str, str]] = []

    def read(self, rows: Sequence[Sequence[Cell]], *, found: Recognised) -> tuple[list[int], Columns]:
        """The numbers of some rows in the file, and the values of the staged columns that their sheet fills."""
        numbers = list(range(self.count, self.count + len(rows)))
        self.count += len(rows)
        held: Columns = {}
        for position, one in sorted(found.columns.items(), key=lambda item: item[1]):
            field = self._kind.fields[one]
            cells = [row[position] if position < len(row) else None for row in rows]
            values = self._values(cells, one, heading=found.headings[position], numbers=numbers)
            name = field.key if field.table == "place" else field.staged
            # Of several columns that fill one, the first that says something counts.
            held[name] = [b if a is None else a for a, b in zip(held.get(name, values), values, strict=True)]
        self._check_width(rows, width=len(found.headings), numbers=numbers)
        if self._place is not None:
            self._fill_place(held, self._place, numbers=numbers, found=found)
        return numbers, held

    def take_problems(self) -> pa.Table:
        """The problems found since they were last taken: row_no, column, value, rule, said (JSON)."""
        columns = list(zip(*self._problems, strict=True)) if self._problems else [()] * len(_PROBLEM)
        self._problems = []
        return pa.table([pa.array(part, one.type) for part, one in zip(columns, _PROBLEM, strict=True)], _PROBLEM)

    def _values(self, cells: Sequence[Cell], one: int, *, heading: str, numbers: list[int]) -> list[Value]:
        read, required = self._parsers[one], self._kind.fields[one].required
        values: list[Value] = []
        for number, cell in zip(numbers, cells, strict=True):
            value = read(cell)
            if isinstance(value, CellRuleError):
                self._report(number, heading, cell, value)
                value = value.value
            elif value is None and required:
                self._report(number, heading, "", CellRuleError("needed"))
            values.append(value)
        return values

    def _report(self, number: int, heading: str, cell: Cell, error: CellRuleError) -> None:
        self._problems.append((number, heading, str(cell)[:_LONGEST_SHOWN], error.rule, json.dumps(error.said)))

    def _check_width(self, rows: Sequence[Sequence[Cell]], *, width: int, numbers: list[int]) -> None:
        for number, row in zip(numbers, rows, strict=True):
            beyond = next((cell for cell in row[width:] if cell is not None and str(cell).strip()), None)
            if beyond is not None:
                self._report(number, "", beyond, CellRuleError("too_many_cells"))

    def _fill_place(self, held: Columns, place: str, *, numbers: list[int], found: Recognised) -> None:
        """Look up the code of a village where the file names it and gives no code."""
        nothing: list[Value] = [None] * len(numbers)
        townships, villages = held.pop("place.township", nothing), held.pop("place.village", nothing)
        codes = list(held.get(place, nothing))
        fields = self._kind.fields
        heading = next(
            (found.headings[at] for at, one in found.columns.items() if fields[one].key == "place.village"), ""
        )
        for at, (township, village) in enumerate(zip(townships, villages, strict=True)):
            if codes[at] is None and village is not None:
                try:
                    codes[at] = self._places.code_of(township=_text(township), village=str(village))
                except CellRuleError as error:
                    self._report(numbers[at], heading, f"{township or ''}{village}", error)
        held[place] = codes


def _text(value: Value) -> str | None:
    return None if value is None else str(value)


class _Remembering:
    def __init__(self, parse: Parser) -> None:
        self._parse = parse
        self._known: dict[object, Value | CellRuleError] = {}

    def __call__(self, cell: Cell) -> Value | CellRuleError:
        # 1, 1.0 and True are one key of a dict, but not one cell.
        key = cell if isinstance(cell, str) else (type(cell), cell)
        try:
            return self._known[key]
        except KeyError:
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
        try:
            value: Value | CellRuleError = self._parse(cell)
        except CellRuleError as error:
            value = error.with_traceback(None)
        self._known[key] = value
        return value
