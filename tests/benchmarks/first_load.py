"""The first visit and the next, in Chromium: `python -m tests.benchmarks.first_load`.

Seconds until everything on the page is drawn, bytes through the wire, requests that leave the app's origin. Drawing the
map without a graphics card takes most of the time here.
"""

import argparse
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from tests.benchmarks.measuring import machine, measured_app, report
from tests.support.browser import chromium, opened_page, shown_errors, wait_until_idle


def main(arguments: list[str] | None = None) -> int:
    """Measures and reports. Returns 1 when a request left the origin or the browser showed an error, else 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.first_load", description=__doc__)
    parser.add_argument("--url", help="a running app; without it one is started")
    parser.add_argument("--page", default="", help="page of the app, e.g. rulebook")
    parser.add_argument("--visitors", type=int, default=3, help="visits, each with an empty cache")
    parser.add_argument("--output", type=Path, help="JSON file; without it the screen")
    options = parser.parse_args(arguments)
    with measured_app(options.url) as (url, _), chromium() as browser:
        visits = [_visit(browser, url, options.page) for _ in range(options.visitors)]
    figures = ("first_load_seconds", "warm_reload_seconds", "transfer_bytes", "warm_transfer_bytes", "websocket_bytes")
    result = {
        "visitors": options.visitors,
        **{f"{figure}_median": statistics.median(visit[figure] for visit in visits) for figure in figures},
        "requests": max(visit["requests"] for visit in visits),
        "foreign_requests": sorted({url for visit in visits for url in visit["foreign_requests"]}),
        "errors": sorted({error for visit in visits for error in visit["errors"]}),
        "visits": visits,
        **machine(),
    }
    report(result, options.output)
    return 1 if result["foreign_requests"] or result["errors"] else 0


def _visit(browser: Browser, url: str, path: str) -> dict[str, Any]:
    """One visitor: opens the page with an empty cache, then loads it again."""
    with opened_page(browser, origin=url) as (page, recorder):
        started = time.perf_counter()
        page.goto(f"{url}/{path}")
        wait_until_idle(page)
        first = {
            "first_load_seconds": round(time.perf_counter() - started, 2),
            "transfer_bytes": recorder.transfer,
            "websocket_bytes": recorder.websocket_received,
            "requests": len(recorder.requests),
        }
        before = recorder.transfer
        started = time.perf_counter()
        page.reload()
        wait_until_idle(page)
        return {
            **first,
            "warm_reload_seconds": round(time.perf_counter() - started, 2),
            "warm_transfer_bytes": recorder.transfer - before,
            "foreign_requests": recorder.foreign(),
            "errors": recorder.errors() + recorder.policy_violations() + shown_errors(page),
        }


if __name__ == "__main__":
    sys.exit(main())
