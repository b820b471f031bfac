"""Many visitors at once, without browsers: `python -m tests.benchmarks.load --sessions 20 --think 0`.

Every session opens the page, waits until all have, then turns to one link after another as a reader who changes month
and place does. Without --url the app is started for the measurement. The client shares the machine with the server, so
the times are those of a server that is somewhat slower than this one.
"""

import argparse
import random
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.measuring import machine, measured_app, percentile, report, spread
from tests.support.sessions import Run, ScriptFailedError, Session

MONTHS = [f"2022-{month:02d}" for month in range(1, 10)]
TOWNSHIPS = ["", "610902107", "610902110", "610902119"]
LINKS = [f"month={month}" + (f"&place={place}" if place else "") for place in TOWNSHIPS for month in MONTHS]
"""Four places in nine months of the sample."""


@dataclass
class Measured:
    first: list[Run] = field(default_factory=list)
    reruns: list[Run] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def main(arguments: list[str] | None = None) -> int:
    """Measures and reports. Returns 1 when any run failed, else 0."""
    options = _parser().parse_args(arguments)
    options.link = options.link or LINKS
    measured = Measured()
    with measured_app(options.url) as (url, process):
        if options.warm:
            with Session(url, page=options.page) as session:
                for link in ["", *options.link]:
                    session.run(query=link)
        everyone_is_in = threading.Barrier(options.sessions)
        started = time.perf_counter()
        with ThreadPoolExecutor(options.sessions) as threads:
            for number in range(options.sessions):
                threads.submit(_visit, url, number, options, everyone_is_in, measured)
        seconds = time.perf_counter() - started
        memory = process.memory_info().rss if process else None
    runs = [*measured.first, *measured.reruns]
    measured.errors += [f"on the page: {text}" for run in runs for text in run.errors]
    received = [run.received for run in measured.reruns]
    result = {
        "sessions": options.sessions,
        "think_seconds": options.think,
        "warm": options.warm,
        "first_run_seconds": spread([run.seconds for run in measured.first]),
        "rerun_seconds": spread([run.seconds for run in measured.reruns]),
        "reruns_per_second": round(len(measured.reruns) / seconds, 1),
        "first_run_bytes": max((run.received for run in measured.first), default=0),
        "rerun_bytes_median": percentile(received, 50) if received else None,
        "server_memory_mb": memory and memory // 1_000_000,
        "errors": len(measured.errors),
        "error_samples": sorted(set(measured.errors))[:5],
        **machine(),
    }
    report(result, options.output)
    return 1 if measured.errors else 0


def _visit(
    url: str, number: int, options: argparse.Namespace, everyone_is_in: threading.Barrier, measured: Measured
) -> None:
    """One visitor, from opening the page to the last link. Each starts elsewhere in the list of links."""
    pauses = random.Random(number)
    try:
        with Session(url, page=options.page) as session:
            measured.first.append(session.run())
            everyone_is_in.wait(timeout=120)
            for turn in range(options.reruns):
                time.sleep(options.think * pauses.uniform(0.5, 1.5))
                link = options.link[(number * 7 + turn) % len(options.link)]
                measured.reruns.append(session.run(query=link))
    except (OSError, TimeoutError, ScriptFailedError, threading.BrokenBarrierError) as error:
        measured.errors.append(f"{type(error).__name__}: {error}")
        everyone_is_in.abort()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.load", description=__doc__)
    parser.add_argument("--url", help="a running app; without it one is started")
    parser.add_argument("--page", default="", help="page of the app, e.g. rulebook")
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--reruns", type=int, default=10, help="links that each session turns to")
    parser.add_argument("--think", type=float, default=0.0, help="seconds between two links, half to one and a half")
    parser.add_argument("--link", action="append", help="what stands after the ? in a link; may be repeated")
    parser.add_argument("--warm", action="store_true", help="visit every link once before measuring")
    parser.add_argument("--output", type=Path, help="JSON file; without it the screen")
    return parser


if __name__ == "__main__":
    sys.exit(main())
