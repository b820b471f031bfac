"""Two servers on one ledger: what one records the other knows, and neither loses a word of the other."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
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

NAMES, EACH = "甲乙", 30
KNOWN_SECONDS = 30
"""Longer than a server relies on what it knows, for a busy machine's sake."""
WRITER = """
import os, sys
from sqlalchemy import make_url
from data_access.ledger import keys
from data_access.ledger.filter_templates import save_template
from data_access.ledger.ledger import Ledger
from data_access.scope import Scope
count, name, *ledgers = sys.argv[1:]
for url, key in zip(ledgers[::2], ledgers[1::2]):
    os.environ[keys.VARIABLE] = key
    ledger = Ledger(make_url(url))
    for number in range(int(count)):
        save_template(ledger, name=f"{name}{number}", link="", recorded_by=name, scope=Scope.everything())
"""


def test_both_write_at_once_and_no_record_is_lost(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Into a ledger in SQLite and one on PostgreSQL."""
    shared = {
        f"sqlite:///{(tmp_path / 'shared.sqlite').as_posix()}": str(tmp_path / "sqlite.key"),
        empty_database(postgres_url): str(tmp_path / "postgresql.key"),
    }
    for url, key in shared.items():
        monkeypatch.setenv(keys.VARIABLE, key)
        Ledger(make_url(url)).dispose()
    ledgers = [argument for pair in shared.items() for argument in pair]
    command = [sys.executable, "-c", WRITER, str(EACH)]
    writers = [subprocess.Popen([*command, name, *ledgers], cwd=ROOT) for name in NAMES]
    assert [writer.wait(timeout=120) for writer in writers] == [0] * len(NAMES)
    for url, key in shared.items():
        monkeypatch.setenv(keys.VARIABLE, key)
        ledger = Ledger(make_url(url))
        kept = ledger.read(select(filter_template.c.name))["name"].tolist()
        assert sorted(kept) == sorted(f"{name}{number}" for name in NAMES for number in range(EACH))
        verdict = check_chain(ledger, scope=Scope.everything())
        assert (verdict.entries, verdict.broken_at) == (len(NAMES) * EACH, None)
        ledger.dispose()


LATER = """
from alembic import op
from sqlalchemy import Column, String

revision, down_revision = "later", "{newest}"


def upgrade() -> None:
    op.add_column("purpose", Column("later", String()))
"""


def test_two_know_who_signed_in_and_out_though_one_is_restarted_with_a_newer_program(
    start_server: StartServer, tmp_path: Path, pointer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newer one upgrades the ledger that both write into. No screen stays open on either."""
    monkeypatch.setenv(keys.VARIABLE, str(tmp_path / "shared.key"))
    shared = make_url(f"sqlite:///{(tmp_path / 'shared.sqlite').as_posix()}")
    ledger = Ledger(shared)
    user = make_user(user_id="lead", label="张三", role="leader", places=())
    for secret in ("secret", "left open"):
        Sessions(ledger).start(secret, user)
    environment = {
        "HOUSEHOLD_DATABASE_URL": f"duckdb:///{pointer.as_posix()}",
        "LEDGER_DATABASE_URL": str(shared),
        "SIGN_IN": "local",
    }
    older = start_server(env=environment)
    with (
        Session(older.url, cookie=f"{COOKIE}=secret") as here,
        Session(older.url, cookie=f"{COOKIE}=left open") as screen,
    ):
        for session in (here, screen):
            assert figures(session.run(query="lang=zh"))
        newer = start_server(env=environment, root=_newer_program(tmp_path / "newer"))
        with Session(newer.url, cookie=f"{COOKIE}=secret") as there:
            assert figures(there.run(query="lang=zh"))
            looked = here.run(query="lang=zh&month=2022-08")
            assert figures(looked)
            assert looked.errors == []
            here.set("sign_out", trigger_value=True)
            here.run(query="lang=zh")
            for session in (here, there):
                _until_signed_out(partial(session.run, query="lang=zh&month=2022-07"))

        [(look, seconds)] = screen.looks.items()
        assert seconds == setting("sessions", "look_seconds")
        assert screen.run(query="lang=zh", part=look).errors == []
        Sessions(ledger).end("left open")
        _until_signed_out(lambda: screen.run(query="lang=zh", part=look))
    ledger.dispose()
    with pytest.raises(InvalidStatus, match="403"), Session(newer.url, cookie=f"{COOKIE}=secret"):
        pass
    with opened(shared) as engine:
        with engine.connect() as connection:
            assert standing(connection).state is State.NEWER
        assert recount(engine, url=shared).broken_at is None


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
