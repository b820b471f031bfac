"""The one writer of an embedded database in this server: a thread that puts reports into the data, one batch after
another, at once when somebody reported something and it is idle, and otherwise every minute."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from data_access.errors import AppError
from data_access.posting.post import Posted

EVERY_SECONDS = 60.0
_STOPPED_WITHIN_SECONDS = 30.0

_wanted = threading.Event()


@dataclass
class Writing:
    """What the writer did last, for whoever runs the server."""

    posted_at: datetime | None = None
    """When it last put something into the data."""
    error: AppError | None = None
    """Why it could not the last time it tried; None if it could."""
    stopping: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None


state = Writing()


def wake() -> None:
    """Somebody reported something."""
    _wanted.set()


def start(post: Callable[[], Posted], *, tell: Callable[[AppError], None], every: float = EVERY_SECONDS) -> None:
    """Begin to write, beside the server; it ends with it. A batch that was not finished then is begun again.

    Args:
        post: puts what waits into the data.
        tell: told of what stood in the way, once until something else does or it is over.
    """
    state.stopping.clear()
    state.thread = threading.Thread(target=_run, args=(post, tell, every), name="posting", daemon=True)
    state.thread.start()


def stop() -> None:
    """End after the batch that is being written."""
    state.stopping.set()
    wake()
    if state.thread is not None:
        state.thread.join(_STOPPED_WITHIN_SECONDS)


def _run(post: Callable[[], Posted], tell: Callable[[AppError], None], every: float) -> None:
    while not state.stopping.is_set():
        _wanted.clear()
        attempt(post, tell=tell)
        _wanted.wait(every)


def attempt(post: Callable[[], Posted], *, tell: Callable[[AppError], None]) -> None:
    """Write what waits; what stands in the way is told, and tried again the next time."""
    try:
        done = post()
    except Exception as defect:  # noqa: BLE001 (a defect is told, too, and the next minute tries again)
        error = defect if isinstance(defect, AppError) else AppError("posting_failed", reason=repr(defect)[:200])
        if state.error is None or state.error.key != error.key:
            with suppress(OSError):
                tell(error)
        state.error = error
        return
    state.error = None
    if done.applied:
        state.posted_at = datetime.now(UTC)
