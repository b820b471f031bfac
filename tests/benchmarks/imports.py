"""How fast files are loaded: python -m tests.benchmarks.imports

The sample as the national system's person sheet of 177 columns goes into a copy of the same database: every cell is
read and checked, every row compared with the database. Beside it, as a yardstick of the machine, the same file is only
taken apart by pyarrow.
"""

import argparse
import resource
import shutil
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from pyarrow import csv as arrow_csv
from sqlalchemy import create_engine, make_url

from data_access.database import versions
from data_access.database.engine import household_url
from data_access.load.kinds import load_kinds
from data_access.load.loading import load_file
from tests.benchmarks.measuring import machine, report
from tests.support.wide_sheet import WIDTH, write_csv

AS_OF = date(2022, 9, 30)


def taken_apart(path: Path) -> float:
    """Seconds in which the file is read as text alone."""
    started = time.perf_counter()
    options = arrow_csv.ReadOptions(use_threads=False, encoding="gb18030")
    for _ in arrow_csv.open_csv(path, options):
        pass
    return time.perf_counter() - started


def main(arguments: list[str] | None = None) -> int:
    """The command line. Returns 1 where a row is not accounted for, or changed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.imports", description=__doc__)
    parser.add_argument("--output", type=Path)
    options = parser.parse_args(arguments)
    current = versions.current_file(Path(str(household_url().database)))
    with tempfile.TemporaryDirectory() as folder:
        sheet, pointer = Path(folder) / "sheet.csv", Path(folder) / "household"
        engine = create_engine(f"duckdb:///{current}", connect_args={"read_only": True})
        rows = write_csv(sheet, engine)
        engine.dispose()
        file = versions.next_file(pointer)
        shutil.copyfile(current, file)
        versions.publish(pointer, file)
        yardstick = taken_apart(sheet)
        started = time.perf_counter()
        loaded = load_file(sheet, url=make_url(f"duckdb:///{pointer}"), kind=load_kinds()["persons"], as_of=AS_OF)
        seconds = time.perf_counter() - started
        result = {
            "machine": machine(),
            "rows": rows,
            "columns": WIDTH,
            "megabytes": round(sheet.stat().st_size / 1e6, 1),
            "load_seconds": round(seconds, 1),
            "taken_apart_seconds": round(yardstick, 1),
            "ratio": round(seconds / yardstick, 1),
            "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
    report(result, output=options.output)
    return 0 if loaded.rows == loaded.unchanged == rows else 1


if __name__ == "__main__":
    sys.exit(main())
