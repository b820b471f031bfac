"""What can prevent a load, as sentences for both the command line and the page."""

from pathlib import Path

from data_access.errors import FileError, WordedError, read_texts


class LoadError(WordedError, FileError):
    """A file cannot be loaded; nothing was changed."""

    texts = Path(__file__).with_suffix(".yaml")


class UnderWayError(LoadError):
    """Something else writes into the database at the moment."""


def note_text(note: tuple[str, str], *, language: str) -> str:
    """The text of a note in a report, from its key and the detail it names."""
    key, detail = note
    return read_texts(LoadError.texts)[key][language].format(detail=detail)


def example_mark(*, language: str) -> str:
    """What stands in the first cell of the row of a template that shows how: rows with it are left out wherever files
    are read."""
    return read_texts(LoadError.texts)["example_mark"][language]
