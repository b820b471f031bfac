"""A working day in small: `python -m tests.benchmarks.sustained --sessions 50 --minutes 10`.

Visitors turn from page to page and from link to link with pauses, each in a session that lasts a while, then leaves and
comes back as another. With --signed-in they are people of four roles, who now and then build a file, return a form or
record findings. Reported by windows of time: how long runs took, how many failed, and the memory of the server, which
must not grow from one window to the next without end. Without --url the app is started for the measurement.
"""

import argparse
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from websockets import WebSocketException

from tests.benchmarks import clicks, pages
from tests.benchmarks.clicks import Prepared
from tests.benchmarks.measuring import MEGABYTE, machine, measured_app, report, spread
from tests.support.sessions import Run, ScriptFailedError, Session

MOST_RUNS = 12
"""How many links a session turns to before it leaves."""

ACTING = 0.1
"""The share of sessions of signed-in people that do something besides looking."""


@dataclass
class Measured:
    """What happened, by seconds since the start."""

    runs: list[tuple[float, Run]] = field(default_factory=list)
    errors: list[tuple[float, str]] = field(default_factory=list)
    memory: list[tuple[float, int]] = field(default_factory=list)


@dataclass(frozen=True)
class _Day:
    """What all visitors share."""

    url: str
    links: dict[str, list[str]]
    think: float
    start: float
    end: float
    measured: Measured
    prepared: Prepared | None
    """None where nobody signs in."""


def main(arguments: list[str] | None = None) -> int:
    """Measures and reports. Returns 1 when any run failed, else 0."""
    options = _parser().parse_args(arguments)
    measured = Measured()
    links = {page: pages.links_of(choices) for page, choices in pages.CHOICES.items()}
    links["household"] = [f"household={number}&month=2022-09" for number in pages.some_households(30)]
    with _app(options) as (url, process, prepared):
        start = time.monotonic()
        end = start + 60 * options.minutes
        day = _Day(url, links, options.think, start, end, measured, prepared)
        watching = threading.Thread(target=_watch, args=(process, start, end, measured))
        watching.start()
        with ThreadPoolExecutor(options.sessions) as threads:
            visitors = [threads.submit(_visit, number, day) for number in range(options.sessions)]
        for visitor in visitors:
            visitor.result()  # one that ended before its time is an error of the measurement
        watching.join()
    report(_result(measured, options), options.output)
    return 1 if measured.errors else 0


@contextmanager
def _app(options: argparse.Namespace) -> Iterator[tuple[str, psutil.Process | None, Prepared | None]]:
    """The app, and what signed-in people need."""
    if not options.signed_in:
        with measured_app(options.url) as (url, process):
            yield url, process, None
        return
    with tempfile.TemporaryDirectory(prefix="household-ledger-") as folder:
        ledger_url = f"sqlite:///{Path(folder, 'ledger.sqlite').as_posix()}"
        cookies = clicks.sign_in(ledger_url, people=options.sessions)
        with measured_app(None, env={"SIGN_IN": "local", "LEDGER_DATABASE_URL": ledger_url}) as (url, process):
            yield url, process, clicks.prepare(url, ledger_url=ledger_url, cookies=cookies)


def _visit(number: int, day: _Day) -> None:
    """One visitor after the other, in the same place, until the time is up."""
    chance = random.Random(number)
    time.sleep(chance.uniform(0, day.think))
    while time.monotonic() < day.end:
        try:
            if day.prepared is not None and chance.random() < ACTING:
                act = chance.choice(clicks.ACTS)
                for run in act(day.url, day.prepared, chance):
                    _note(run, of=act.__name__, day=day)
                time.sleep(day.think * chance.uniform(0.5, 1.5))
            else:
                _look(number, day, chance)
        except (OSError, TimeoutError, ScriptFailedError, WebSocketException) as error:
            day.measured.errors.append((time.monotonic() - day.start, f"{type(error).__name__}: {error}"))
            time.sleep(day.think)


def _look(number: int, day: _Day, chance: random.Random) -> None:
    page = chance.choice(sorted(day.links))
    with Session(day.url, page=page, cookie=clicks.cookie_of(number, day.prepared)) as session:
        for _ in range(chance.randint(2, MOST_RUNS)):
            if time.monotonic() >= day.end:
                break
            _note(session.run(query=chance.choice(day.links[page])), of=page, day=day)
            time.sleep(day.think * chance.uniform(0.5, 1.5))


def _note(run: Run, *, of: str, day: _Day) -> None:
    at = time.monotonic() - day.start
    day.measured.runs.append((at, run))
    day.measured.errors += [(at, f"{of}: {text}") for text in run.errors]


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
        "signed_in": options.signed_in,
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
    parser.add_argument("--signed-in", action="store_true", help="people of four roles, on a ledger of their own")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--think", type=float, default=20, help="seconds between two runs, half to one and a half")
    parser.add_argument("--windows", type=int, default=5, help="parts of the time that are reported on their own")
    parser.add_argument("--output", type=Path, help="JSON file; without it the screen")
    return parser


if __name__ == "__main__":
    sys.exit(main())
