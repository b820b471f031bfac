"""Files that are on the disk, whole, before anybody is told of them."""

import os
import shutil
from pathlib import Path

DRAFT = ".draft"
"""Ending of what is not whole yet."""


def copied(source: Path, target: Path) -> Path:
    """Copy a file to where nobody looks yet, and give it its name when it is on the disk; returns the target."""
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
    """Write a small file so that it is on the disk."""
    with file.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
