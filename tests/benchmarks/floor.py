"""What the pages cost beyond Streamlit itself: `python -m tests.benchmarks.floor --sessions 20`.

The messages of a page are recorded and played back by an empty page under the same configuration (`player.py`): the
floor. Then as many visitors turn to links of the app, and to the player, in turns, with the client in a process of its
own. What counts is the ratio.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.benchmarks.load import LINKS
from tests.benchmarks.measuring import machine, measured_app, report
from tests.support.server import ROOT, running_server
from tests.support.sessions import Session

PAGES = ("", "warnings", "worklist", "household")
"""The overview, and three that are nothing like it."""


def main(arguments: list[str] | None = None) -> int:
    """Measures and reports."""
    options = _parser().parse_args(arguments)
    result: dict[str, Any] = {**machine(), "sessions": options.sessions, "reruns": options.reruns, "pages": {}}
    with measured_app(options.url) as (url, _process):
        for page in options.page or PAGES:
            links = options.link or ([*LINKS] if page != "household" else [f"household={options.household}"])
            with _player(_recorded(url, page=page, link=links[0])) as floor:
                result["pages"][page or "overview"] = {
                    sessions: _pair(url, floor, page=page, links=links, sessions=sessions, options=options)
                    for sessions in (1, options.sessions)
                }
    report(result, options.output)
    return 0


def _recorded(url: str, *, page: str, link: str) -> list[bytes]:
    """What a visitor gets who turns to a link once the page is warm, without what belongs to a session."""
    with Session(url, page=page) as session:
        session.run(query=link)
    with Session(url, page=page) as session:
        return [message for message in session.run(query=link).messages if _is_drawn(message)]


def _is_drawn(message: bytes) -> bool:
    return ForwardMsg.FromString(message).WhichOneof("type") == "delta"


@contextmanager
def _player(messages: Sequence[bytes]) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="player-") as folder:
        root = Path(folder)
        shutil.copytree(ROOT / ".streamlit", root / ".streamlit", ignore=shutil.ignore_patterns("secrets*"))
        shutil.copy(Path(__file__).with_name("player.py"), root / "app.py")
        (root / "recorded").write_bytes(b"\n".join(b64encode(message) for message in messages))
        with running_server(root=root) as server:
            yield server.url


def _pair(
    app: str, floor: str, *, page: str, links: Sequence[str], sessions: int, options: argparse.Namespace
) -> dict[str, Any]:
    """The app and its floor, measured in turns; of each the median run of `rounds`."""
    rounds: dict[str, list[dict[str, Any]]] = {"app": [], "floor": []}
    for _ in range(options.rounds):
        rounds["app"].append(_measured(app, page=page, links=links, sessions=sessions, reruns=options.reruns))
        rounds["floor"].append(_measured(floor, page="", links=links, sessions=sessions, reruns=options.reruns))
    pair = {name: _median(of) for name, of in rounds.items()}
    ratios = {
        f"{name}_ratio": round(pair["app"]["rerun_seconds"][name] / pair["floor"]["rerun_seconds"][name], 2)
        for name in ("p50", "p95")
    }
    return {
        **ratios,
        **{
            name: {
                "screens_per_second": one["reruns_per_second"],
                **one["rerun_seconds"],
                "errors": one["errors"],
            }
            for name, one in pair.items()
        },
    }


def _median(rounds: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return sorted(rounds, key=lambda one: float(one["rerun_seconds"]["p50"]))[len(rounds) // 2]


def _measured(url: str, *, page: str, links: Sequence[str], sessions: int, reruns: int) -> dict[str, Any]:
    """One run of `tests.benchmarks.load` in a process of its own."""
    given = [part for link in links for part in ("--link", link)]
    command = [sys.executable, "-m", "tests.benchmarks.load", "--url", url, "--page", page, "--warm"]
    command += ["--sessions", str(sessions), "--reruns", str(reruns), "--think", "0", *given]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    measured: dict[str, Any] = json.loads(ended.stdout)
    return measured


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.floor", description=__doc__)
    parser.add_argument("--url", help="a running app; without it one is started")
    parser.add_argument("--page", action="append", choices=PAGES, help="may be repeated; without it all four")
    parser.add_argument("--household", default="6100000001", help="the household whose page is opened")
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--reruns", type=int, default=10, help="links that each session turns to")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--link", action="append", help="what stands after the ? in a link; may be repeated")
    parser.add_argument("--output", type=Path, help="JSON file; without it the screen")
    return parser


if __name__ == "__main__":
    sys.exit(main())
