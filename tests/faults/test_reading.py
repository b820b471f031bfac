"""The process that reads a file from outside is killed, before it is asked and while it answers: who sent the file is
told, and the board goes on."""

import fcntl
import signal
import struct
import termios
import threading
import time
from pathlib import Path

import psutil
import pytest

from tests.conftest import StartServer
from tests.support.server import Server
from tests.support.sessions import Run, Session

FILE = "户编号,人编号,姓名,与户主关系\nH0,H0-9,张三,子女\n".encode()
KNOWN_SECONDS = 60  # what is waited for comes at once, but for a busy machine
QUERY = "lang=zh"


@pytest.fixture
def server(start_server: StartServer, pointer: Path, tmp_path: Path) -> Server:
    ledger = f"sqlite:///{(tmp_path / 'ledger.sqlite').as_posix()}"
    url = f"duckdb:///{pointer.as_posix()}"
    return start_server(env={"HOUSEHOLD_DATABASE_URL": url, "LEDGER_DATABASE_URL": ledger})


def readers(server: Server) -> list[psutil.Process]:
    """The processes of a server that read files."""
    children = psutil.Process(server.process.pid).children()
    return [one for one in children if "data_access.files.parsing" in one.cmdline()]


def checked(session: Session) -> Run:
    """The page once the file was checked, which goes on beside it."""
    session.set("imports_check", trigger_value=True)
    run = session.run(query=QUERY)
    session.sent.pop(session.widgets["imports_check"])
    give_up = time.monotonic() + KNOWN_SECONDS
    while any(kind == "progress" for kind, _ in run.elements):
        assert time.monotonic() < give_up, "the check does not end"
        time.sleep(0.1)
        run = session.run(query=QUERY)
    return run


def killed(processes: list[psutil.Process]) -> None:
    """Kills processes, and waits until the system has ended them."""
    for process in processes:
        process.kill()
    give_up = time.monotonic() + KNOWN_SECONDS
    while any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in processes):
        assert time.monotonic() < give_up, "killed, and still there"
        time.sleep(0.01)


def killed_when_asked(process: psutil.Process) -> None:
    """Kills a process that was held, once something for it is in its pipe."""
    give_up = time.monotonic() + KNOWN_SECONDS
    with open(f"/proc/{process.pid}/fd/0", "rb") as pipe:  # noqa: PTH123
        while not struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4))[0]:
            assert time.monotonic() < give_up, "nobody asked it"
            time.sleep(0.05)
    process.kill()


def test_a_reader_killed_is_a_sentence_and_the_next_one_reads(server: Server) -> None:
    with Session(server.url, page="imports") as session, Session(server.url) as other:
        session.run(query=QUERY)
        session.upload("imports_upload", "人员.csv", FILE)
        assert session.run(query=QUERY).errors == []

        killed(readers(server))
        assert checked(session).errors == []

        for process in readers(server):
            process.send_signal(signal.SIGSTOP)
        held = readers(server)
        assert len(held) == 1
        killing = threading.Thread(target=killed_when_asked, args=held)
        killing.start()
        run = checked(session)
        killing.join()
        assert "人员.csv" in "".join(run.errors)
        assert "未作任何更改" in "".join(run.errors)
        assert not [kind for kind, _ in run.elements if kind == "exception"]

        assert other.run(query=QUERY).errors == []
        assert checked(session).errors == []
