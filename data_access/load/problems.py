"""What can stand in the way of a load, as sentences that the command line and the page show alike."""

from functools import cache
from pathlib import Path

from data_access.problems import FileProblemError
from data_access.yaml_files import read_yaml

_FILE = Path(__file__).with_suffix(".yaml")


class LoadProblemError(FileProblemError):
    """A file cannot be loaded; nothing was changed. `key` is one of `problems.yaml`."""

    def text(self, language: str) -> str:
        """What, where, and what to do."""
        return load_texts()[self.key][language].format(**self.details)


@cache
def load_texts() -> dict[str, dict[str, str]]:
    """Every sentence by its key and language."""
    return read_yaml(_FILE)


def note_text(note: tuple[str, str], *, language: str) -> str:
    """A note of a report: its key and the detail it names."""
    key, detail = note
    return load_texts()[key][language].format(detail=detail)
