"""What every filled-in form that comes back has in common: where its heading is, and what a rejected row says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from data_access.ledger import LONGEST_TEXT
from data_access.problems import FileProblemError
from data_access.workbook import Cell, date_of, text_of

_HEADING_WITHIN = 20
"""Rows at the top among which the heading is looked for."""


@dataclass(frozen=True)
class Rejected:
    """A row that cannot be taken: where, what, and which rule it breaks (a key of the catalogues)."""

    row: int
    column: str
    value: str
    rule: str


class RowProblemError(Exception):
    """A row of a form breaks a rule."""

    def __init__(self, column: str, value: object, rule: str) -> None:
        self.column, self.value, self.rule = column, str(value)[:60], rule
        super().__init__(rule)

    def at(self, row: int) -> Rejected:
        """The rejection of the row at a position of the sheet."""
        return Rejected(row=row, column=self.column, value=self.value, rule=self.rule)


def find_header(
    cells: Sequence[Sequence[Cell]], *, titles: Mapping[str, frozenset[str]], name: str
) -> tuple[int, dict[str, int]]:
    """Where the heading is: its row, and the column of each key. Raises FileProblemError where columns are missing.

    Args:
        titles: key -> what its column may be called.
        name: names the file.
    """
    best: dict[str, int] = {}
    for position, row in enumerate(cells[:_HEADING_WITHIN]):
        words = [str(cell).strip() for cell in row]
        found = {
            key: next(column for column, word in enumerate(words) if word in known)
            for key, known in titles.items()
            if any(word in known for word in words)
        }
        if len(found) == len(titles):
            return position, found
        best = max(best, found, key=len)
    missing = [min(known) for key, known in titles.items() if key not in best]
    raise FileProblemError("file_columns_missing", name=name, columns=", ".join(missing))


def text_in(values: Mapping[str, Cell], key: str) -> str:
    """The text of a cell. Raises RowProblemError for one that lost digits, or is too long."""
    try:
        text = text_of(values[key])
    except ValueError as error:
        raise RowProblemError(key, values[key], "digits_lost") from error
    if len(text) > LONGEST_TEXT:
        raise RowProblemError(key, text, "text_too_long")
    return text


def day_in(values: Mapping[str, Cell], key: str, *, earliest: date) -> date | None:
    """The date of a cell; None where it is empty. Raises RowProblemError for what is none, or is before `earliest`."""
    try:
        day = date_of(values[key])
    except ValueError as error:
        raise RowProblemError(key, values[key], "not_a_date") from error
    if day is not None and day < earliest:
        raise RowProblemError(key, day, "before_the_list")
    return day
