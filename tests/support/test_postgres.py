"""The tests' own PostgreSQL: does it run, is it gone afterwards, and what is said where there is none?"""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.support import postgres
from tests.support.databases import empty_database


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
