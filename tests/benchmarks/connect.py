"""How fast a department's database is read into the board's: `python -m tests.benchmarks.connect`.

An invented office on a PostgreSQL of its own, or the source at --source, in the shape of docs/connection.yaml. In one
run: its mapped tables read bare (SELECT *, the driver's rows in batches, nothing done with them); a first refresh; one
that compares everything and finds nothing new; one that finds the source as it was left. Ratios are to the bare reading
before, in seconds and in processor time of this process; a server's own is not in it. What a server works out for
readers once a refresh can be seen is counted by itself (`kept_after`).
"""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Column, MetaData, Table, create_engine, func, insert, make_url, select

from data_access.connect.mapping import SourceMapping, read_mapping
from data_access.connect.refresh import Refreshed, RunState, refresh
from data_access.load.kept_results import finish_older
from tests.benchmarks.measuring import machine, report
from tests.support.databases import empty_database
from tests.support.mariadb import mariadb_server
from tests.support.office import write_office
from tests.support.office_tables import office
from tests.support.postgres import postgres_server
from tests.support.server import ROOT

BATCH = 20_000

Took = dict[str, float]
"""Seconds, and seconds of this process's processor time."""


def main(arguments: list[str] | None = None) -> int:
    """Measures and reports. Returns 1 where a run changed what it should not have."""
    options = _parser().parse_args(arguments)
    mapping = read_mapping(options.mapping)
    with ExitStack() as stack:
        source, target = _databases(options, stack)
        sizes = _sizes(source, options.tables)
        runs: dict[str, Took] = {}
        state: RunState | None = None
        changed: list[int] = []
        for name, last in (("first", False), ("compared", False), ("unchanged", True)):
            bare, _ = _clocked(lambda: _read_bare(source, options.tables))
            took, done = _clocked(lambda: _refresh(source, mapping, target, last=state if last else None))  # noqa: B023
            state = done.state
            changed.append(done.changed)
            kept, _ = _clocked(finish_older)
            runs |= {f"bare_before_{name}": bare, name: took, f"kept_after_{name}": kept}
            runs[name] |= {f"{unit}_ratio": round(took[unit] / bare[unit], 2) for unit in ("seconds", "cpu_seconds")}
    result = {
        "source": source.get_backend_name(),
        "target": target.get_backend_name(),
        "rows_of_theirs": sum(sizes.values()),
        "rows_of_ours": changed[0],
        "runs": runs,
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        **machine(),
    }
    report(result, options.output)
    return 0 if changed[0] and not any(changed[1:]) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.connect", description=__doc__)
    parser.add_argument("--source", help="a source in the shape of the mapping; without it one is made")
    parser.add_argument("--households", type=int, default=3000, help="of the source that is made")
    parser.add_argument("--mapping", type=Path, default=ROOT / "docs" / "connection.yaml")
    parser.add_argument("--tables", nargs="+", default=list(office.tables), help="the tables that are read bare")
    parser.add_argument("--mariadb", action="store_true", help="copy the source into a MariaDB first and read that")
    parser.add_argument("--target", help="an empty household database; without it an embedded one is made")
    parser.add_argument("--output", type=Path, help="JSON file; without it the screen")
    return parser


def _databases(options: argparse.Namespace, stack: ExitStack) -> tuple[URL, URL]:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="connect-")))
    if options.source:
        source = make_url(options.source)
    else:
        source = make_url(empty_database(stack.enter_context(postgres_server())))
        write_office(source, households=options.households)
    if options.mariadb:
        copy = stack.enter_context(mariadb_server(folder))
        _copy(source, copy, options.tables)
        source = copy
    target = make_url(options.target) if options.target else URL.create("duckdb", database=str(folder / "household"))
    return source, target


@contextmanager
def _opened(source: URL, tables: list[str]) -> Iterator[tuple[Any, list[Table]]]:
    engine, held = create_engine(source), MetaData()
    held.reflect(engine, only=tables, resolve_fks=False)
    with engine.connect().execution_options(stream_results=True, max_row_buffer=BATCH) as connection:
        yield connection, list(held.tables.values())
    engine.dispose()


def _read_bare(source: URL, tables: list[str]) -> None:
    with _opened(source, tables) as (connection, held):
        for table in held:
            cursor = connection.execute(select(table)).cursor
            while cursor.fetchmany(BATCH):
                pass


def _sizes(source: URL, tables: list[str]) -> dict[str, int]:
    with _opened(source, tables) as (connection, held):
        return {one.name: connection.execute(select(func.count()).select_from(one)).scalar_one() for one in held}


def _copy(source: URL, copy: URL, tables: list[str]) -> None:
    """Tables as they are, but for keys and indexes, in another make."""
    engine = create_engine(copy)
    with _opened(source, tables) as (connection, held), engine.begin() as written:
        for table in held:
            same = Table(table.name, MetaData(), *(Column(one.name, one.type.as_generic()) for one in table.c))
            same.create(written)
            for rows in connection.execute(select(table)).mappings().partitions(BATCH):
                written.execute(insert(same), [dict(row) for row in rows])
    engine.dispose()


def _refresh(source: URL, mapping: SourceMapping, target: URL, *, last: RunState | None) -> Refreshed:
    return refresh(source, mapping, target=target, name="benchmark", create=True, last=last)


def _clocked(work: Callable[[], Any]) -> tuple[Took, Any]:
    started, cpu = time.perf_counter(), time.process_time()
    done = work()
    took = {"seconds": time.perf_counter() - started, "cpu_seconds": time.process_time() - cpu}
    return {unit: round(value, 2) for unit, value in took.items()}, done


if __name__ == "__main__":
    sys.exit(main())
