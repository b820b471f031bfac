"""A server goes on: where a form is sent twice, where the process that reads a file from outside is killed, before
it is asked and while it answers, and where the disk is full while somebody records or builds a file."""

import fcntl
import resource
import signal
import struct
import termios
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from sqlalchemy import make_url, select

from data_access.access.audit_log import check_chain
from data_access.clock import today
from data_access.inspection.problems import read_problems
from data_access.ledger.filter_templates import filter_template
from data_access.ledger.ledger import Ledger
from data_access.scope import Scope
from tests.faults.conftest import district, said
from tests.support.databases import write_version
from tests.support.households import TOWNSHIP
from tests.support.server import Server, running_server
from tests.support.sessions import Run, Session

FILE = "户编号,人编号,姓名,与户主关系\nH0,H0-9,张三,子女\n".encode()
KNOWN_SECONDS = 60  # what is waited for comes at once, but for a busy machine
QUERY = "lang=zh"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server keeps all it writes."""
    return tmp_path_factory.mktemp("one")


@pytest.fixture(scope="module")
def ledger_url(folder: Path) -> str:
    return f"sqlite:///{(folder / 'ledger.sqlite').as_posix()}"


@pytest.fixture(scope="module")
def server(folder: Path, ledger_url: str) -> Iterator[Server]:
    pointer = folder / "database" / "household"
    write_version(pointer, district(homes=3))
    (folder / "files").mkdir()
    environment = {
        "HOUSEHOLD_DATABASE_URL": f"duckdb:///{pointer.as_posix()}",
        "LEDGER_DATABASE_URL": ledger_url,
        "TMPDIR": str(folder / "files"),
    }
    with running_server(env=environment) as made:
        yield made


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


@contextmanager
def full_disk(server: Server) -> Iterator[None]:
    """No file of the server may grow: every write beyond what there is fails, as on a full disk."""
    process = psutil.Process(server.process.pid)
    usual = process.rlimit(resource.RLIMIT_FSIZE)
    process.rlimit(resource.RLIMIT_FSIZE, (1, usual[1]))
    try:
        yield
    finally:
        process.rlimit(resource.RLIMIT_FSIZE, usual)


def pressed(session: Session, key: str, **typed: str) -> Run:
    """A run with a button pressed; it is not pressed any more in the next one."""
    for name, text in typed.items():
        session.set(name, string_value=text)
    session.set(key, trigger_value=True)
    run = session.run(query="lang=zh&f=lamp.is.red")
    session.sent.pop(session.widgets[key])
    return run


def names_kept(ledger_url: str) -> list[str]:
    ledger = Ledger(make_url(ledger_url))
    kept: list[str] = ledger.read(select(filter_template.c.name).order_by(filter_template.c.record_id))["name"].tolist()
    assert check_chain(ledger, scope=Scope.everything()).broken_at is None
    ledger.dispose()
    return kept


def test_a_record_is_whole_or_not_there(server: Server, ledger_url: str) -> None:
    with Session(server.url, page="downloads") as session:
        session.run(query="lang=zh&f=lamp.is.red")
        assert pressed(session, "downloads_save", downloads_name="甲", downloads_by="张三").errors == []
        with full_disk(server):
            run = pressed(session, "downloads_save", downloads_name="乙", downloads_by="张三")
            assert "磁盘空间" in "".join(run.errors)
            assert not [kind for kind, _ in run.elements if kind == "exception"]
        assert names_kept(ledger_url) == ["甲"]
        assert pressed(session, "downloads_save", downloads_name="丙", downloads_by="张三").errors == []
    assert names_kept(ledger_url) == ["甲", "丙"]


def test_a_file_is_whole_or_not_there(server: Server, folder: Path) -> None:
    with Session(server.url, page="downloads") as session:
        session.run(query="lang=zh&f=lamp.is.red")
        session.set("download_selection", bool_value=True)
        session.run(query="lang=zh&f=lamp.is.red")
        before = set((folder / "files").rglob("*.xlsx"))
        with full_disk(server):
            run = pressed(session, "build_selection_xlsx")
            assert "文件" in "".join(run.errors)
            assert not [kind for kind, _ in run.elements if kind == "exception"]
            assert set((folder / "files").rglob("*.xlsx")) == before
        again = pressed(session, "build_selection_xlsx")
        assert again.errors == []
        assert "3" in said(again, "markdown")
        assert len(set((folder / "files").rglob("*.xlsx")) - before) == 1
