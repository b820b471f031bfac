"""What can stand in the way of a load, as sentences that the command line and the page show alike."""

from pathlib import Path

from data_access.error_texts import TextProblemError, read_texts
from data_access.errors import FileProblemError


class LoadProblemError(TextProblemError, FileProblemError):
    """A file cannot be loaded; nothing was changed."""

    texts = Path(__file__).with_suffix(".yaml")


def note_text(note: tuple[str, str], *, language: str) -> str:
    """A note of a report: its key and the detail it names."""
    key, detail = note
    return read_texts(LoadProblemError.texts)[key][language].format(detail=detail)
