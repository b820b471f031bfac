"""The sample written into an empty PostgreSQL: `python -m tests.benchmarks.filling --scale 1`.

Without --url a server is started for it, which waits for the disk as one in use does, and is thrown away. The seconds
are told apart: what the generator takes, and what the database takes (COPY, indexes, commit, ANALYZE).
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import create_engine, func, select

import sample_data.build
import sample_data.write
from data_access.load.bulk import append_rows
from sample_data.write import PostgresqlWriter
from tests.benchmarks.measuring import MEGABYTE, machine, report
from tests.support.databases import empty_database
from tests.support.postgres import postgres_server


def main(arguments: list[str] | None = None) -> int:
    """Measures and reports."""
    options = _parser().parse_args(arguments)
    with ExitStack() as stack:
        url = options.url or empty_database(stack.enter_context(postgres_server(durable=True)))
        seconds = {"copying": 0.0, "publishing": 0.0}
        started = time.perf_counter()
        with _timed(seconds):
            rows = sample_data.build.build(scale=options.scale, url=url, quiet=True)
        total = time.perf_counter() - started
        size = _size(url)
    result = {
        "households": rows["household"],
        "rows": sum(rows.values()),
        "seconds": round(total, 1),
        "generating_seconds": round(total - sum(seconds.values()), 1),
        "copying_seconds": round(seconds["copying"], 1),
        "publishing_seconds": round(seconds["publishing"], 1),
        "database_mb": size // MEGABYTE,
        **machine(),
    }
    report(result, options.output)
    return 0


@contextmanager
def _timed(seconds: dict[str, float]) -> Iterator[None]:
    """Adds up what the database takes within: the copying of rows and making them visible."""
    with (
        patch.object(sample_data.write, "append_rows", _clocked(append_rows, "copying", seconds)),
        patch.object(PostgresqlWriter, "publish", _clocked(PostgresqlWriter.publish, "publishing", seconds)),
    ):
        yield


def _clocked(function: Callable[..., Any], step: str, seconds: dict[str, float]) -> Callable[..., Any]:
    def run(*arguments: Any) -> Any:
        started = time.perf_counter()
        try:
            return function(*arguments)
        finally:
            seconds[step] += time.perf_counter() - started

    return run


def _size(url: str) -> int:
    """The bytes of a database on the server."""
    engine = create_engine(url)
    with engine.connect() as connection:
        size = connection.execute(select(func.pg_database_size(func.current_database()))).scalar_one()
    engine.dispose()
    return int(size)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.filling", description=__doc__)
    parser.add_argument("--url", help="an empty PostgreSQL database; without it one that is thrown away")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--output", type=Path, help="JSON file; without it the screen")
    return parser


if __name__ == "__main__":
    sys.exit(main())
