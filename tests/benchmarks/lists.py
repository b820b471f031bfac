"""Long lists, filtered, sorted and paged in the database: `python -m tests.benchmarks.lists --runs 5`.

The list of all households and the lists that score them all, over the database that HOUSEHOLD_DATABASE_URL names. One
turn is a count and a page of 50 rows, as a visitor waits for them: begun with what is kept for all readers, as in the
app, and nothing else from its caches. `first` is the turn that makes what is kept; `--kept no` leaves that out.
"""

import argparse
import sys
import time
from pathlib import Path

from data_access.database.engine import HouseholdDatabase, Snapshot, household_url
from data_access.database.shared_tables import KeptTables
from data_access.lists import lists
from data_access.risk.rulebook import load_rulebook
from data_access.scope import Scope
from tests.benchmarks.measuring import machine, report, spread
from tests.support.lists import asked

TURNS: dict[str, dict[str, object]] = {
    "households": {"metric": "households"},
    "households of one type by persons": {
        "metric": "households",
        "filters": (("household_type", "lifted_out"),),
        "sort": "persons",
        "descending": True,
    },
    "households of a township": {"metric": "households", "place": "610902110", "sort": "group_no"},
    "red": {"metric": "red_households"},
    "no warning": {"metric": "no_warning_households"},
    "red or yellow by a rule": {"metric": "warned_households", "filters": (("rule", "income_below_line"),)},
    "off-farm workers": {"metric": "off_farm_workers", "filters": (("channel", "transfer"),), "sort": "started_on"},
}
LAST_PAGE = 2_000
"""Rows before the page in every second turn: far down a list costs more than its beginning."""


def main(arguments: list[str] | None = None) -> int:
    """Measures and reports."""
    options = _parser().parse_args(arguments)
    database = HouseholdDatabase(household_url())
    result: dict[str, object] = {}
    with database.connect() as (connection, version):
        kept = KeptTables() if options.kept == "yes" else None
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook(), kept=kept)
        result["first"] = _turn(snapshot, TURNS["red"], offset=0)
        for name, turn in TURNS.items():
            seconds = [_turn(snapshot, turn, offset=LAST_PAGE * (run % 2)) for run in range(options.runs)]
            result[name] = spread(seconds)
    database.dispose()
    report({**result, **machine()}, options.output)
    return 0


def _turn(snapshot: Snapshot, turn: dict[str, object], *, offset: int) -> float:
    chosen = dict(turn)
    place = chosen.pop("place", None)
    order = {name: chosen.pop(name) for name in ("sort", "descending") if name in chosen}
    scope = Scope.district().narrowed(None if place is None else str(place))
    assert snapshot.version.cut_off is not None
    arguments = {"scope": scope, "on": snapshot.version.cut_off, **chosen}
    started = time.perf_counter()
    lists.count_list(snapshot, **asked(**arguments))
    lists.read_list(snapshot, **asked(**arguments, **order, language="zh", offset=offset, limit=50))
    return time.perf_counter() - started


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.lists", description=__doc__)
    parser.add_argument("--kept", choices=("yes", "no"), default="yes")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--output", type=Path, help="JSON file; without it the screen")
    return parser


if __name__ == "__main__":
    sys.exit(main())
