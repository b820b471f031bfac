"""Two servers on one ledger: what one records the other knows, and neither loses a word of the other."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import make_url, select
from websockets.exceptions import InvalidStatus

from data_access.access.audit_log import check_chain
from data_access.access.sessions import Sessions
from data_access.access.settings import setting
from data_access.access.users import make_user
from data_access.ledger import keys
from data_access.ledger.filter_templates import filter_template
from data_access.ledger.ledger import Ledger, opened, recount
from data_access.ledger.migration import VERSIONS, State, revisions, standing
from data_access.scope import Scope
from pages.shell.identity import COOKIE
from tests.conftest import StartServer
from tests.faults.conftest import said
from tests.support.databases import empty_database
from tests.support.server import ROOT
from tests.support.sessions import Run, Session

NAMES, EACH = "甲乙丙", 20
KNOWN_SECONDS = 30
"""Longer than a server relies on what it knows, for a busy machine's sake."""
WRITER = """
import sys
from sqlalchemy import make_url
from data_access.ledger.filter_templates import save_template
from data_access.ledger.ledger import Ledger
from data_access.scope import Scope
ledger = Ledger(make_url(sys.argv[1]))
for number in range(int(sys.argv[3])):
    save_template(ledger, name=f"{sys.argv[2]}{number}", link="", recorded_by=sys.argv[2], scope=Scope.everything())
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def shared(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv(keys.VARIABLE, str(tmp_path / "shared.key"))
    if request.param == "sqlite":
        return f"sqlite:///{(tmp_path / 'shared.sqlite').as_posix()}"
    return empty_database(request.getfixturevalue("postgres_url"))


def test_both_write_at_once_and_no_record_is_lost(shared: str) -> None:
    Ledger(make_url(shared)).dispose()
    command = [sys.executable, "-c", WRITER, shared]
    writers = [subprocess.Popen([*command, name, str(EACH)], cwd=ROOT) for name in NAMES]
    assert [writer.wait(timeout=120) for writer in writers] == [0] * len(NAMES)
    ledger = Ledger(make_url(shared))
    kept = ledger.read(select(filter_template.c.name))["name"].tolist()
    assert sorted(kept) == sorted(f"{name}{number}" for name in NAMES for number in range(EACH))
    verdict = check_chain(ledger, scope=Scope.everything())
    assert (verdict.entries, verdict.broken_at) == (len(NAMES) * EACH, None)
    ledger.dispose()


@pytest.mark.parametrize("shared", ["postgresql"], indirect=True)  # of SQLite the next test tells
def test_who_signed_in_on_one_is_known_on_the_other_until_signing_out_and_no_screen_stays_open(
    start_server: StartServer, shared: str, pointer: Path
) -> None:
    ledger = Ledger(make_url(shared))
    sessions = Sessions(ledger)
    user = make_user(user_id="lead", label="张三", role="leader", places=())
    for secret in ("secret", "left open"):
        sessions.start(secret, user)
    environment = {
        "HOUSEHOLD_DATABASE_URL": f"duckdb:///{pointer.as_posix()}",
        "LEDGER_DATABASE_URL": shared,
        "SIGN_IN": "local",
    }
    one, other = start_server(env=environment), start_server(env=environment)
    with (
        Session(one.url, cookie=f"{COOKIE}=secret") as here,
        Session(other.url, cookie=f"{COOKIE}=secret") as there,
        Session(other.url, cookie=f"{COOKIE}=left open") as screen,
    ):
        for session in (here, there, screen):
            assert figures(session.run(query="lang=zh"))
        here.set("sign_out", trigger_value=True)
        here.run(query="lang=zh")
        _until_signed_out(lambda: there.run(query="lang=zh&month=2022-08"))

        [(look, seconds)] = screen.looks.items()
        assert seconds == setting("sessions", "look_seconds")
        assert screen.run(query="lang=zh", part=look).errors == []
        sessions.end("left open")
        _until_signed_out(lambda: screen.run(query="lang=zh", part=look))
    ledger.dispose()


LATER = """
from alembic import op
from sqlalchemy import Column, String

revision, down_revision = "later", "{newest}"


def upgrade() -> None:
    op.add_column("purpose", Column("later", String()))
"""


def test_one_restarted_with_a_newer_program_leaves_those_alone_who_look_at_the_other(
    start_server: StartServer, tmp_path: Path, pointer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newer one upgrades the ledger that both write into."""
    monkeypatch.setenv(keys.VARIABLE, str(tmp_path / "shared.key"))
    shared = f"sqlite:///{(tmp_path / 'shared.sqlite').as_posix()}"
    ledger = Ledger(make_url(shared))
    sessions = Sessions(ledger)
    for secret in ("here", "there"):
        sessions.start(secret, make_user(user_id="lead", label="张三", role="leader", places=()))
    ledger.dispose()
    environment = {
        "HOUSEHOLD_DATABASE_URL": f"duckdb:///{pointer.as_posix()}",
        "LEDGER_DATABASE_URL": shared,
        "SIGN_IN": "local",
    }
    older = start_server(env=environment)
    with Session(older.url, cookie=f"{COOKIE}=here") as here:
        assert figures(here.run(query="lang=zh"))
        newer = start_server(env=environment, root=_newer_program(tmp_path / "newer"))
        with Session(newer.url, cookie=f"{COOKIE}=there") as there:
            assert figures(there.run(query="lang=zh"))
        looked = here.run(query="lang=zh&month=2022-08")
        assert figures(looked)
        assert looked.errors == []
        here.set("sign_out", trigger_value=True)
        here.run(query="lang=zh")
        _until_signed_out(lambda: here.run(query="lang=zh"))
    with pytest.raises(InvalidStatus, match="403"), Session(newer.url, cookie=f"{COOKIE}=here"):
        pass  # what the older one recorded the newer one knows
    with opened(make_url(shared)) as engine:
        with engine.connect() as connection:
            assert standing(connection).state is State.NEWER
        assert recount(engine, url=make_url(shared)).broken_at is None


def _newer_program(folder: Path) -> Path:
    """This program with one revision of the ledger more."""
    folder.mkdir()
    shutil.copy(ROOT / "app.py", folder)
    for part in (".streamlit", "pages", "data_access", "charts"):
        shutil.copytree(ROOT / part, folder / part)  # with what is compiled of it
    later = folder / VERSIONS.relative_to(ROOT) / "later.py"
    later.write_text(LATER.format(newest=revisions(VERSIONS)[0]), encoding="utf-8")
    return folder


def figures(run: Run) -> list[str]:
    return [kind for kind, _ in run.elements if kind == "metric"]


def _until_signed_out(look: Callable[[], Run]) -> None:
    """What a server knows of a session may be a second old; then it shows the way in, and no figure."""
    give_up = time.monotonic() + KNOWN_SECONDS
    while "登录" not in said(run := look(), "markdown"):
        assert time.monotonic() < give_up, "still signed in"
        time.sleep(0.1)
    assert not figures(run)
