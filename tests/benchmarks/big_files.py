"""How fast a district's sheet is loaded: python -m tests.benchmarks.big_files

A person sheet as wide as the national system's goes into an empty register, as text and as a workbook, as a file of the
folder on the server does. Beside it, in the same run, DuckDB alone reads the text into a table. Memory is the most that
the program and the process that reads files had at once. With `--on postgresql` the register is on a server started for
it, whose processor time is told apart.
"""

import argparse
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import psutil
import pyarrow as pa
from sqlalchemy import URL, make_url

from data_access import registry as registry
from data_access.files.limits import load_limits
from data_access.load.bulk import append_rows
from data_access.load.kinds import load_kinds
from data_access.load.loading import load_file
from data_access.load.steps import LoadStep
from data_access.load.target import open_target
from data_access.schema.tables import region
from tests.benchmarks.measuring import MEGABYTE, machine, report
from tests.support import national_sheet
from tests.support.databases import empty_database
from tests.support.postgres import postgres_server

AS_OF = date(2026, 11, 1)
_LOOK_SECONDS = 0.5


@dataclass
class _Watched:
    """What this program and the process that reads for it took, and the server beside them."""

    own_bytes: int = 0
    reader_bytes: int = 0
    both_bytes: int = 0
    readers: dict[int, float] = field(default_factory=dict)
    """Process -> its processor time."""
    server: psutil.Process | None = None
    server_bytes: int = 0
    """The most that one of the server's processes had for itself."""
    began: float = field(default_factory=time.process_time)

    def look(self) -> None:
        """Look at both now."""
        mine, theirs = psutil.Process().memory_info().rss, 0
        for child in psutil.Process().children():
            if child == self.server:
                continue
            with suppress(psutil.NoSuchProcess):
                theirs += child.memory_info().rss
                self.readers[child.pid] = sum(child.cpu_times()[:2])
        self.own_bytes, self.reader_bytes = max(self.own_bytes, mine), max(self.reader_bytes, theirs)
        self.both_bytes = max(self.both_bytes, mine + theirs)
        for process in () if self.server is None else self.server.children():
            with suppress(psutil.NoSuchProcess):
                self.server_bytes = max(self.server_bytes, process.memory_full_info().uss)

    @property
    def cpu_seconds(self) -> float:
        """Processor time of both so far."""
        return time.process_time() - self.began + sum(self.readers.values())


def _server_seconds(server: psutil.Process | None) -> float:
    """Processor time of a server and of its processes, those that ended included."""
    if server is None:
        return 0.0
    seconds = sum(server.cpu_times()[:4])
    for process in server.children():
        with suppress(psutil.NoSuchProcess):
            seconds += sum(process.cpu_times()[:2])
    return seconds


@contextmanager
def _watched(server: psutil.Process | None) -> Iterator[_Watched]:
    watched, ended = _Watched(server=server), threading.Event()

    def look() -> None:
        while not ended.wait(_LOOK_SECONDS):
            watched.look()

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield watched
    finally:
        ended.set()
        looking.join()


def database_alone(path: Path) -> dict[str, float]:
    """Seconds in which DuckDB reads the text into a table, every cell as text."""
    started, before = time.perf_counter(), time.process_time()
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE sheet AS SELECT * FROM read_csv(?, all_varchar = true, header = true)", [str(path)]
        )
    return {
        "seconds": round(time.perf_counter() - started, 2),
        "cpu_seconds": round(time.process_time() - before, 2),
    }


def load(path: Path, *, url: URL, server: psutil.Process | None = None) -> dict[str, Any]:
    """Load a file into an empty register, and tell how long each step took and how much memory."""
    _make_register(url)
    began: dict[str, float] = {}
    cpu_seconds: dict[str, float] = {}
    server_before = _server_seconds(server)

    with _watched(server) as watched:

        def tell(step: LoadStep) -> None:
            if step.key not in began:
                watched.look()
                began[step.key], cpu_seconds[step.key] = time.perf_counter(), watched.cpu_seconds

        started = time.perf_counter()
        loaded = load_file(
            path, url=url, kind=load_kinds()["persons"], as_of=AS_OF, budget=load_limits().folder, progress=tell
        )
        ended = time.perf_counter()
    starts = [*began.values(), ended]
    seconds = ended - started
    return {
        "rows": loaded.rows,
        "loaded": loaded.loaded,
        "megabytes": round(path.stat().st_size / MEGABYTE, 1),
        "seconds": round(seconds, 1),
        "cpu_seconds": round(watched.cpu_seconds, 1),
        "rows_per_second": round(loaded.rows / seconds),
        "steps": {key: round(starts[at + 1] - starts[at], 1) for at, key in enumerate(began)},
        "read_seconds": round(began["checking"] - started, 1),
        "read_cpu_seconds": round(cpu_seconds["checking"], 1),
        "own_memory_mb": watched.own_bytes // MEGABYTE,
        "reader_memory_mb": watched.reader_bytes // MEGABYTE,
        "memory_mb": watched.both_bytes // MEGABYTE,
        "server_cpu_seconds": round(_server_seconds(server) - server_before, 1),
        "server_memory_mb": watched.server_bytes // MEGABYTE,
    }


def _make_register(url: URL) -> None:
    """An empty register with the regions that the sheet names."""
    rows = list(national_sheet.region_rows())
    columns = {one.name: [row.get(one.name) for row in rows] for one in region.c}
    types = {one.name: pa.float64() if one.name in ("longitude", "latitude") else pa.string() for one in region.c}
    with open_target(url, create=True) as target:
        append_rows(
            target.connection, region, pa.table({name: pa.array(columns[name], types[name]) for name in columns})
        )
        target.publish()


def _empty(path: Path, server_url: str | None) -> URL:
    """Where the register for a file is made: beside it, or on the server."""
    if server_url is not None:
        return make_url(empty_database(server_url))
    return make_url(f"duckdb:///{path.with_suffix('.register').as_posix()}{path.suffix[1:]}")


def main(arguments: list[str] | None = None) -> int:
    """The command line. Returns 1 where a row was not loaded."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.big_files", description=__doc__)
    parser.add_argument("--rows", type=int, default=270_000)
    parser.add_argument("--columns", type=int, default=170)
    parser.add_argument("--folder", type=Path, help="where the files are made: 0.6 GB for a whole district")
    parser.add_argument("--on", choices=("duckdb", "postgresql"), default="duckdb", help="where the register is")
    parser.add_argument("--output", type=Path)
    options = parser.parse_args(arguments)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=options.folder)))
        server_url = stack.enter_context(postgres_server()) if options.on == "postgresql" else None
        server = next((one for one in psutil.Process().children() if one.name() == "postgres"), None)
        text, workbook = folder / "sheet.csv", folder / "sheet.xlsx"
        national_sheet.write_csv(text, count=options.rows, columns=options.columns)
        national_sheet.write_xlsx(workbook, count=options.rows, columns=options.columns)
        alone = database_alone(text)
        csv, xlsx = (load(path, url=_empty(path, server_url), server=server) for path in (text, workbook))
    result = {
        "rows": options.rows,
        "columns": options.columns,
        "on": options.on,
        "database_alone": alone,
        "csv": csv,
        "xlsx": xlsx,
        "csv_read_ratio": round(csv["read_seconds"] / alone["seconds"], 2),
        "csv_read_cpu_ratio": round(csv["read_cpu_seconds"] / alone["cpu_seconds"], 2),
        "csv_load_ratio": round(csv["seconds"] / alone["seconds"], 2),
        "csv_load_cpu_ratio": round(csv["cpu_seconds"] / alone["cpu_seconds"], 2),
        **machine(),
    }
    report(result, output=options.output)
    return 0 if csv["loaded"] == xlsx["loaded"] == options.rows else 1


if __name__ == "__main__":
    sys.exit(main())
