"""The app against what one would otherwise write: `python -m tests.benchmarks.against_pandas`.

The lamps of all households on one day, counted by village, from the same database: `read_sql` and a function applied
row by row; `read_sql` and vectorised pandas; the app's rule book in SQL. The three counts must be equal, or the
benchmark fails. Then all months: vectorised pandas for the lamps of every month end, against the app's recompute of all
monthly facts, which are more than lamps.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
from sqlalchemy import func, make_url, select

from data_access.clock import Months, last_day, month_number
from data_access.database.engine import HouseholdDatabase, Snapshot, household_url
from data_access.database.frames import read_frame
from data_access.households.population import households_on, read_first_month
from data_access.risk.rulebook import load_rulebook
from data_access.risk.scoring import scored
from data_access.scope import Scope
from tests.benchmarks.measuring import machine, report
from tests.benchmarks.pandas_scoring import input_columns, lamps_row_by_row, lamps_vectorised
from tests.benchmarks.recompute import recompute

Count = Callable[[Snapshot, date], pd.DataFrame]


def main(arguments: list[str] | None = None) -> int:
    """Measures and reports. Raises AssertionError when the counts differ."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.against_pandas", description=__doc__)
    parser.add_argument("--url", help="a household database; without it that of HOUSEHOLD_DATABASE_URL")
    parser.add_argument("--runs", type=int, default=5, help="turns that are measured; row by row runs once")
    parser.add_argument("--output", type=Path, help="JSON file; without it the screen")
    options = parser.parse_args(arguments)
    url = make_url(options.url) if options.url else household_url()
    database = HouseholdDatabase(url)
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        row_by_row, expected = _timed(_row_by_row, snapshot)
        vectorised: list[float] = []
        in_sql: list[float] = []
        for turn in range(options.runs + 1):
            for count, seconds in ((_vectorised, vectorised), (_in_sql, in_sql)):
                taken, counts = _timed(count, snapshot)
                pd.testing.assert_frame_equal(counts, expected)
                if turn:
                    seconds.append(taken)
        every_month = sum(_timed(_vectorised, snapshot, on=day)[0] for day in _month_ends(snapshot))
    database.dispose()
    recomputes = [recompute(url).seconds for _ in range(options.runs)]
    one_month, all_months = statistics.median(in_sql), statistics.median(recomputes)
    result = {
        "database": url.get_backend_name(),
        "day": str(snapshot.cut_off),
        "households": int(expected["households"].sum()),
        "lamps": {str(lamp): int(count) for lamp, count in expected.groupby("lamp")["households"].sum().items()},
        "runs": options.runs,
        "seconds": {
            "read_sql_and_apply": round(row_by_row, 2),
            "read_sql_and_vectorised_pandas": round(statistics.median(vectorised), 3),
            "read_sql_and_vectorised_pandas_lamps_of_all_months": round(every_month, 2),
            "app_one_month": round(one_month, 3),
            "app_recompute_of_all_months": round(all_months, 3),
        },
        "times_the_app": {
            "read_sql_and_apply": round(row_by_row / one_month, 1),
            "read_sql_and_vectorised_pandas": round(statistics.median(vectorised) / one_month, 1),
            "read_sql_and_vectorised_pandas_lamps_of_all_months": round(every_month / all_months, 1),
        },
        **machine(),
    }
    report(result, options.output)
    return 0


def _month_ends(snapshot: Snapshot) -> list[date]:
    """The days that the monthly facts judge."""
    first = read_first_month(snapshot, scope=Scope.everything())
    months = Months(first=first or month_number(snapshot.cut_off), cut_off=snapshot.cut_off)
    return [min(last_day(month), snapshot.cut_off) for month in months.texts]


def _timed(count: Count, snapshot: Snapshot, *, on: date | None = None) -> tuple[float, pd.DataFrame]:
    """Seconds, and households by village and lamp in one order. Without a day: the cut-off."""
    started = time.perf_counter()
    counts = count(snapshot, on or snapshot.cut_off)
    seconds = time.perf_counter() - started
    return seconds, counts.sort_values(["village_code", "lamp"], ignore_index=True)


def _row_by_row(snapshot: Snapshot, on: date) -> pd.DataFrame:
    frame = _read_sql(snapshot, on)
    return _counted(frame.assign(lamp=lamps_row_by_row(frame, rulebook=snapshot.rulebook, on=on)))


def _vectorised(snapshot: Snapshot, on: date) -> pd.DataFrame:
    frame = _read_sql(snapshot, on)
    return _counted(frame.assign(lamp=lamps_vectorised(frame, rulebook=snapshot.rulebook, on=on)))


def _in_sql(snapshot: Snapshot, on: date) -> pd.DataFrame:
    lamps = scored(
        households_on(on, scope=Scope.everything()), rulebook=snapshot.rulebook, on=on, keep=["village_code"]
    ).subquery("lamps")
    query = select(lamps.c.village_code, lamps.c.lamp, func.count().label("households")).group_by(
        lamps.c.village_code, lamps.c.lamp
    )
    return read_frame(snapshot.connection, query)


def _read_sql(snapshot: Snapshot, on: date) -> pd.DataFrame:
    """The households of a day with what the rules look at, and nothing else."""
    households = households_on(on, scope=Scope.everything())
    names = ["village_code", *input_columns(snapshot.rulebook, on=on)]
    return pd.read_sql(select(*(households.c[name] for name in names)), snapshot.connection)


def _counted(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.groupby(["village_code", "lamp"]).size().reset_index(name="households")


if __name__ == "__main__":
    sys.exit(main())
