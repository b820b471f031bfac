"""Files that wait on the server to be loaded: those too large for a browser are put into a folder there.

`HOUSEHOLD_INBOX` names the folder. The board reads it and changes nothing in it.
"""

import os
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from data_access.errors import FileError
from data_access.files.reading import READABLE

VARIABLE = "HOUSEHOLD_INBOX"


@dataclass(frozen=True)
class Waiting:
    """A file in the folder."""

    name: str
    size: int
    """Bytes."""
    changed_at: datetime

    @property
    def key(self) -> str:
        """Another one for every file and every state of it."""
        return f"{self.name}/{self.size}/{self.changed_at.isoformat()}"


def inbox() -> Path | None:
    """The folder; None where there is none."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else None


def waiting_files() -> list[Waiting]:
    """The files that can be loaded, the newest first; one each. Links are left out: they could lead anywhere.

    Raises FileError for a folder that cannot be read.
    """
    folder = inbox()
    if folder is None:
        return []
    try:
        with os.scandir(folder) as entries:
            found = [(entry.name, entry.stat(follow_symlinks=False)) for entry in entries]
    except OSError as error:
        raise FileError(
            "inbox_unreadable", folder=str(folder), variable=VARIABLE, reason=str(error.strerror)
        ) from error
    files = [
        Waiting(name, told.st_size, datetime.fromtimestamp(told.st_mtime, UTC))
        for name, told in found
        if stat.S_ISREG(told.st_mode) and Path(name).suffix.lower() in READABLE
    ]
    return sorted(files, key=lambda file: (file.changed_at, file.name), reverse=True)


def path_of(name: str) -> Path:
    """Where a file is that waits. Raises FileError for any other name."""
    folder = inbox()
    if folder is None or name not in {file.name for file in waiting_files()}:
        raise FileError("inbox_gone", name=name[:80])
    return folder / name
