"""What is made once in a test run and shared by all of its processes."""

from collections.abc import Callable
from pathlib import Path

from filelock import FileLock


def made_once(folder: Path, name: str, make: Callable[[], str]) -> str:
    """What `make` gives, out of the first process that asks for this name in this folder; the others wait for it."""
    note = folder / f"{name}.made"
    with FileLock(folder / f"{name}.lock"):
        if not note.exists():
            note.write_text(make(), encoding="utf-8")
        return note.read_text(encoding="utf-8")
