"""Merged cells: what they say holds for every row that they cover."""

import itertools
from collections.abc import Iterator, Sequence

from data_access.files.parsing.messages import Cell
from data_access.files.parsing.plain import is_filled

Merged = tuple[int, int, int, int]
"""First row, first column, last row, last column; counted from 0."""


def filled_down(rows: Iterator[Sequence[Cell]], merged: Sequence[Merged]) -> Iterator[Sequence[Cell]]:
    """Rows from the top, in which a cell merged down stands in each row it covers that has a cell of its own, in
    its first column: of the columns to the right of it nothing was said."""
    begins: dict[int, list[tuple[int, int]]] = {}
    for top, column, bottom, _ in merged:
        if bottom > top:
            begins.setdefault(top, []).append((column, bottom))
    if not begins:
        yield from rows
        return
    held: dict[int, tuple[int, Cell]] = {}
    for at, row in enumerate(rows):
        held = {column: one for column, one in held.items() if one[0] >= at}
        filled = row
        if held and any(map(is_filled, row)):
            filled = [*row, *itertools.repeat("", max(held) + 1 - len(row))]
            for column, (_, cell) in held.items():
                if not is_filled(filled[column]):
                    filled[column] = cell
        held |= {column: (bottom, row[column]) for column, bottom in begins.get(at, ()) if column < len(row)}
        yield filled
