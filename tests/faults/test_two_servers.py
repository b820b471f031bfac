"""Two servers on one ledger: what one records the other knows, and neither loses a word of the other."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import make_url, select

from data_access.access.audit_log import check_chain
from data_access.access.sessions import Sessions
from data_access.access.settings import setting
from data_access.access.users import make_user
from data_access.filter_templates import filter_template
from data_access.ledger import Ledger
from data_access.scope import Scope
from pages.components.identity import COOKIE
from tests.faults.conftest import said
from tests.support.databases import empty_database
from tests.support.server import ROOT, running_server
from tests.support.sessions import Session

EACH = 40
WRITER = """
import sys
from sqlalchemy import make_url
from data_access.filter_templates import save_template
from data_access.ledger import Ledger
from data_access.scope import Scope
ledger = Ledger(make_url(sys.argv[1]))
for number in range(int(sys.argv[3])):
    save_template(ledger, name=f"{sys.argv[2]}{number}", link="", by=sys.argv[2], scope=Scope.everything())
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{(tmp_path / 'ledger.sqlite').as_posix()}"
    return empty_database(request.getfixturevalue("postgres_url"))


def test_both_write_at_once_and_no_record_is_lost(shared: str) -> None:
    Ledger(make_url(shared)).dispose()
    command = [sys.executable, "-c", WRITER, shared]
    writers = [subprocess.Popen([*command, name, str(EACH)], cwd=ROOT) for name in ("甲", "乙", "丙")]
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0, 0]
    ledger = Ledger(make_url(shared))
    kept = ledger.read(select(filter_template.c.name))["name"].tolist()
    assert sorted(kept) == sorted(f"{name}{number}" for name in "甲乙丙" for number in range(EACH))
    verdict = check_chain(ledger, scope=Scope.everything())
    assert (verdict.entries, verdict.broken_at) == (3 * EACH, None)
    ledger.dispose()


def test_a_screen_that_is_left_open_closes_when_its_session_ends(pointer: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{(tmp_path / 'ledger.sqlite').as_posix()}"
    ledger = Ledger(make_url(url))
    sessions = Sessions(ledger)
    sessions.start("secret", make_user(user_id="lead", label="张三", role="leader", places=()))
    environment = {"HOUSEHOLD_DATABASE_URL": f"duckdb:///{pointer.as_posix()}", "LEDGER_DATABASE_URL": url}
    with (
        running_server(env={**environment, "SIGN_IN": "local"}) as server,
        Session(server.url, cookie=f"{COOKIE}=secret") as screen,
    ):
        assert [kind for kind, _ in screen.run(query="lang=zh").elements if kind == "metric"]
        [(look, seconds)] = screen.looks.items()
        assert seconds == setting("sessions", "look_seconds")
        assert screen.run(query="lang=zh", part=look).errors == []
        sessions.end("secret")
        time.sleep(2)  # what a server knows of a session may be a second old
        closed = screen.run(query="lang=zh", part=look)
        assert "登录" in said(closed, "markdown")
        assert not [kind for kind, _ in closed.elements if kind == "metric"]
    ledger.dispose()


def test_who_signed_in_on_one_is_known_on_the_other_until_signing_out(shared: str, pointer: Path) -> None:
    ledger = Ledger(make_url(shared))
    sessions = Sessions(ledger)
    sessions.start("secret", make_user(user_id="lead", label="张三", role="leader", places=()))
    environment = {
        "HOUSEHOLD_DATABASE_URL": f"duckdb:///{pointer.as_posix()}",
        "LEDGER_DATABASE_URL": shared,
        "SIGN_IN": "local",
    }
    cookie = f"{COOKIE}=secret"
    with (
        running_server(env=environment) as one,
        running_server(env=environment) as other,
        Session(one.url, cookie=cookie) as here,
        Session(other.url, cookie=cookie) as there,
    ):
        for session in (here, there):
            assert [kind for kind, _ in session.run(query="lang=zh").elements if kind == "metric"]
        here.set("sign_out", trigger_value=True)
        here.run(query="lang=zh")
        time.sleep(2)
        ended = there.run(query="lang=zh&month=2022-08")
        assert not [kind for kind, _ in ended.elements if kind == "metric"]
        assert "登录" in said(ended, "markdown")
    ledger.dispose()
