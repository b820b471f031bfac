"""A sample multiplied into many districts, and what the app then takes: `python -m tests.benchmarks.scale`.

    python -m tests.benchmarks.scale multiply --url duckdb:////tmp/one/household --times 7 --output /tmp/seven.duckdb
    python -m tests.benchmarks.scale measure --url duckdb:////tmp/seven.duckdb --runs 3

Each copy is a district of its own: the first six digits of every code and number, which are the county's, are others,
and with them its villages. The first copy keeps its numbers, so the same places and households are asked for at every
size. What is measured is a recompute of the monthly facts, pages of lists, the page of one household, and a search,
each without the app's caches.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb
from sqlalchemy import String, Table, func, make_url, select
from sqlalchemy.schema import CreateTable

from data_access.cases.elimination import read_watched
from data_access.clock import Months
from data_access.database.engine import EMBEDDED_OPTIONS, HouseholdDatabase, Snapshot, household_url
from data_access.database.versions import current_file
from data_access.facts.monthly import read_monthly_facts
from data_access.households import search
from data_access.households.file import read_household, read_members
from data_access.households.timeline import read_story
from data_access.lists import lists
from data_access.risk.rulebook import load_rulebook
from data_access.schema.tables import household, metadata
from data_access.scope import Scope
from data_access.warnings.explanation import read_explanation, read_score_history
from tests.benchmarks.measuring import MEGABYTE, machine, report
from tests.benchmarks.recompute import peak_memory

COUNTY = "610902"
TOWNSHIP = "610902110"

_NUMBERED = ("household_id", "member_id", "case_id", "follows_case_id", "need_id", "measure_id", "clue_id", "helper_id")
_PLACED = ("code", "parent_code", "village_code", "township_code", "grid_code", "region_code")
_SHARED = ("department", "data_load")
"""Tables of which every district has the same rows."""


def multiply(source: Path, target: Path, *, times: int, memory: str) -> None:
    """Writes a database of `times` districts like the one of `source`.

    Without keys: DuckDB keeps the index of a key in memory, and at ten million households that is more than a small
    machine has.
    """
    with duckdb.connect(str(target)) as connection:
        connection.execute(f"SET memory_limit = '{memory}'")
        connection.execute("SET preserve_insertion_order = false")
        connection.execute(f"SET temp_directory = '{target}.tmp'")
        connection.execute(f"ATTACH '{source}' AS one (READ_ONLY)")
        for declared in metadata.sorted_tables:
            bare = Table(declared.name, type(metadata)(), *(_without_key(column) for column in declared.columns))
            connection.execute(str(CreateTable(bare)))
            for number in range(1 if declared.name in _SHARED else times):
                columns = ", ".join(_copied(column, number=number) for column in declared.columns)
                connection.execute(f'INSERT INTO "{declared.name}" SELECT {columns} FROM one."{declared.name}"')
        connection.execute("CHECKPOINT")


def _without_key(column: Any) -> Any:
    bare = column._copy()
    bare.primary_key = False
    return bare


def _copied(column: Any, *, number: int) -> str:
    """A column of the copy with this number: codes and numbers are those of another county."""
    name = f'"{column.name}"'
    if number == 0 or not isinstance(column.type, String) or not _is_numbered(column):
        return name
    county = f"'{int(COUNTY) + 1000 * number:06d}'"
    return f"CASE WHEN {name} LIKE '{COUNTY}%' THEN {county} || substr({name}, 7) ELSE {name} || '-{number}' END"


def _is_numbered(column: Any) -> bool:
    return column.name in (*_NUMBERED, *_PLACED) or (column.primary_key and column.table.name not in _SHARED)


def measure(url: Any, *, runs: int) -> dict[str, Any]:
    """What each question takes, and the memory of the process at most. On DuckDB, which runs within it, the seconds of
    all its processors together tell more on a busy machine than those on the clock."""
    database = HouseholdDatabase(url)
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        households = connection.execute(select(func.count()).select_from(household)).scalar_one()
        kept: dict[str, int] = {}
        questions: dict[str, Callable[[], Any]] = {"recompute": lambda: kept.update(rows=_count_facts(snapshot))}
        questions |= _questions(snapshot, _some_household(snapshot))
        seconds: dict[str, dict[str, float]] = {}
        memory: dict[str, int] = {"start": peak_memory() // MEGABYTE}
        for name, question in questions.items():
            seconds[name] = _clocked(question, runs)
            memory[name] = peak_memory() // MEGABYTE
            print(f"{name}: {seconds[name]}", file=sys.stderr, flush=True)
    database.dispose()
    return {
        "households": households,
        "seconds": seconds,
        "facts_rows": kept["rows"],
        "memory_mb_until": memory,
    }


def _count_facts(snapshot: Snapshot) -> int:
    """Recomputes the monthly facts; returns their rows."""
    return sum(len(frame) for frame in read_monthly_facts(snapshot).frames.values())


def _clocked(question: Callable[[], Any], runs: int) -> dict[str, float]:
    """Medians. The first turn is not counted: it reads from the disk what the others find in memory."""
    clock, processors = [], []
    for _ in range(runs + 1):
        started, cpu = time.perf_counter(), time.process_time()
        question()
        clock.append(time.perf_counter() - started)
        processors.append(time.process_time() - cpu)
    turns = clock[1:]
    figures = {"median": statistics.median(turns), "min": min(turns), "max": max(turns)}
    figures |= {"first": clock[0], "cpu_median": statistics.median(processors[1:])}
    return {name: round(value, 3) for name, value in figures.items()}


def _some_household(snapshot: Snapshot) -> str:
    """A household that is watched, of the district that all sizes have."""
    scope = Scope.district().narrowed(COUNTY)
    page = lists.read_list(
        snapshot,
        scope=scope,
        request=lists.ListRequest(metric="open_households", on=snapshot.cut_off, offset=0, limit=1),
        language="zh",
    )
    return str(page["household_id"].iloc[0])


def _questions(snapshot: Snapshot, number: str) -> dict[str, Callable[[], Any]]:
    on, everywhere = snapshot.cut_off, Scope.district()
    place = everywhere.narrowed(TOWNSHIP)

    def page(metric: str, scope: Scope, filters: lists.Filters = ()) -> Callable[[], Any]:
        def read() -> None:
            request = lists.ListRequest(metric, on, filters=filters)
            lists.count_list(snapshot, scope=scope, request=request)
            lists.read_list(snapshot, scope=scope, request=replace(request, limit=50), language="zh")

        return read

    def find(text: str, scope: Scope) -> Callable[[], Any]:
        def read() -> None:
            search.count_found(snapshot, scope=scope, text=text)
            search.read_found(snapshot, scope=scope, text=text, language="zh", offset=0, limit=50)

        return read

    return {
        "list of one type, everywhere": page("households", everywhere, (("household_type", "lifted_out"),)),
        "list of one township": page("households", place),
        "red households, everywhere": page("red_households", everywhere),
        "red households of one township": page("red_households", place),
        "one household": lambda: _household_page(snapshot, number, on=on),
        "search of a name": find("王文", everywhere),
        "search of a number": find(number, everywhere),
    }


def _household_page(snapshot: Snapshot, number: str, *, on: date) -> None:
    """What the page of a household asks for."""
    asked: dict[str, Any] = {"scope": Scope.district(), "household_id": number}
    read_household(snapshot, **asked, on=on, language="zh")
    read_members(snapshot, **asked, on=on)
    read_story(snapshot, **asked, on=on)
    read_explanation(snapshot, **asked, on=on)
    read_watched(snapshot, **asked, on=on)
    read_score_history(snapshot, **asked, months=Months(first=on.year * 12 + on.month - 17, cut_off=on))


def main(arguments: list[str] | None = None) -> int:
    """Multiplies or measures."""
    options = _parser().parse_args(arguments)
    url = make_url(options.url) if options.url else household_url()
    if options.what == "measure":
        with patch.dict(EMBEDDED_OPTIONS["config"], {"memory_limit": options.memory}):
            report({**measure(url, runs=options.runs), **machine()}, options.output)
        return 0
    started = time.perf_counter()
    multiply(current_file(Path(str(url.database))), options.output, times=options.times, memory=options.memory)
    size = options.output.stat().st_size // MEGABYTE
    report({"seconds": round(time.perf_counter() - started, 1), "file_mb": size, **machine()}, None)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.scale", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("what", choices=("multiply", "measure"))
    parser.add_argument("--url", help="a household database; without it that of HOUSEHOLD_DATABASE_URL")
    parser.add_argument("--times", type=int, default=7, help="districts to make")
    parser.add_argument("--memory", default="8GB", help="what DuckDB may hold; beyond it works on disk")
    parser.add_argument("--runs", type=int, default=3, help="turns that are measured, after one that is not")
    parser.add_argument("--output", type=Path, help="the database to write, or a JSON file instead of the screen")
    return parser


if __name__ == "__main__":
    sys.exit(main())
