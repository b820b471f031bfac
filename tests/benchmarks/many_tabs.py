"""One reader with many tabs, and what is left for another: `python -m tests.benchmarks.many_tabs --tabs 12`.

A leader turns from link to link with pauses, first alone, then while one township's user keeps twelve tabs busy
without a pause, the dear pages among them. Every link of the leader was opened once before, so that both parts measure
the same work.
"""

import argparse
import random
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import make_url

from data_access.access.sessions import Sessions
from data_access.access.users import make_user
from data_access.ledger.ledger import Ledger
from pages.shell.identity import COOKIE
from tests.benchmarks.measuring import machine, measured_app, report, spread
from tests.support.sessions import Session

TOWNSHIP = "610902107"
LOOKED_AT = ("", "trends", "warnings", "places", "worklist")
"""Pages of the leader."""
KEPT_BUSY = ("quality", "warnings", "trends", "worklist", "income", "comparison")
"""Pages of the tabs; the first one's trend is the dearest of all."""
MONTHS = [f"month=2022-{month:02d}" for month in range(1, 10)]


def main(arguments: list[str] | None = None) -> int:
    """Measures and reports. Returns 1 when any run failed, else 0."""
    options = _parser().parse_args(arguments)
    errors: list[str] = []
    with tempfile.TemporaryDirectory(prefix="household-ledger-") as folder:
        ledger_url = f"sqlite:///{Path(folder, 'ledger.sqlite').as_posix()}"
        _sign_in(ledger_url)
        with measured_app(None, env={"SIGN_IN": "local", "LEDGER_DATABASE_URL": ledger_url}) as (url, _):
            _look(url, turns=len(LOOKED_AT) * len(MONTHS), pause=0, errors=errors)
            quiet = _look(url, turns=options.turns, pause=options.pause, errors=errors)
            enough = threading.Event()
            with ThreadPoolExecutor(options.tabs) as threads:
                tabs = [threads.submit(_keep_busy, url, number, enough, errors) for number in range(options.tabs)]
                beside = _look(url, turns=options.turns, pause=options.pause, errors=errors)
                enough.set()
            turned = sum(tab.result() for tab in tabs)
    quietly, besides = spread(quiet), spread(beside)
    result = {
        "tabs": options.tabs,
        "quiet_seconds": quietly,
        "beside_seconds": besides,
        "times": {name: round(besides[name] / quietly[name], 2) for name in ("p50", "p95")},
        "runs_of_the_tabs": turned,
        "errors": len(errors),
        "error_samples": sorted(set(errors))[:5],
        **machine(),
    }
    report(result, options.output)
    return 1 if errors else 0


def _sign_in(ledger_url: str) -> None:
    ledger = Ledger(make_url(ledger_url))
    sessions = Sessions(ledger)
    sessions.start("leader", make_user(user_id="leader", label="领导", role="leader", places=()))
    sessions.start("township", make_user(user_id="town", label="镇干部", role="township", places=(TOWNSHIP,)))
    ledger.dispose()


def _look(url: str, *, turns: int, pause: float, errors: list[str]) -> list[float]:
    """The seconds of each run of the leader, page after page and month after month."""
    seconds = []
    for turn in range(turns):
        page, month = LOOKED_AT[turn % len(LOOKED_AT)], MONTHS[turn // len(LOOKED_AT) % len(MONTHS)]
        with Session(url, page=page, cookie=f"{COOKIE}=leader") as session:
            run = session.run(query=month)
        seconds.append(run.seconds)
        errors += [f"{page}: {text}" for text in run.errors]
        time.sleep(pause)
    return seconds


def _keep_busy(url: str, number: int, enough: threading.Event, errors: list[str]) -> int:
    """One tab, until it is enough; returns how often it turned."""
    chance, turned = random.Random(number), 0
    page = KEPT_BUSY[number % len(KEPT_BUSY)]
    with Session(url, page=page, cookie=f"{COOKIE}=township") as session:
        while not enough.is_set():
            part = "&part=trend" if page == "quality" else ""
            run = session.run(query=f"{chance.choice(MONTHS)}&place={TOWNSHIP}{part}", timeout=600)
            errors += [f"{page}: {text}" for text in run.errors]
            turned += 1
    return turned


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.many_tabs", description=__doc__)
    parser.add_argument("--tabs", type=int, default=12)
    parser.add_argument("--turns", type=int, default=60, help="runs of the leader in each part")
    parser.add_argument("--pause", type=float, default=0.5, help="seconds between two of them")
    parser.add_argument("--output", type=Path, help="JSON file; without it the screen")
    return parser


if __name__ == "__main__":
    sys.exit(main())
