"""What the benchmarks share: an app to measure, percentiles, results as JSON."""

import json
import os
import platform
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from tests.support.server import running_server

MEGABYTE = 1_000_000


@contextmanager
def measured_app(
    url: str | None, *, env: Mapping[str, str] | None = None
) -> Iterator[tuple[str, psutil.Process | None]]:
    """The app at an address, or one started for this measurement over HOUSEHOLD_DATABASE_URL, with its process.

    Args:
        env: added to the environment of one that is started.
    """
    if url:
        yield url.rstrip("/"), None
    else:
        with running_server(env=env) as server:
            yield server.url, psutil.Process(server.process.pid)


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest of the values that `percent` of them do not exceed."""
    ordered = sorted(values)
    rank = -(-len(ordered) * percent // 100)
    return ordered[max(0, int(rank) - 1)]


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """Count, median, 95th percentile and maximum of durations, in seconds."""
    if not seconds:
        return {"count": 0}
    return {
        "count": len(seconds),
        "p50": round(percentile(seconds, 50), 4),
        "p95": round(percentile(seconds, 95), 4),
        "max": round(max(seconds), 4),
    }


def machine() -> dict[str, Any]:
    """What a duration was measured on."""
    return {"cpus": os.cpu_count(), "machine": platform.machine(), "python": platform.python_version()}


def report(result: dict[str, Any], output: Path | None) -> None:
    """Writes a result as JSON: to a file, or to the screen."""
    text = json.dumps(result, ensure_ascii=False, indent=2) + "\n"
    if output:
        output.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
