"""The monthly facts recomputed against their queries alone: `python -m tests.benchmarks.recompute`.

One run recomputes as the app does when a new version arrives: rule files read, database opened and checked, every
query fetched and summed. The next one opens the database anew and runs the same statements with the same parameters,
bare, until the last row has arrived, as Arrow from DuckDB and as the driver receives it from PostgreSQL, without
converting a value. They take turns, so that both meet the same noise; on a busy machine the fastest turns of each tell
more than the medians.
"""

import argparse
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import psutil
import psycopg
from sqlalchemy import URL, event, make_url

from data_access.database.engine import HouseholdDatabase, household_url
from data_access.database.server import session_options
from data_access.facts.store import FactsStore
from tests.benchmarks.measuring import MEGABYTE, machine, report


@dataclass(frozen=True)
class Turn:
    """What one turn took: seconds on the clock, and seconds of all cores together, which other programs disturb
    less."""

    seconds: float
    cpu_seconds: float


@dataclass(frozen=True)
class Statement:
    """One statement as the driver received it."""

    text: str
    parameters: Any


def main(arguments: list[str] | None = None) -> int:
    """Measures and reports."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.recompute", description=__doc__)
    parser.add_argument("--url", help="a household database; without it that of HOUSEHOLD_DATABASE_URL")
    parser.add_argument("--runs", type=int, default=5, help="turns that are measured, after one that is not")
    parser.add_argument("--output", type=Path, help="JSON file; without it the screen")
    options = parser.parse_args(arguments)
    url = make_url(options.url) if options.url else household_url()
    statements, facts_rows, name = _recorded(url)
    memory = peak_memory()
    run_bare = partial(_bare_duckdb, name) if url.get_backend_name() == "duckdb" else partial(_bare_server, url)
    recomputes: list[Turn] = []
    bares: list[Turn] = []
    _, rows = run_bare(statements)
    for _ in range(options.runs):
        recomputes.append(recompute(url))
        bares.append(run_bare(statements)[0])
    result = {
        "database": url.get_backend_name(),
        "runs": options.runs,
        "ratio": _ratio(statistics.median, recomputes, bares),
        "ratio_of_fastest": _ratio(min, recomputes, bares),
        "recompute_seconds": _median_and_range(recomputes),
        "bare_seconds": _median_and_range(bares),
        "statements": len(statements),
        "rows_fetched": rows,
        "facts_rows": facts_rows,
        "peak_memory_mb": memory // MEGABYTE,
        **machine(),
    }
    report(result, options.output)
    return 0


def recompute(url: URL) -> Turn:
    """One recompute of all monthly facts, from nothing: rules read, database opened and checked, facts counted."""
    database = HouseholdDatabase(url)
    with _clock() as turn:
        FactsStore(database).current()
    database.dispose()
    return turn()


def _bare_server(url: URL, statements: list[Statement]) -> tuple[Turn, int]:
    """The same statements on a server, over one connection of its driver, and the rows they gave; the server's own
    seconds of processor time are not counted."""
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    rows = 0
    with _clock() as turn, psycopg.connect(address, options=session_options(limited=False)) as connection:
        for statement in statements:
            rows += connection.execute(statement.text.encode(), statement.parameters).rowcount
    return turn(), rows


def _bare_duckdb(file: str, statements: list[Statement]) -> tuple[Turn, int]:
    """The same statements in DuckDB alone, opened for them, and the rows they gave."""
    rows = 0
    with _clock() as turn, duckdb.connect(file, read_only=True) as connection, warnings.catch_warnings():
        # Taken from a result of the DB-API, Arrow warns of a copy; the other way plans every statement twice.
        warnings.simplefilter("ignore", UserWarning)
        for statement in statements:
            table: Any = connection.execute(statement.text, statement.parameters).to_arrow_table()
            rows += table.num_rows
    return turn(), rows


@contextmanager
def _clock() -> Iterator[Callable[[], Turn]]:
    turn: list[Turn] = []
    wall, cpu = time.perf_counter(), time.process_time()
    yield lambda: turn[0]
    turn.append(Turn(time.perf_counter() - wall, time.process_time() - cpu))


def peak_memory() -> int:
    """The most memory this process ever held, in bytes."""
    if sys.platform == "win32":
        return int(psutil.Process().memory_info().peak_wset)
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _recorded(url: URL) -> tuple[list[Statement], int, str]:
    """The statements of one recompute, the rows of the facts it gave, and the file or server that was asked."""
    database = HouseholdDatabase(url)
    with database.connect() as (connection, version), _recording(connection.engine) as statements:
        facts = FactsStore(database).current().facts
    database.dispose()
    return statements, sum(len(frame) for frame in facts.frames.values()), version.database


@contextmanager
def _recording(engine: Any) -> Iterator[list[Statement]]:
    statements: list[Statement] = []

    def record(_connection: Any, _cursor: Any, text: str, parameters: Any, *_: Any) -> None:
        statements.append(Statement(text, parameters))

    event.listen(engine, "before_cursor_execute", record)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", record)


def _ratio(of: Callable[[list[float]], float], recomputes: list[Turn], bares: list[Turn]) -> float:
    return round(of(_seconds(recomputes)) / of(_seconds(bares)), 2)


def _seconds(turns: list[Turn]) -> list[float]:
    return [turn.seconds for turn in turns]


def _median_and_range(turns: list[Turn]) -> dict[str, float]:
    seconds = _seconds(turns)
    return {
        "median": round(statistics.median(seconds), 3),
        "min": round(min(seconds), 3),
        "max": round(max(seconds), 3),
        "cpu_median": round(statistics.median(turn.cpu_seconds for turn in turns), 3),
    }


if __name__ == "__main__":
    sys.exit(main())
