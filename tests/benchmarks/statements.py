"""Every statement of the query walk on a whole district, the slowest first: `python -m tests.benchmarks.statements`.

The walk of the tests (`tests/support/query_walk.py`) asks every query of the app over a handful of rows; here it asks
a database of any size, every list besides without a filter. What a statement takes is counted until all its rows have
arrived. On PostgreSQL the slow ones are then explained: a loop that ran for many rows where the planner expected next
to none is named, since it is what gets out of hand when a table grows.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from unittest.mock import patch

from sqlalchemy import Connection, Engine, Select, event, make_url, select

from data_access.database.engine import HouseholdDatabase, Snapshot, household_url
from data_access.database.shared_tables import KeptTables
from data_access.facts.monthly import read_monthly_facts
from data_access.lists import lists
from data_access.risk.rulebook import load_rulebook
from data_access.schema.tables import household, monitoring_case, project
from data_access.scope import Scope
from tests.benchmarks.measuring import machine, report
from tests.support import query_walk
from tests.support.editions import of_metrics
from tests.support.query_walk import FEW, metric_of_frame, query_functions, turns

FEW_EXPECTED = 10
"""A loop for at most so many expected rows looks cheap to a planner …"""

MANY_FOUND = 1_000
"""… and is not if it runs for as many as this."""

TOWNSHIP_DIGITS = 9
PAGE, BATCH = 50, 20_000


@dataclass
class Sent:
    """One statement as the driver received it."""

    query: str
    text: str
    parameters: Any
    seconds: float


def main(arguments: list[str] | None = None) -> int:
    """Measures and reports. Returns 1 when a statement took longer than --most, else 0."""
    options = _parser().parse_args(arguments)
    url = make_url(options.url) if options.url else household_url()
    database = HouseholdDatabase(url)
    with database.connect() as (connection, version):
        rulebook, kept = load_rulebook(), KeptTables() if options.kept == "yes" else None
        snapshot = Snapshot(connection=connection, version=version, rulebook=rulebook, kept=kept)
        sent = sorted(_walked(snapshot, of=options.of), key=lambda one: -one.seconds)
        loops = []
        if connection.dialect.name == "postgresql":
            slow = [one for one in sent if one.seconds >= options.explain]
            loops = [{"query": one.query, **loop} for one in slow for loop in _misjudged(connection, one)]
    database.dispose()
    result = {
        "database": url.get_backend_name(),
        "statements": len(sent),
        "seconds": round(sum(one.seconds for one in sent), 2),
        "slowest": [{"query": one.query, "seconds": round(one.seconds, 3)} for one in sent[: options.slowest]],
        "misjudged_loops": loops,
        **machine(),
    }
    report(result, options.output)
    return int(sent[0].seconds > options.most)


def _walked(snapshot: Snapshot, *, of: str) -> list[Sent]:
    """Every statement of the walk, of the queries whose names contain `of`."""
    with (
        patch.object(query_walk, "VALUES", {**query_walk.VALUES, **_values(snapshot)}),
        of_metrics(*FEW),  # as lists do
        _Recorder(snapshot.connection.engine) as recorder,
    ):
        for name, function in query_functions().items():
            if of not in name or name.rpartition(".")[2].startswith("_"):
                continue
            recorder.query = name
            for arguments in turns(function, snapshot):
                made = function(snapshot, **arguments)
                if isinstance(made, Iterator):
                    list(made)
            recorder.end_of_query()
        for frame, metric in metric_of_frame().items():
            recorder.query = f"the list {frame}"
            if of not in recorder.query:
                continue
            request = lists.ListRequest(metric=metric, on=snapshot.cut_off, limit=PAGE)
            lists.read_list(snapshot, scope=Scope.district(), request=request, language="zh")
            lists.count_list(snapshot, scope=Scope.district(), request=request)
    return recorder.sent


def _values(snapshot: Snapshot) -> dict[str, tuple[Any, ...]]:
    """What the walk is to ask about, of those that this database holds."""

    def some(query: Select, most: int) -> tuple[Any, ...]:
        return tuple(snapshot.connection.execute(query.limit(most)).scalars())

    watched = some(select(monitoring_case.c.household_id).distinct().order_by(monitoring_case.c.household_id), 50)
    villages = some(select(household.c.village_code).where(household.c.household_id == watched[0]), 1)
    return {
        "on": (snapshot.cut_off,),
        "_on": (snapshot.cut_off,),
        "until": (snapshot.cut_off,),
        "rules_of": (snapshot.cut_off,),
        "months": (read_monthly_facts(snapshot).months,),
        "household_id": watched[:1],
        "household_ids": (watched,),
        "project_ids": (some(select(project.c.project_id).order_by(project.c.project_id), 50),),
        "township": (villages[0][:TOWNSHIP_DIGITS],),
        "without": (watched[:1],),
        "concluded": ((), tuple((one, "watch") for one in watched)),
        "rows": (BATCH,),
    }


class _Recorder:
    """Takes the time of every statement that is sent while it is open."""

    def __init__(self, engine: Engine) -> None:
        self.query = ""
        self.sent: list[Sent] = []
        self._engine = engine
        self._streamed: tuple[Sent, float] | None = None

    def __enter__(self) -> Self:
        event.listen(self._engine, "before_cursor_execute", self._before)
        event.listen(self._engine, "after_cursor_execute", self._after)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._before)
        event.remove(self._engine, "after_cursor_execute", self._after)
        self.end_of_query()

    def end_of_query(self) -> None:
        """Rows that come in parts have all arrived by now."""
        if self._streamed is not None:
            one, began = self._streamed
            one.seconds, self._streamed = time.perf_counter() - began, None

    def _before(self, _connection: Any, _cursor: Any, text: str, parameters: Any, context: Any, _many: bool) -> None:
        self.end_of_query()
        self.sent.append(Sent(self.query, text, parameters, time.perf_counter()))

    def _after(self, _connection: Any, _cursor: Any, _text: str, _parameters: Any, context: Any, _many: bool) -> None:
        one = self.sent[-1]
        began, one.seconds = one.seconds, time.perf_counter() - one.seconds
        if context.execution_options.get("stream_results"):
            self._streamed = one, began


def _misjudged(connection: Connection, one: Sent) -> Iterator[dict[str, Any]]:
    """The loops of a statement that ran for many rows where few were expected."""
    cursor: Any = connection.connection.cursor()
    cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {one.text}", one.parameters)
    (plan,) = cursor.fetchone()
    yield from _loops(plan[0]["Plan"])


def _loops(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    parts = node.get("Plans", [])
    if node["Node Type"] == "Nested Loop":
        outer, inner = parts[:2]
        expected, found = outer["Plan Rows"], outer["Actual Rows"] * outer["Actual Loops"]
        if expected <= FEW_EXPECTED and found >= MANY_FOUND:
            yield {"expected": expected, "found": found, "repeated": _shown(inner), "after": _shown(outer)}
    for part in parts:
        yield from _loops(part)


def _shown(node: dict[str, Any]) -> str:
    of = node.get("Relation Name") or node.get("CTE Name") or node.get("Alias") or ""
    return f"{node['Node Type']} {of}".strip()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.statements", description=__doc__)
    parser.add_argument("--url", help="a household database; without it that of HOUSEHOLD_DATABASE_URL")
    parser.add_argument("--of", default="", help="only queries whose names contain this, e.g. cases, or `the list`")
    parser.add_argument("--kept", choices=("yes", "no"), default="yes", help="whether to begin with what is kept")
    parser.add_argument("--slowest", type=int, default=10, help="how many statements are named")
    parser.add_argument("--explain", type=float, default=0.3, help="from how many seconds on a statement is explained")
    parser.add_argument("--most", type=float, default=5.0, help="seconds that no statement may exceed")
    parser.add_argument("--output", type=Path, help="JSON file; without it the screen")
    return parser


if __name__ == "__main__":
    sys.exit(main())
