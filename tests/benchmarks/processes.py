"""What a second process of the board brings: `python -m tests.benchmarks.processes --sessions 20`.

Visitors who never pause turn to links of one process, then as many to links of several on the same database, each
to one of them, as behind nginx. What counts is the ratio of screens a second within a round; the clients share the
machine.
"""

import argparse
import json
import statistics
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.benchmarks.measuring import machine, measured_app, report
from tests.support.server import ROOT


def main(arguments: list[str] | None = None) -> int:
    """Measures and reports. Returns 1 when any run failed, else 0."""
    options = _parser().parse_args(arguments)
    with ExitStack() as stack:
        urls = [stack.enter_context(measured_app(None))[0] for _ in range(options.processes)]
        rounds = [(_measured(urls[:1], options), _measured(urls, options)) for _ in range(options.rounds)]
    ratios = [several["screens_per_second"] / one["screens_per_second"] for one, several in rounds]
    result = {
        "processes": options.processes,
        "ratio": round(statistics.median(ratios), 2),
        "one": [pair[0] for pair in rounds],
        "several": [pair[1] for pair in rounds],
        **machine(),
    }
    report(result, options.output)
    return 1 if any(measured["errors"] for pair in rounds for measured in pair) else 0


def _measured(urls: list[str], options: argparse.Namespace) -> dict[str, Any]:
    """Runs of `tests.benchmarks.load` at once, one for each process; the visitors are shared out evenly."""
    command = [sys.executable, "-m", "tests.benchmarks.load", "--page", options.page, "--warm", "--think", "0"]
    command += ["--sessions", str(options.sessions // len(urls)), "--reruns", str(options.reruns)]
    clients = [subprocess.Popen([*command, "--url", url], cwd=ROOT, stdout=subprocess.PIPE) for url in urls]
    told = [json.loads(client.communicate()[0]) for client in clients]
    return {
        "screens_per_second": round(sum(one["reruns_per_second"] for one in told), 1),
        "p50": max(one["rerun_seconds"]["p50"] for one in told),
        "p95": max(one["rerun_seconds"]["p95"] for one in told),
        "errors": sum(one["errors"] for one in told),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.processes", description=__doc__)
    parser.add_argument("--page", default="", help="page of the app, e.g. warnings")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--reruns", type=int, default=10, help="links that each session turns to")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--output", type=Path, help="JSON file; without it the screen")
    return parser


if __name__ == "__main__":
    sys.exit(main())
