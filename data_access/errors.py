"""What can go wrong with data or rules, as errors that a page can put into the reader's language.

An error carries the key of its sentence in the message catalogues (`error.<key>`) and the details the sentence names.
Where command lines need the sentence too, which do not use the catalogues of the pages, it is in a YAML file: of either
database and of who signs in in `errors.yaml`, of a `WordedError` in one beside the code that raises it.
"""

from functools import cache
from pathlib import Path
from typing import ClassVar

from data_access.yaml_files import read_yaml


class AppError(Exception):
    """Something the reader must know: what went wrong, where, and what to do.

    `key` selects the sentence in the catalogues, `details` fill its placeholders; `str()` returns both, for logs.
    """

    texts: ClassVar[Path] = Path(__file__).with_suffix(".yaml")
    """The sentences that need no catalogue."""

    def __init__(self, key: str, **details: str) -> None:
        self.key = key
        self.details = details
        super().__init__(f"{key}: " + ", ".join(f"{name}={value}" for name, value in details.items()))

    def text(self, language: str) -> str:
        """What went wrong, where, and what to do, as a command line says it: as in logs where only a catalogue has the
        sentence."""
        said = read_texts(self.texts).get(self.key)
        return str(self) if said is None else said[language].format(**self.details)


class DatabaseError(AppError):
    """The household database cannot be opened, reached or understood."""


class NotKeptError(AppError):
    """A database does not keep something that a later version of the contract added; the details name it in both
    languages."""


class NotCollectedError(AppError):
    """A figure is not collected in this database; the details name it in both languages."""


class ScopeError(AppError):
    """A user asked for rows or columns outside what they may see."""


class LedgerError(AppError):
    """A record cannot be written to or read from the app's own ledger."""


class FileError(AppError):
    """An uploaded file cannot be read or does not belong here."""


class ExportError(AppError):
    """An export file cannot be written, or its format cannot hold the content."""


class DocumentError(AppError):
    """A document cannot be produced on this machine."""


class AccessError(AppError):
    """A user cannot be signed in, or sign-in is not set up correctly."""


class FactorMissingError(AccessError):
    """A user who knows the password has still to take a secret into the telephone, or its first code was wrong."""

    def __init__(self, key: str, *, secret: str) -> None:
        super().__init__(key)
        self.secret = secret


class WordedError(AppError):
    """An error with its own texts; `key` is one of its file."""


@cache
def read_texts(file: Path) -> dict[str, dict[str, str]]:
    """Every sentence of a file by its key and language."""
    return read_yaml(file)
