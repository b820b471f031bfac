"""Persons whose rows do not say which household they are of: sheets typed by hand name it once, in the row of the first
person. Such a row is of the household above it; without it the family would lose a person."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from data_access.files import spellings
from data_access.files.batches import Batch, Coded, Positions
from data_access.files.cells import CellRuleError, is_blank, words_of
from data_access.files.headings import Recognised
from data_access.files.parsing.messages import Cell
from data_access.load.kinds import FileKind

Rows = npt.NDArray[np.bool_]
"""Whether something is true of each row of a batch."""

_NUMBER = "household.household_id"
_NAMES_IT = (
    _NUMBER,
    "household.village_code",
    "household.head_name",
    "place.county",
    "place.township",
    "place.village",
)
"""What tells which household a row is of; all blank in a row that leaves it to the row above."""


class HouseholdAbove:
    """Goes through the batches of a sheet in turn."""

    def __init__(self, kind: FileKind, found: Recognised) -> None:
        named = {kind.fields[one].key: position for position, one in found.columns.items()}
        self._person, self._relation = named.get("member.name"), named.get("member.relation")
        self._number = named.get(_NUMBER) if kind.whole else None
        self._columns = [named[key] for key in _NAMES_IT if key in named]
        self._above: dict[int, Cell] = {}
        """The household of the last row: position of a column -> its cell."""

    def fill(self, batch: Batch) -> tuple[Batch, dict[int, CellRuleError]]:
        """The batch in which the rows of persons that name no household have that of the row above; and these rows,
        with what is to be noted. The row of a head is none of them: with it a family begins."""
        if self._number is None or self._person is None or not len(batch.rows):
            return batch, {}
        below = ~_is_blank(batch.columns[self._person]) & ~self._is_head(batch)
        for position in self._columns:
            below &= _is_blank(batch.columns[position])
        source = np.maximum.accumulate(np.where(below, -1, np.arange(len(below))))
        columns = dict(batch.columns)
        for position in self._columns:
            columns[position] = self._from_above(columns[position], source, position=position)
        numbers = columns[self._number]
        rows = np.flatnonzero(below & ~_is_blank(numbers))
        noted = {
            int(row): CellRuleError("household_above", household=numbers.cells[numbers.index[row]]) for row in rows
        }
        return replace(batch, columns=columns), noted

    def _from_above(self, column: Coded, source: Positions, *, position: int) -> Coded:
        """A column in which each row has the cell of its source, or of the batch before."""
        cells = [*column.cells, self._above.get(position, "")]
        filled = Coded(cells, np.where(source < 0, len(cells) - 1, column.index[source]))
        self._above[position] = cells[filled.index[-1]]
        return filled

    def _is_head(self, batch: Batch) -> Rows:
        if self._relation is None:
            return np.zeros(len(batch.rows), dtype=bool)
        column, words = batch.columns[self._relation], words_of("relation")
        heads = [words.get(spellings.word(str(cell))) == "head" for cell in column.cells]
        return np.array(heads, dtype=bool)[column.index]


def _is_blank(column: Coded) -> Rows:
    return np.array([is_blank(cell) for cell in column.cells], dtype=bool)[column.index]
