"""A working day in small: `python -m tests.benchmarks.sustained --sessions 50 --minutes 10`.

Visitors turn from page to page and from link to link with pauses, each in a session that lasts a while, then leaves and
comes back as another. Reported by windows of time: how long runs took, how many failed, and the memory of the server,
which must not grow from one window to the next without end. Without --url the app is started for the measurement.
"""

import argparse
import random
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from websockets import WebSocketException

from tests.benchmarks import pages
from tests.benchmarks.measuring import MEGABYTE, machine, measured_app, report, spread
from tests.support.sessions import Run, ScriptFailedError, Session

MOST_RUNS = 12
"""How many links a session turns to before it leaves."""


@dataclass
class Measured:
    """What happened, by seconds since the start."""

    runs: list[tuple[float, Run]] = field(default_factory=list)
    errors: list[tuple[float, str]] = field(default_factory=list)
    memory: list[tuple[float, int]] = field(default_factory=list)


def main(arguments: list[str] | None = None) -> int:
    """Measures and reports. Returns 1 when any run failed, else 0."""
    options = _parser().parse_args(arguments)
    measured = Measured()
    links = {page: pages.links_of(choices) for page, choices in pages.CHOICES.items()}
    links["household"] = [f"household={number}&month=2022-09" for number in pages.some_households(30)]
    with measured_app(options.url) as (url, process):
        start = time.monotonic()
        end = start + 60 * options.minutes
        watching = threading.Thread(target=_watch, args=(process, start, end, measured))
        watching.start()
        with ThreadPoolExecutor(options.sessions) as threads:
            visitors = [
                threads.submit(_visit, url, number, links, options.think, start, end, measured)
                for number in range(options.sessions)
            ]
        for visitor in visitors:
            visitor.result()  # one that ended before its time is an error of the measurement
        watching.join()
    report(_result(measured, options), options.output)
    return 1 if measured.errors else 0


def _visit(
    url: str,
    number: int,
    links: dict[str, list[str]],
    think: float,
    start: float,
    end: float,
    measured: Measured,
) -> None:
    """One visitor after the other, in the same place, until the time is up."""
    chance = random.Random(number)
    time.sleep(chance.uniform(0, think))
    while time.monotonic() < end:
        try:
            page = chance.choice(sorted(links))
            with Session(url, page=page) as session:
                for _ in range(chance.randint(2, MOST_RUNS)):
                    if time.monotonic() >= end:
                        break
                    run = session.run(query=chance.choice(links[page]))
                    at = time.monotonic() - start
                    measured.runs.append((at, run))
                    measured.errors += [(at, f"{page}: {text}") for text in run.errors]
                    time.sleep(think * chance.uniform(0.5, 1.5))
        except (OSError, TimeoutError, ScriptFailedError, WebSocketException) as error:
            measured.errors.append((time.monotonic() - start, f"{type(error).__name__}: {error}"))
            time.sleep(think)


def _watch(process: psutil.Process | None, start: float, end: float, measured: Measured) -> None:
    while process is not None and time.monotonic() < end:
        measured.memory.append((time.monotonic() - start, process.memory_info().rss))
        time.sleep(2)


def _result(measured: Measured, options: argparse.Namespace) -> dict[str, object]:
    windows = []
    length = 60 * options.minutes / options.windows
    for number in range(options.windows):
        first, last = number * length, (number + 1) * length
        memory = sorted(rss for at, rss in measured.memory if first <= at < last)
        windows.append(
            {
                "minutes": round(last / 60, 1),
                "run_seconds": spread([run.seconds for at, run in measured.runs if first <= at < last]),
                "errors": sum(first <= at < last for at, _ in measured.errors),
                "memory_mb_median": memory[len(memory) // 2] // MEGABYTE if memory else None,
                "memory_mb_most": memory[-1] // MEGABYTE if memory else None,
            }
        )
    return {
        "sessions": options.sessions,
        "minutes": options.minutes,
        "think_seconds": options.think,
        "run_seconds": spread([run.seconds for _, run in measured.runs]),
        "errors": len(measured.errors),
        "error_samples": sorted({text for _, text in measured.errors})[:5],
        "windows": windows,
        **machine(),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.sustained", description=__doc__)
    parser.add_argument("--url", help="a running app over the same database; without it one is started")
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--think", type=float, default=20, help="seconds between two runs, half to one and a half")
    parser.add_argument("--windows", type=int, default=5, help="parts of the time that are reported on their own")
    parser.add_argument("--output", type=Path, help="JSON file; without it the screen")
    return parser


if __name__ == "__main__":
    sys.exit(main())
