"""What a report tells of a file besides its rows: what was left out and why, which headings were not read."""

from collections.abc import Iterator

from data_access.files.heading_words import months_in
from data_access.files.notes import notes_on_sheet
from data_access.files.reading import Note
from data_access.load.staging import Staged


def notes_on(staged: Staged) -> Iterator[Note]:
    """The notes on the sheets that were read: key of `errors.yaml`, detail."""
    for _, found in staged.parts:
        if found.unknown:
            yield "note_headings_unread", "、".join(dict.fromkeys(found.unknown))
    for sheet, aside in staged.asides:
        where = f"{sheet.name} " if sheet.name and len(staged.asides) > 1 else ""
        yield from ((key, f"{where}{detail}") for key, detail in notes_on_sheet(sheet, aside))


def titles(staged: Staged) -> Iterator[str]:
    """What stands above the headings of the sheets that were read."""
    return (str(cell) for sheet, found in staged.parts for row in sheet.head()[: found.row] for cell in row if cell)


def other_month(staged: Staged, *, name: str) -> Iterator[tuple[str, str]]:
    """The month that the file's name and titles speak of, where they name one and it is not that of the file's day."""
    months = frozenset[tuple[int, int]]().union(*map(months_in, (name, *titles(staged))))
    day = staged.as_of
    if len(months) == 1 and (day.year, day.month) not in months:
        [(year, month)] = months
        yield "note_other_month", f"{year}-{month:02}"
