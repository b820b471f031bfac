"""Writing files so that they are complete on disk before anybody sees them."""

import os
import shutil
from pathlib import Path

DRAFT = ".draft"
"""Ending of a file that is not complete yet."""


def copied(source: Path, target: Path) -> Path:
    """Copy a file under a temporary name and rename it once it is on disk; returns the target."""
    draft = target.with_name(target.name + DRAFT)
    try:
        shutil.copyfile(source, draft)
        with draft.open("rb") as stream:
            os.fsync(stream.fileno())
        draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)
    return target


def write(file: Path, content: bytes) -> None:
    """Write a small file and flush it to disk."""
    with file.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
