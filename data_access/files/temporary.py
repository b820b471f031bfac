"""Folders for files that are being built or read: all in one folder of the process, which is removed at its end. What a
process left behind that was killed is removed by the next one."""

import atexit
import os
import shutil
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

_PREFIX = "household_files_"
_LOCK = "in_use"
"""A file in the folder that its process keeps locked: the system lets go of it however the process ends."""


_making = threading.Lock()
_own: list[tuple[int, Path, FileLock]] = []
"""Number of the process, its folder, and what keeps it: one, or none yet."""


Folder = tempfile.TemporaryDirectory[str]
"""Removed with the last reference to it."""


def temporary_folder(prefix: str) -> Folder:
    """A folder that is removed when it is closed or forgotten, at the latest with the process."""
    return tempfile.TemporaryDirectory(prefix=prefix, dir=_of_this_process(), ignore_cleanup_errors=True)


def remove_own() -> None:
    """Remove the folder of this process. It does so itself at its end, but not where a signal ends it."""
    with _making:
        for process, folder, lock in _own:
            if process == os.getpid():  # not that of the process from which this one was forked
                lock.release()
                shutil.rmtree(folder, ignore_errors=True)
        _own.clear()


def remove_abandoned() -> None:
    """Remove the folders of processes that are gone."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):  # its process lives, or another one is removing it
            if _is_ours(folder) and (folder / _LOCK).is_file():
                with FileLock(folder / _LOCK).acquire(blocking=False):
                    shutil.rmtree(folder, ignore_errors=True)


def _of_this_process() -> Path:
    with _making:
        if not _own or _own[0][0] != os.getpid():
            remove_abandoned()
            _own[:] = [(os.getpid(), *_made())]
        return _own[0][1]


def _made() -> tuple[Path, FileLock]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        lock = FileLock(folder / _LOCK, thread_local=False)
        with suppress(Timeout):  # it was taken for abandoned before it was locked
            lock.acquire(blocking=False)
            return folder, lock


def _is_ours(folder: Path) -> bool:
    """Whether this user made it: others may put whatever they like into the system's temporary folder."""
    return not folder.is_symlink() and folder.is_dir() and (os.name == "nt" or folder.stat().st_uid == os.getuid())


atexit.register(remove_own)
