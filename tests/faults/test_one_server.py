"""A server goes on: where links were mistyped or forged, a form is sent twice, and the process that reads a file from
outside is killed, before it is asked and while it answers. A thousand links more are read in process by
tests/pages/test_links.py."""

import fcntl
import signal
import struct
import termios
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest
from sqlalchemy import make_url

from data_access.clock import today
from data_access.inspection.problems import read_problems
from data_access.ledger.ledger import Ledger
from data_access.scope import Scope
from pages.shell.menu import SECTIONS
from tests.faults.conftest import district
from tests.support.databases import write_version
from tests.support.forging import malformed_links
from tests.support.households import TOWNSHIP
from tests.support.server import Server, running_server
from tests.support.sessions import Run, Session

PAGES = [page for pages in SECTIONS.values() for page in pages]

FILE = "户编号,人编号,姓名,与户主关系\nH0,H0-9,张三,子女\n".encode()
KNOWN_SECONDS = 60  # what is waited for comes at once, but for a busy machine
QUERY = "lang=zh"


@pytest.fixture(scope="module")
def ledger_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{(tmp_path_factory.mktemp('one') / 'ledger.sqlite').as_posix()}"


@pytest.fixture(scope="module")
def server(ledger_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    pointer: Path = tmp_path_factory.mktemp("one") / "household"
    write_version(pointer, district(homes=3))
    url = f"duckdb:///{pointer.as_posix()}"
    with running_server(env={"HOUSEHOLD_DATABASE_URL": url, "LEDGER_DATABASE_URL": ledger_url}) as made:
        yield made


def test_every_page_answers_a_malformed_link(server: Server) -> None:
    failed: list[tuple[str, str, str]] = []
    for page, link in zip(PAGES, malformed_links(len(PAGES)), strict=True):
        query = "&".join(f"{quote(name)}={quote(value)}" if value else quote(name) for name, value in link)
        with Session(server.url, page=page) as session:
            run = session.run(query=query)
        failed.extend((page, query[:80], error.message) for kind, error in run.elements if kind == "exception")
        if not run.elements:
            failed.append((page, query[:80], "nothing was drawn"))
    assert failed == []
    assert "Traceback" not in server.output()


def test_a_button_pressed_twice_at_once_and_once_more_records_one_thing(server: Server, ledger_url: str) -> None:
    query = f"lang=zh&part=new&place={TOWNSHIP}"
    with Session(server.url, page="problems") as session:
        session.run(query=query)
        session.set("problems_new_text", string_value="驻村工作队缺岗")
        session.set("problems_new_by", string_value="张干部")
        session.set("problems_new_press", trigger_value=True)
        session.ask(query=query)
        session.run(query=query)  # the second click, before the first was answered
        session.run(query=query)  # and again, on the button that is no longer there
    ledger = Ledger(make_url(ledger_url))
    assert len(read_problems(ledger, scope=Scope.district(), on=today())) == 1
    ledger.dispose()


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
