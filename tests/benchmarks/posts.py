"""A report a minute under twenty readers: `python -m tests.benchmarks.posts --minutes 10`.

Readers turn from link to link with pauses while blocks with and without reports alternate, so that whatever else the
machine does falls on both. In a block with reports another process of the office writes one a minute into the ledger;
the server's one writer puts it into the embedded database, and the facts it touches are counted again. Told: how long
readers waited in the blocks of either kind, and their ratio. It works on a copy of the database.
"""

import argparse
import random
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import URL, make_url, select

from data_access.database.engine import household_url, open_engine
from data_access.ledger.ledger import Ledger
from data_access.load.posted import read_posted
from data_access.reports.kinds import load_report_kinds
from data_access.reports.records import FieldReport, add_reports
from data_access.schema.tables import household
from data_access.scope import Scope
from tests.benchmarks.load import LINKS
from tests.benchmarks.measuring import machine, measured_app, report, spread
from tests.support.sessions import ScriptFailedError, Session

DAY = date(2022, 9, 30)


@dataclass
class Measured:
    """Seconds of runs, in blocks with reports (True) and without."""

    runs: dict[bool, list[float]] = field(default_factory=lambda: {True: [], False: []})
    errors: list[str] = field(default_factory=list)
    posting: bool = False
    over: threading.Event = field(default_factory=threading.Event)


def main(arguments: list[str] | None = None) -> int:
    """Measures and reports. Returns 1 when a run failed or a report is not in the data, else 0."""
    options = _parser().parse_args(arguments)
    measured = Measured()
    with _office() as (household_copy, ledger_url, env), measured_app(None, env=env) as (url, process):
        with Session(url) as session:
            for link in ["", *LINKS]:
                session.run(query=link)
        with ThreadPoolExecutor(options.sessions) as threads:
            for number in range(options.sessions):
                threads.submit(_read, url, number, options.think, measured)
            sent = _alternate(options, household_copy, ledger_url, measured)
            measured.over.set()
        engine = open_engine(household_copy)
        with engine.connect() as connection:
            posted = len(read_posted(connection))
        memory = process.memory_info().rss if process else None
    with_reports, without = (spread(measured.runs[kind]) for kind in (True, False))
    result = {
        "sessions": options.sessions,
        "think_seconds": options.think,
        "reports": sent,
        "posted": posted,
        "with_reports_seconds": with_reports,
        "without_seconds": without,
        "p95_ratio": round(with_reports["p95"] / without["p95"], 2),
        "server_memory_mb": memory and memory // 1_000_000,
        "errors": len(measured.errors),
        "error_samples": sorted(set(measured.errors))[:5],
        **machine(),
    }
    report(result, options.output)
    return 1 if measured.errors or posted != sent else 0


@contextmanager
def _office() -> Iterator[tuple[URL, URL, dict[str, str]]]:
    """A copy of the embedded database, a ledger beside it, and the environment that names both."""
    pointer = Path(household_url().database or "")
    with tempfile.TemporaryDirectory(prefix="household-posts-") as folder:
        for file in (pointer, pointer.parent / pointer.read_text(encoding="utf-8").strip()):
            shutil.copy(file, folder)
        addresses = {
            "HOUSEHOLD_DATABASE_URL": f"duckdb:///{Path(folder, pointer.name).as_posix()}",
            "LEDGER_DATABASE_URL": f"sqlite:///{Path(folder, 'ledger.sqlite').as_posix()}",
            "LEDGER_KEY_FILE": str(Path(folder, "ledger.key")),
        }
        with patch.dict("os.environ", addresses):
            yield make_url(addresses["HOUSEHOLD_DATABASE_URL"]), make_url(addresses["LEDGER_DATABASE_URL"]), addresses


def _alternate(options: argparse.Namespace, household_copy: URL, ledger_url: URL, measured: Measured) -> int:
    """Blocks without and with reports, one after the other; returns how many reports were written."""
    engine = open_engine(household_copy)
    with engine.connect() as connection:
        homes = connection.execute(
            select(*household.c["household_id", "village_code"])
            .where(household.c.closed_on.is_(None))
            .order_by(household.c.household_id)
            .limit(1_000)
        ).all()
    engine.dispose()
    ledger, kind, sent = Ledger(ledger_url), load_report_kinds()["visit"], 0
    blocks = max(1, round(options.minutes * 60 / options.block))
    for _ in range(blocks):
        for measured.posting in (False, True):
            for _ in range(max(1, round(options.block / options.every))):
                if measured.posting:
                    home, village = homes[sent]
                    values = {"kind": "home", "result": "stable"}
                    thing = kind.number(home, on=DAY, values=values)
                    one = FieldReport(kind.key, home, village, thing, DAY, "李村干", values=values)
                    sent += add_reports(ledger, [one], recorded_by="李村干", scope=Scope.everything())
                time.sleep(options.every)
    time.sleep(options.every)  # the last report comes into the data, too
    return sent


def _read(url: str, number: int, think: float, measured: Measured) -> None:
    """One reader, from opening the page until it is over."""
    choice = random.Random(number)
    try:
        with Session(url) as session:
            session.run()
            while not measured.over.is_set():
                time.sleep(think * choice.uniform(0.5, 1.5))
                kind = measured.posting
                run = session.run(query=choice.choice(LINKS))
                measured.runs[kind].append(run.seconds)
                measured.errors += run.errors
    except (OSError, TimeoutError, ScriptFailedError) as error:
        measured.errors.append(f"{type(error).__name__}: {error}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.posts", description=__doc__)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=10.0, help="with reports; as many without")
    parser.add_argument("--block", type=float, default=120.0, help="seconds of a block")
    parser.add_argument("--every", type=float, default=60.0, help="seconds between two reports")
    parser.add_argument("--think", type=float, default=10.0, help="seconds between two links, half to one and a half")
    parser.add_argument("--output", type=Path, help="JSON file; without it the screen")
    return parser


if __name__ == "__main__":
    sys.exit(main())
