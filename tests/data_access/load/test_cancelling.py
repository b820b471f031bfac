"""A load that is cancelled at any step leaves the database as it was, and no process that reads."""

from collections.abc import Callable

import psutil
import pytest

from data_access.files import reading_process
from data_access.load.errors import LoadError
from data_access.load.steps import STEPS, LoadStep
from tests.data_access.load.conftest import LoadedInto, WriteCsv
from tests.data_access.load.test_loading import BASE, HEADING, person
from tests.support.databases import ON_BOTH
from tests.support.households import Rows

pytestmark = pytest.mark.opens_a_database

ROWS = [HEADING, person("H1-1"), person("H1-2"), person("H2-1")]
_COMMAND = "data_access.files.parsing"


@ON_BOTH
def test_whatever_it_was_doing_nothing_is_changed(
    make_target: Callable[[Rows], LoadedInto], write_csv: WriteCsv, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_process, "_LOOK_SECONDS", 0)
    target, path = make_target(BASE), write_csv(ROWS)
    before, told = target.state(), list[LoadStep]()
    for key in STEPS:

        def cancel(step: LoadStep, key: str = key) -> None:
            if step.key == key:
                raise LoadError("cancelled", name="rows.csv")

        with pytest.raises(LoadError, match="cancelled"):
            target.load(path, progress=cancel)
    assert len(target.rows("data_load")) == 1
    assert target.state() == before
    assert target.load(path, progress=told.append).loaded == 3
    assert list(dict.fromkeys(step.key for step in told)) == list(STEPS)
    assert [step.share for step in told] == sorted(step.share for step in told)
    assert {(step.rows, step.of) for step in told if step.key != "opening"} == {(3, 3)}


def test_the_process_that_reads_ends_with_it(make_target: Callable[[Rows], LoadedInto], write_csv: WriteCsv) -> None:
    at_work: set[int] = set()

    def cancel(step: LoadStep) -> None:
        if step.key == "reading":
            idle = {process.pid for process in reading_process._pool().idle}
            readers = {one.pid for one in psutil.Process().children() if _COMMAND in " ".join(one.cmdline())}
            at_work.update(readers - idle)
            raise LoadError("cancelled", name="rows.csv")

    target = make_target(BASE)
    with pytest.raises(LoadError, match="cancelled"):
        target.load(write_csv(ROWS), progress=cancel)
    assert at_work
    assert not any(map(psutil.pid_exists, at_work))
