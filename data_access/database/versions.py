"""Versions of the embedded database: each is a file with its own name, and a small pointer file names the current one.

DuckDB caches an open file by its path, so a file that readers may have open is never replaced: a writer creates a new
file and then moves the pointer, which is atomic on every system. A writer that crashes leaves the pointer, and so the
app, unchanged.
"""

import os
from pathlib import Path

from filelock import FileLock

KEPT_VERSIONS = 3
"""How many versions made by loads of files stay on disk. Those made by reports from the field come beside them: the
current one, and the one before, which somebody may be about to open."""

_POST = ".post"


LARGEST_POINTER = 1024
"""Bytes; a larger file is a database, not a pointer."""


class NoVersionError(FileNotFoundError):
    """There is no database where the pointer should be, or the pointer names a file that is gone."""


def current_file(pointer: Path) -> Path:
    """The database file that the pointer names. Raises NoVersionError when there is none."""
    try:
        name = pointer.read_text(encoding="utf-8").strip()
    except FileNotFoundError as error:
        raise NoVersionError(pointer) from error
    file = pointer.with_name(name)
    if not name or not file.is_file():
        raise NoVersionError(file)
    return file


def is_database(path: Path) -> bool:
    """Whether there is a database where a pointer should be: it is larger than any pointer."""
    return path.is_file() and path.stat().st_size > LARGEST_POINTER


def all_files(pointer: Path) -> list[Path]:
    """Every version on disk, oldest first."""
    return sorted(pointer.parent.glob(f"{pointer.name}-*.duckdb"))


def next_file(pointer: Path, *, post: bool = False) -> Path:
    """A name that no version on disk has; the caller creates the file.

    Args:
        post: whether it is made by reports from the field.
    """
    numbers = [int(file.stem.removesuffix(_POST).rsplit("-", 1)[1]) for file in all_files(pointer)]
    return pointer.with_name(f"{pointer.name}-{max(numbers, default=0) + 1:06d}{_POST if post else ''}.duckdb")


def is_post(file: Path) -> bool:
    """Whether a version was made by reports from the field."""
    return file.stem.endswith(_POST)


def writing(pointer: Path) -> FileLock:
    """The lock to hold while making a new version; `Timeout` while another writer holds it."""
    return FileLock(pointer.with_name(f"{pointer.name}.lock"), timeout=0)


def publish(pointer: Path, file: Path) -> None:
    """Make `file` the current version, then drop versions beyond KEPT_VERSIONS (one still open on Windows stays)."""
    draft = pointer.with_name(f"{pointer.name}.{os.getpid()}.draft")
    draft.write_text(file.name + "\n", encoding="utf-8")
    draft.replace(pointer)
    older = [path for path in all_files(pointer) if path != file]
    loads, posts = [path for path in older if not is_post(path)], [path for path in older if is_post(path)]
    kept = KEPT_VERSIONS if is_post(file) else KEPT_VERSIONS - 1
    for path in (*loads[: max(0, len(loads) - kept)], *posts[:-1]):
        try:
            path.unlink()
        except PermissionError:
            continue
