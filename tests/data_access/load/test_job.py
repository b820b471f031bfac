"""Loads run beside the pages: one job at a time, which is named to others, and may be cancelled until it writes."""

import time
from collections.abc import Callable, Iterator
from threading import Event

import pytest

from data_access.errors import FileError
from data_access.load import job
from data_access.load.errors import LoadError
from data_access.load.job import CancelledError, FileLoad, Job
from data_access.load.report import Report
from data_access.load.steps import LoadStep, Progress


@pytest.fixture(autouse=True)
def nothing_runs_afterwards() -> Iterator[None]:
    yield
    if (running := job.under_way()) is not None:
        running.cancel()
        running.wait()


def loads(*names: str, load: Callable[[Progress], Report], cancelled: Callable[[], None] = lambda: None) -> dict:
    return {name: FileLoad(name, load, cancelled) for name in names}


def until_cancelled(progress: Progress) -> Report:
    while True:
        time.sleep(0.01)
        progress(LoadStep("reading", 0.3, rows=3, of=10))


def test_a_job_is_named_to_whoever_comes_meanwhile() -> None:
    first = job.begin(loads("人员.csv", load=until_cancelled), by="张三")
    assert job.under_way() is first
    with pytest.raises(LoadError) as refused:
        job.begin(loads("务工.csv", load=until_cancelled), by="李四")
    for language in ("zh", "en"):
        assert all(part in refused.value.text(language) for part in ("张三", "人员.csv"))


def test_a_cancelled_job_says_so_of_every_file_and_makes_room_for_the_next() -> None:
    noted: list[str] = []
    running = job.begin(loads("一.csv", "二.csv", load=until_cancelled, cancelled=lambda: noted.append("x")), by="张三")
    running.cancel()
    running.wait()
    assert [type(outcome) for outcome in running.outcomes.values()] == [CancelledError] * 2
    assert noted == ["x", "x"]
    assert job.under_way() is None
    job.begin(loads("三.csv", load=until_cancelled), by="李四")


def test_one_file_that_cannot_be_read_does_not_stop_the_next() -> None:
    told: list[LoadStep] = []

    def load(progress: Progress) -> Report:
        progress(LoadStep("reading", 0.5, rows=1, of=2))
        told.append(running.step)
        raise FileError("empty_file", name=running.name)

    begun = Event()
    waiting = loads("一.csv", "二.csv", load=lambda progress: (begun.wait(), load(progress))[1])
    running: Job = job.begin(waiting, by="张三")
    begun.set()
    running.wait()
    assert [str(outcome) for outcome in running.outcomes.values()] == [
        "empty_file: name=一.csv",
        "empty_file: name=二.csv",
    ]
    assert told == [LoadStep("reading", 0.5, rows=1, of=2)] * 2


def test_a_defect_of_the_program_is_kept_for_whoever_began_it() -> None:
    def load(_progress: Progress) -> Report:
        raise ZeroDivisionError

    running = job.begin(loads("一.csv", load=load), by="张三")
    running.wait()
    assert isinstance(running.error, ZeroDivisionError)
    assert job.under_way() is None
