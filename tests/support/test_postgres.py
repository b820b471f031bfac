"""The tests' own PostgreSQL: does it run, is it gone afterwards, and what is said where there is none?"""

import subprocess
import sys
import time
from pathlib import Path
from subprocess import PIPE

import psycopg
import pytest
from sqlalchemy import create_engine, make_url, text

from tests.support import postgres
from tests.support.databases import empty_database
from tests.support.server import ROOT


def test_server_runs_and_gives_databases(postgres_url: str) -> None:
    engines = [create_engine(empty_database(postgres_url)) for _ in range(2)]
    for engine in engines:
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE only_here (number integer)"))
            assert connection.execute(text("SHOW listen_addresses")).scalar_one() == "127.0.0.1"
        engine.dispose()


def test_missing_programs_are_named_with_the_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(postgres, "INSTALLED", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(postgres.MissingPostgresError, match="apt-get install -y postgresql"):
        postgres.postgres_server().__enter__()


def test_a_shared_server_is_one_for_all_and_ends_with_its_last_user(tmp_path: Path) -> None:
    user = "import sys; from pathlib import Path; from tests.support.postgres import shared_server\n"
    user += "with shared_server(Path(sys.argv[1])) as url: print(url, flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", user, str(tmp_path)]
    users = [subprocess.Popen(command, cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True) for _ in range(2)]
    first, second = (str(one.stdout and one.stdout.readline()).strip() for one in users)
    assert first == second
    users[0].kill()
    users[0].wait()
    psycopg.connect(port=make_url(first).port, host="127.0.0.1", user=postgres.SYSTEM_USER).close()
    users[1].kill()
    users[1].wait()
    give_up = time.monotonic() + postgres.START_SECONDS
    while (tmp_path / "postgres.url").exists() and time.monotonic() < give_up:
        time.sleep(0.05)
    with postgres.shared_server(tmp_path) as url:
        assert url != first
