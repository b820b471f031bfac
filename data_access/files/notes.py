"""What is told of a sheet besides its rows: what was left out and why."""

from collections.abc import Iterator, Mapping, Sequence

from data_access.files.batches import Aside
from data_access.files.headings import with_letters
from data_access.files.reading import Note, Sheet

_NAMED = 5
"""How many rows are named one by one."""


def notes_on_sheet(sheet: Sheet, aside: Aside) -> Iterator[Note]:
    """Rows and cells that were not read: key of a sentence, detail."""
    for why in dict.fromkeys(one.why for one in aside.left_out):
        rows = {one.row: one.text for one in aside.left_out if one.why == why}
        yield f"note_left_out_{why}", _rows(list(rows), texts=rows)
    for one in aside.beside.values():
        yield (
            "note_beside",
            f"{with_letters('', one.column)} {_rows([one.row], count=one.count, texts={one.row: one.text})}",
        )
    if sheet.hidden_rows():
        yield "note_rows_hidden", _rows(sheet.hidden_rows())
    if aside.short:
        yield "note_rows_short", _rows(aside.short)


def note_on_remarks(remarks: Mapping[int, str]) -> Iterator[Note]:
    """Remarks for which there was no place: row -> remark."""
    if remarks:
        yield "note_remarks_left_out", _rows(list(remarks), texts=remarks)


def _rows(rows: Sequence[int], *, count: int | None = None, texts: Mapping[int, str] | None = None) -> str:
    """How many rows, and the first of them: 3: 5「合计」, 9, 12."""
    named = [f"{row}「{texts[row]}」" if texts else str(row) for row in rows[:_NAMED]]
    more = ["…"] if len(rows) > _NAMED or (count or 0) > len(rows) else []
    return f"{count or len(rows)} × # {', '.join([*named, *more])}"
