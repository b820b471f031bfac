"""The app as it is run: `streamlit run app.py` in a process of its own, which reaches nothing beyond this machine."""

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
CLOSED_NETWORK = Path(__file__).with_name("closed_network")
START_SECONDS = 180


@dataclass(frozen=True)
class Server:
    url: str
    """Where the app is, without a slash at the end."""
    process: subprocess.Popen[bytes]
    log: Path

    def output(self) -> str:
        """What the server has printed so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes = field(repr=False)


def command(*options: str, script: Path = ROOT / "app.py") -> list[str]:
    """The command line of the server."""
    return [sys.executable, "-m", "streamlit", "run", str(script), *options]


@contextmanager
def running_server(
    *,
    env: Mapping[str, str] | None = None,
    options: Sequence[str] = (),
    port: int | None = None,
    root: Path = ROOT,
) -> Iterator[Server]:
    """Starts the app, waits until it answers, stops it at the end. A test whose server asked for anything beyond this
    machine fails.

    Args:
        env: added to the environment of the process, e.g. HOUSEHOLD_DATABASE_URL.
        options: added to the command line, e.g. ("--server.maxUploadSize", "1").
        port: where it listens; a free one unless told.
        root: where the program is.
    """
    port = port or free_port()
    with tempfile.TemporaryDirectory(prefix="household-server-") as folder:
        log, outgoing = Path(folder, "log"), Path(folder, "outgoing")
        with log.open("wb") as output:
            process = subprocess.Popen(
                command("--server.port", str(port), *options, script=root / "app.py"),
                # a ledger of its own: no test writes into that of the machine
                env={
                    **os.environ,
                    "PYTHONUNBUFFERED": "1",
                    "PYTHONPATH": str(CLOSED_NETWORK),
                    "OUTGOING_LOG": str(outgoing),
                    "LEDGER_DATABASE_URL": f"sqlite:///{Path(folder, 'ledger.sqlite').as_posix()}",
                    **(env or {}),
                },
                cwd=folder,  # the app must run from anywhere
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        server = Server(url=f"http://127.0.0.1:{port}", process=process, log=log)
        try:
            _wait(server)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        assert not outgoing.exists(), f"left this machine: {outgoing.read_text(encoding='utf-8')}"


def get(url: str, *, headers: Mapping[str, str] | None = None, method: str = "GET") -> Answer:
    """One request, as it is answered: nothing decompressed, no status an exception."""
    request = urllib.request.Request(url, headers=dict(headers or {}), method=method)
    try:
        with urllib.request.urlopen(request, timeout=120) as reply:
            return Answer(reply.status, _lower(reply.headers.items()), reply.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, _lower(error.headers.items()), error.read())


def _lower(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}


def _wait(server: Server) -> None:
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up and server.process.poll() is None:
        try:
            if get(f"{server.url}/_stcore/health").status == 200:
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise RuntimeError(f"the server did not start:\n{server.output()}")
