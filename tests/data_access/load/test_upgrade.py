"""`python -m data_access.upgrade`: looks, adds what a database lacks and changes no row, or says who is to do what."""

import runpy
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Column, create_engine, make_url, text

from data_access.database import versions
from data_access.database.engine import open_engine
from data_access.errors import DatabaseError
from data_access.ledger import migration
from data_access.ledger.ledger import Ledger
from data_access.load.errors import LoadError
from data_access.load.loading import undo
from data_access.load.upgrade import DONE, TO_DO, UNREADABLE, main
from data_access.schema.contract import present_tables
from tests.data_access.ledger.test_migration import OWN, SECOND
from tests.data_access.load.conftest import LoadedInto, WriteCsv, embedded
from tests.data_access.load.test_loading import BASE, HEADING, REAL, MakeTarget, person
from tests.support.databases import empty_database
from tests.support.households import Rows, create_database, household, merged
from tests.support.later_contract import NOTE, VISIT, declare_later, declare_later_journal

pytestmark = pytest.mark.opens_a_database

Said = Callable[..., tuple[int, str]]

ROWS = merged(BASE, household("H1"))


@pytest.fixture
def note(monkeypatch: pytest.MonkeyPatch) -> Column:
    return declare_later(monkeypatch)


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    """The exit code of the command, and what it says in English."""

    def say(*arguments: str, language: str = "en") -> tuple[int, str]:
        code = main([*arguments, "--language", language])
        captured = capsys.readouterr()
        return code, captured.out + captured.err

    return say


def run(url: str, *statements: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


# The household database


def test_to_look_says_what_is_missing_and_to_run_adds_it_in_a_new_version_beside_the_one_before(
    make_target: MakeTarget, note: Column, said: Said
) -> None:
    target = make_target(ROWS)
    before, pointer = target.state(), Path(str(make_url(target.url).database))
    file = versions.current_file(pointer)
    code, told = said(target.url, "--check")
    assert code == TO_DO
    assert f"{NOTE}, {VISIT}" in told
    assert "备份" in said(target.url, "--check", language="zh")[1]
    assert target.state() == before
    code, told = said(target.url)
    assert (code, f"{NOTE}, {VISIT}" in told) == (DONE, True)
    assert target.state() == before
    assert (versions.current_file(pointer) != file, file.is_file()) == (True, True)
    assert said(target.url, "--check")[0] == DONE


def test_an_upgrade_of_a_server_that_fails_changes_nothing(postgres_url: str, note: Column, said: Said) -> None:
    target = _on_server(postgres_url)
    run(target.url, "CREATE SEQUENCE contract")  # in the way of the last thing that is made
    code, told = said(target.url)
    assert (code, "contract" in told) == (UNREADABLE, True)
    run(target.url, "DROP SEQUENCE contract")
    assert f"{NOTE}, {VISIT}" in said(target.url, "--check")[1]


def _on_server(postgres_url: str, rows: Rows = ROWS) -> LoadedInto:
    url = empty_database(postgres_url)
    engine = create_engine(url)
    create_database(engine, rows)
    engine.dispose()
    return LoadedInto(url)


def test_whoever_keeps_a_connected_database_is_told_the_lines_and_nothing_is_changed(
    make_target: MakeTarget, note: Column, said: Said
) -> None:
    address = make_url(make_target(ROWS).url)
    if address.get_backend_name() == "duckdb":  # a file that is named itself
        address = address.set(database=str(versions.current_file(Path(str(address.database)))))
    url = address.render_as_string(hide_password=False)
    run(url, "ALTER TABLE member RENAME TO person", "CREATE VIEW member AS SELECT * FROM person")
    for arguments in ((url, "--check"), (url,)):
        code, told = said(*arguments)
        assert code == TO_DO
        assert "CAST(NULL AS VARCHAR) AS later_note," in told
        assert f"CREATE VIEW {VISIT}" in told
    column = "CAST(NULL AS VARCHAR) AS later_note"
    view, mark = (line for line in told.split("\n\n") if "VIEW" in line)
    run(url, f"CREATE OR REPLACE VIEW member AS SELECT *, {column} FROM person", view, mark)
    assert said(url)[0] == DONE


def test_a_database_of_a_newer_program_is_left_alone(
    make_target: MakeTarget, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = make_target(ROWS)
    with monkeypatch.context() as newer:
        declare_later(newer)
        assert said(target.url)[0] == DONE
    code, told = said(target.url)
    assert (code, "newer" in told) == (TO_DO, True)


def test_what_lacks_a_table_that_is_needed_is_not_brought_up(postgres_url: str, note: Column, said: Said) -> None:
    target = _on_server(postgres_url)
    run(target.url, "DROP TABLE region")
    code, told = said(target.url)
    assert (code, DatabaseError("contract_broken", missing="region").text("en") in told) == (UNREADABLE, True)


def test_a_load_into_an_embedded_database_brings_it_up(
    tmp_path: Path, note: Column, write_csv: WriteCsv, said: Said
) -> None:
    target = embedded(tmp_path / "embedded", REAL)
    assert target.load(write_csv([HEADING, person("H1-1")])).published
    assert said(target.url, "--check")[0] == DONE


def test_a_load_into_a_server_that_lacks_something_says_what_to_run(
    postgres_url: str, note: Column, write_csv: WriteCsv, said: Said
) -> None:
    target = _on_server(postgres_url, REAL)
    file = write_csv([HEADING, person("H1-1")])
    with pytest.raises(LoadError) as caught:
        target.load(file)
    assert "data_access.upgrade" in caught.value.text("en")
    assert said(target.url)[0] == DONE
    assert target.load(file).published


def test_the_planner_of_a_server_is_told_by_an_upgrade_and_counts_with_every_load(
    postgres_url: str, write_csv: WriteCsv, said: Said
) -> None:
    target = _on_server(postgres_url, REAL)
    code, told = said(target.url, "--check")
    assert (code, "member.member_id" in told, "employment.key" in told) == (TO_DO, True, True)
    assert (said(target.url)[0], said(target.url, "--check")[0]) == (DONE, DONE)
    assert _believed_values(target.url) == {}, "a table without rows was counted, and nothing found"
    assert target.load(write_csv([HEADING, person("H1-1"), person("H1-2")])).published
    assert _believed_values(target.url) == {"member.member_id": 1, "member.key": 2}


def _believed_values(url: str) -> dict[str, int]:
    """How many values the planner believes in: of a person's number, and of the key of a person."""
    engine = create_engine(url)
    with engine.connect() as connection:
        alone = text("SELECT n_distinct FROM pg_stats WHERE (tablename, attname) = ('member', 'member_id')")
        together = text("SELECT n_distinct::text::json FROM pg_stats_ext WHERE statistics_name = 'member_key'")
        found = {"member.member_id": connection.execute(alone).scalar()}
        counted = connection.execute(together).scalar()
    engine.dispose()
    found["member.key"] = next(iter(counted.values())) if counted else None
    return {name: int(number) for name, number in found.items() if number is not None}


def test_a_load_from_before_an_upgrade_is_taken_back_after_it(
    make_target: MakeTarget, write_csv: WriteCsv, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = make_target(REAL)
    before = target.state()
    target.load(write_csv([HEADING, person("H1-1")]))
    with monkeypatch.context() as newer:
        declare_later_journal(newer, declare_later(newer))
        assert said(target.url)[0] == DONE
    assert "later_note" in _columns(target, "before_member")
    undo(url=make_url(target.url))
    assert target.state() == before
    assert target.load(write_csv([HEADING, person("H1-1")])).published


def _columns(target: LoadedInto, table: str) -> set[str]:
    engine = open_engine(make_url(target.url))
    with engine.connect() as connection:
        names = present_tables(connection)[table]
    engine.dispose()
    return set(names)


# The ledger


def test_a_new_ledger_is_made_and_to_look_makes_nothing(tmp_path: Path, said: Said) -> None:
    file = tmp_path / "records" / "ledger.sqlite"
    code, told = said(f"sqlite:///{file}", "--check")
    assert (code, str(file) in told, file.parent.exists()) == (TO_DO, True, False)
    assert said(f"sqlite:///{file}")[0] == DONE
    assert said(f"sqlite:///{file}", "--check")[0] == DONE


def test_a_ledger_of_a_server_is_brought_up_and_opens_again(
    postgres_url: str, said: Said, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url = empty_database(postgres_url)
    Ledger(make_url(url)).dispose()
    newer = _newer(tmp_path)
    with monkeypatch.context() as known:
        known.setattr(migration, "VERSIONS", newer)
        assert said(url, "--check")[0] == TO_DO
        assert said(url)[0] == DONE
        Ledger(make_url(url)).dispose()
    for arguments in ((url, "--check"), (url,)):
        code, told = said(*arguments)
        assert (code, "newer revision" in told) == (UNREADABLE, True)
    assert "新" in said(url, language="zh")[1]


def _newer(tmp_path: Path) -> Path:
    folder = tmp_path / "newer"
    shutil.copytree(OWN, folder)
    (folder / "0002_later.py").write_text(SECOND, encoding="utf-8")
    return folder


# Which databases are meant


def test_without_an_address_both_of_the_environment_are_meant(
    make_target: MakeTarget, tmp_path: Path, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = make_target(ROWS)
    monkeypatch.setenv("HOUSEHOLD_DATABASE_URL", target.url)
    monkeypatch.setenv("LEDGER_DATABASE_URL", f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    code, told = said()
    assert (code, told.count("household database"), told.count("ledger sqlite")) == (DONE, 1, 1)


def test_what_stands_in_the_way_of_one_does_not_stop_the_other(
    tmp_path: Path, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOUSEHOLD_DATABASE_URL", f"duckdb:///{tmp_path / 'nothing'}")
    monkeypatch.setenv("LEDGER_DATABASE_URL", f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    code, told = said()
    nothing = DatabaseError("no_database", path=str(tmp_path / "nothing"))
    assert (code, nothing.text("en") in told, "ledger sqlite" in told) == (UNREADABLE, True, True)


def test_a_server_may_hold_both(postgres_url: str, said: Said) -> None:
    target = _on_server(postgres_url)
    Ledger(make_url(target.url)).dispose()
    assert said(target.url)[0] == DONE
    code, told = said(target.url, "--check")
    assert (code, len(told.splitlines())) == (DONE, 2)


@pytest.mark.parametrize("address", ["nonsense", "empty"])
def test_an_address_of_nothing_is_refused_with_a_sentence(postgres_url: str, address: str, said: Said) -> None:
    address = empty_database(postgres_url) if address == "empty" else address
    code, told = said(address)
    assert (code, len(told.splitlines())) == (UNREADABLE, 1)


def test_the_command_ends_with_its_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["data_access.upgrade", f"sqlite:///{tmp_path / 'none.sqlite'}", "--check"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("data_access.upgrade", run_name="__main__")
    told = capsys.readouterr()
    assert (ended.value.code, told.err, len(told.out.splitlines())) == (TO_DO, "", 1)
