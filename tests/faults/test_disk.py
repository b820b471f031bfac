"""The disk is full while somebody records or builds a file: the page says so, nothing is lost, nothing is half."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from sqlalchemy import make_url, select

from data_access.access.audit_log import check_chain
from data_access.ledger.filter_templates import filter_template
from data_access.ledger.ledger import Ledger
from data_access.scope import Scope
from tests.faults.conftest import district, said
from tests.support.databases import write_version
from tests.support.server import Server, running_server
from tests.support.sessions import Run, Session


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server keeps all it writes."""
    return tmp_path_factory.mktemp("disk")


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


def names(ledger_url: str) -> list[str]:
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
        assert names(ledger_url) == ["甲"]
        assert pressed(session, "downloads_save", downloads_name="丙", downloads_by="张三").errors == []
    assert names(ledger_url) == ["甲", "丙"]


def test_a_file_is_whole_or_not_there(server: Server, folder: Path) -> None:
    with Session(server.url, page="downloads") as session:
        session.run(query="lang=zh&f=lamp.is.red")
        session.set("download_selection", bool_value=True)
        session.run(query="lang=zh&f=lamp.is.red")
        with full_disk(server):
            run = pressed(session, "build_selection_xlsx")
            assert "文件" in "".join(run.errors)
            assert not [kind for kind, _ in run.elements if kind == "exception"]
            assert not list((folder / "files").rglob("*.xlsx"))
        again = pressed(session, "build_selection_xlsx")
        assert again.errors == []
        assert "3" in said(again, "markdown")
        assert len(list((folder / "files").rglob("*.xlsx"))) == 1
