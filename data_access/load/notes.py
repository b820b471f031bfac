"""What a report tells of a file besides its rows: what was left out and why, which headings were not read."""

from collections.abc import Iterator

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
