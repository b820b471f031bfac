"""Loads that run beside the pages: who began them may look elsewhere meanwhile, and cancel them. One after another, and
of one person at a time."""

import threading
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from data_access.clock import in_place
from data_access.errors import FileError
from data_access.load.errors import LoadError
from data_access.load.report import Report
from data_access.load.steps import LoadStep, Progress

Outcome = Report | FileError
"""What became of a file."""


@dataclass(frozen=True)
class FileLoad:
    """The load of one file, or a check alone."""

    name: str
    """The name of the file."""
    load: Callable[[Progress], Report]
    cancelled: Callable[[], None] = lambda: None
    """Called where it was cancelled, once nothing of it is left."""


@dataclass(eq=False)
class Job:
    """Some loads, one after another."""

    loads: Mapping[Hashable, FileLoad]
    by: str
    """Who began them."""
    began_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    name: str = ""
    """The name of the file that is being loaded."""
    step: LoadStep = field(default_factory=lambda: LoadStep("opening"))
    """How far that is."""
    outcomes: dict[Hashable, Outcome] = field(default_factory=dict)
    """What became of the files so far."""
    error: BaseException | None = None
    """A defect of the program that ended the job."""
    _is_cancelled: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    @property
    def runs(self) -> bool:
        """Whether it is at work."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody cancelled it: it ends at the next step."""
        return self._is_cancelled.is_set()

    def cancel(self) -> None:
        """End it: what was not written yet is not written."""
        self._is_cancelled.set()

    def wait(self) -> None:
        """Wait until it has ended."""
        if self._thread is not None:
            self._thread.join()

    def start(self) -> None:
        """Begin; it ends with the program at the latest, and then has changed nothing."""
        self._thread = threading.Thread(target=self._run, name="load", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        for key, one in self.loads.items():
            self.name = one.name
            try:
                self._tell(LoadStep("opening"))
                self.outcomes[key] = one.load(self._tell)
            except CancelledError as error:
                one.cancelled()
                self.outcomes[key] = error
            except FileError as error:
                self.outcomes[key] = error
            except BaseException as error:  # noqa: BLE001 (told on the page of whoever began it)
                self.error = error
                return

    def _tell(self, step: LoadStep) -> None:
        if self.is_cancelled:
            raise CancelledError("cancelled", name=self.name)
        self.step = step


class CancelledError(LoadError):
    """A load was cancelled."""


_beginning = threading.Lock()
_jobs: list[Job] = []
"""The one that was begun last."""


def under_way() -> Job | None:
    """The job that runs in this program, whoever began it."""
    return next((job for job in _jobs if job.runs), None)


def begin(loads: Mapping[Hashable, FileLoad], *, by: str) -> Job:
    """Begin to load some files. Raises LoadError while another job runs, and names it."""
    with _beginning:
        running = under_way()
        if running is not None:
            raise LoadError("by_another", name=running.name, by=running.by, since=f"{in_place(running.began_at):%H:%M}")
        job = Job(loads=loads, by=by)
        job.start()
        _jobs[:] = [job]
    return job
