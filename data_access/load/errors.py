"""What can stand in the way of a load, as sentences that the command line and the page show alike."""

from pathlib import Path

from data_access.errors import FileError, WordedError, read_texts


class LoadError(WordedError, FileError):
    """A file cannot be loaded; nothing was changed."""

    texts = Path(__file__).with_suffix(".yaml")


def note_text(note: tuple[str, str], *, language: str) -> str:
    """A note of a report: its key and the detail it names."""
    key, detail = note
    return read_texts(LoadError.texts)[key][language].format(detail=detail)
