"""How fast files are written: python -m tests.benchmarks.files

CSV is compared with DuckDB's own COPY of the same rows in the same run; an Excel file is timed.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from data_access.files import export
from data_access.files.export import About, FileColumn
from tests.benchmarks.measuring import machine, percentile, report

ABOUT = About(title="说明", lines=(), rows_label="行数", hash_label="SHA-256", columns_label="列")
TEXTS, NUMBERS, DAYS = 12, 14, 4


def rows_of(count: int) -> pd.DataFrame:
    """Rows of 30 columns: names, numbers, dates."""
    random = np.random.default_rng(2022)
    texts = {f"t{n}": pd.Series([f"农户{row % 977}{n}" for row in range(count)], dtype="str") for n in range(TEXTS)}
    numbers = {f"n{n}": random.integers(0, 90_000, count) for n in range(NUMBERS)}
    start = pd.Timestamp("2022-01-01")
    days = {f"d{n}": start + pd.to_timedelta(random.integers(0, 500, count), unit="D") for n in range(DAYS)}
    return pd.DataFrame(texts | numbers | days)


def columns_of(rows: pd.DataFrame) -> list[FileColumn]:
    """The columns of the file of such rows."""
    kinds = {"t": "text", "n": "number", "d": "date"}
    return [FileColumn(key=str(name), title=str(name), kind=kinds[str(name)[0]]) for name in rows]


def chunks_of(rows: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """The rows in the parts in which a query hands them over."""
    for start in range(0, len(rows), export.CHUNK_ROWS):
        yield rows.iloc[start : start + export.CHUNK_ROWS]


def csv_ratio(rows: pd.DataFrame, *, folder: Path) -> float:
    """Seconds of our CSV ÷ seconds of DuckDB's COPY, one turn each."""
    started = time.perf_counter()
    export.write_csv(folder / "ours.csv", columns=columns_of(rows), chunks=chunks_of(rows))
    ours = time.perf_counter() - started
    with duckdb.connect() as connection:
        connection.register("source", rows)
        connection.execute("CREATE TABLE copied AS SELECT * FROM source")
        started = time.perf_counter()
        connection.execute(f"COPY copied TO '{folder / 'theirs.csv'}' (HEADER)")
        return ours / (time.perf_counter() - started)


def xlsx_seconds(rows: pd.DataFrame, *, folder: Path) -> float:
    """Seconds of an Excel file."""
    started = time.perf_counter()
    export.write_xlsx(folder / "ours.xlsx", sheet="名单", columns=columns_of(rows), chunks=chunks_of(rows), about=ABOUT)
    return time.perf_counter() - started


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=148_000)
    parser.add_argument("--xlsx-rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--output", type=Path)
    options = parser.parse_args(argv)
    rows = rows_of(options.rows)
    few = rows.iloc[: options.xlsx_rows, [0, 1, 2, 3, 4, 5, 12, 13, 14, 15, 26, 27]]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ratios = [csv_ratio(rows, folder=folder) for _ in range(options.runs)]
        result = {
            "rows": len(rows),
            "columns": rows.shape[1],
            "csv_ratio": round(percentile(ratios, 50), 3),
            "xlsx_rows": len(few),
            "xlsx_columns": few.shape[1],
            "xlsx_seconds": round(xlsx_seconds(few, folder=folder), 2),
            **machine(),
        }
    report(result, options.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
