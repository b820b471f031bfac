"""Folders for files that are being built or read: all in one folder of the process, which is removed at its end. What a
process left behind that was killed is removed by the next one."""

import atexit
import os
import shutil
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

from filelock import FileLock, Timeout

_PREFIX = "household_files_"
_LOCK = "in_use"
"""A file in the folder that its process keeps locked: the system lets go of it however the process ends."""


def temporary_folder(prefix: str) -> tempfile.TemporaryDirectory[str]:
    """A folder that is removed when it is closed or forgotten, at the latest with the process."""
    return tempfile.TemporaryDirectory(prefix=prefix, dir=_of_this_process(os.getpid()), ignore_cleanup_errors=True)


def remove_abandoned() -> None:
    """Remove the folders of processes that are gone."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):  # its process lives, or another one is removing it
            if _is_ours(folder) and (folder / _LOCK).is_file():
                with FileLock(folder / _LOCK).acquire(blocking=False):
                    shutil.rmtree(folder, ignore_errors=True)


@cache
def _of_this_process(_process: int) -> Path:
    """Its folder. A process that was forked has one of its own."""
    remove_abandoned()
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        lock = FileLock(folder / _LOCK, thread_local=False)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            continue  # it was taken for abandoned before it was locked
        atexit.register(_remove, folder, lock)
        return folder


def _remove(folder: Path, lock: FileLock) -> None:
    lock.release()
    shutil.rmtree(folder, ignore_errors=True)


def _is_ours(folder: Path) -> bool:
    """Whether this user made it: others may put whatever they like into the system's temporary folder."""
    return not folder.is_symlink() and folder.is_dir() and (os.name == "nt" or folder.stat().st_uid == os.getuid())
