"""A backup is whole or not there, and what is restored from it is what was saved: both databases, of both kinds."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, make_url, select
from sqlalchemy.exc import DBAPIError

from data_access import versions
from data_access.access import audit_log
from data_access.backup import MANIFEST, check, main, restore, save
from data_access.engine import HouseholdDatabase
from data_access.file_hash import file_hash
from data_access.filter_templates import filter_template, read_templates, save_template
from data_access.ledger import Ledger
from data_access.problems import BackupProblemError, DatabaseProblemError
from data_access.scope import Scope
from data_access.tables import household
from tests.support import households
from tests.support.databases import empty_database, write_version

ROWS = households.merged(households.village(), households.household("H1"), households.household("H2"))
EVERYTHING = Scope.everything()

Addresses = tuple[str, str]
"""Of a household database and a ledger."""
Set = Callable[[Addresses], None]


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Set:
    """Says where the databases are."""

    def set_(addresses: Addresses) -> None:
        monkeypatch.setenv("HOUSEHOLD_DATABASE_URL", addresses[0])
        monkeypatch.setenv("LEDGER_DATABASE_URL", addresses[1])

    return set_


@pytest.fixture(params=["embedded", "postgresql"])
def new_addresses(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Addresses]:
    """Addresses of two databases that are not there yet, or are empty."""

    def make(name: str) -> Addresses:
        if request.param == "postgresql":
            server = request.getfixturevalue("postgres_url")
            return empty_database(server), empty_database(server)
        return f"duckdb:///{tmp_path / name / 'household'}", f"sqlite:///{tmp_path / name / 'ledger.sqlite'}"

    return make


def fill(addresses: Addresses) -> None:
    """Households, and a ledger with a record and its entry in the audit record."""
    url = make_url(addresses[0])
    if url.get_backend_name() == "duckdb":
        write_version(Path(str(url.database)), ROWS)
    else:
        engine = create_engine(url)
        households.create_database(engine, ROWS)
        engine.dispose()
    ledger = Ledger(make_url(addresses[1]))
    save_template(ledger, name="模板", link="f=lamp.is.red", by="张三", scope=EVERYTHING)
    ledger.dispose()


def count_households(url: str) -> int:
    database = HouseholdDatabase(make_url(url))
    with database.connect() as (connection, _):
        counted = int(connection.execute(select(func.count()).select_from(household)).scalar_one())
    database.dispose()
    return counted


def test_what_is_restored_is_what_was_saved(
    use: Set, new_addresses: Callable[[str], Addresses], tmp_path: Path
) -> None:
    before, after = new_addresses("before"), new_addresses("after")
    fill(before)
    use(before)
    saved = save(tmp_path / "backup")
    assert saved.audit_entries == 1
    use(after)
    assert restore(tmp_path / "backup") == saved
    assert count_households(after[0]) == 2
    ledger = Ledger(make_url(after[1]))
    assert read_templates(ledger)["name"].tolist() == ["模板"]
    verdict = audit_log.check_chain(ledger, scope=EVERYTHING)
    assert (verdict.broken_at, verdict.newest_hash) == (None, saved.audit_hash)
    with pytest.raises(DBAPIError, match="never changed"), ledger.engine.begin() as connection:
        connection.execute(filter_template.delete())
    save_template(ledger, name="后来", link="", by="张三", scope=EVERYTHING)
    assert audit_log.check_chain(ledger, scope=EVERYTHING).entries == 2, "the record goes on where it stood"
    ledger.dispose()


def test_records_are_never_overwritten(use: Set, new_addresses: Callable[[str], Addresses], tmp_path: Path) -> None:
    before, other = new_addresses("before"), new_addresses("other")
    fill(before)
    fill(other)
    use(before)
    save(tmp_path / "backup")
    use(other)
    with pytest.raises(BackupProblemError, match="restore_not_empty"):
        restore(tmp_path / "backup")
    with pytest.raises(BackupProblemError, match="backup_exists"):
        save(tmp_path / "backup")


@pytest.fixture
def saved(use: Set, tmp_path: Path) -> Path:
    """A backup of an embedded district; the environment says where it would be restored to."""
    addresses = f"duckdb:///{tmp_path / 'a' / 'household'}", f"sqlite:///{tmp_path / 'a' / 'ledger.sqlite'}"
    fill(addresses)
    use(addresses)
    save(tmp_path / "backup")
    use((f"duckdb:///{tmp_path / 'b' / 'household'}", f"sqlite:///{tmp_path / 'b' / 'ledger.sqlite'}"))
    return tmp_path / "backup"


@pytest.mark.parametrize("name", ["household.duckdb", "ledger.sqlite"])
def test_a_damaged_backup_restores_nothing(saved: Path, tmp_path: Path, name: str) -> None:
    content = bytearray((saved / name).read_bytes())
    content[len(content) // 2] ^= 1
    (saved / name).write_bytes(bytes(content))
    with pytest.raises(BackupProblemError, match="backup_damaged"):
        restore(saved)
    assert not (tmp_path / "b").exists()


def test_what_is_no_backup_is_said(saved: Path, tmp_path: Path) -> None:
    (saved / MANIFEST).write_text("{}", encoding="utf-8")
    for folder in (saved, tmp_path / "nothing"):
        with pytest.raises(BackupProblemError, match="backup_unreadable"):
            check(folder)


def test_a_backup_that_fails_leaves_nothing(saved: Path, tmp_path: Path, use: Set) -> None:
    use((f"duckdb:///{tmp_path / 'nowhere'}", f"sqlite:///{tmp_path / 'b' / 'ledger.sqlite'}"))
    with pytest.raises(BackupProblemError, match="backup_failed"):
        save(tmp_path / "second")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("second")] == []


def test_one_of_the_two_can_be_restored_alone(saved: Path, tmp_path: Path) -> None:
    restore(saved, only="household")
    assert count_households(f"duckdb:///{tmp_path / 'b' / 'household'}") == 2
    assert not (tmp_path / "b" / "ledger.sqlite").exists()
    restore(saved, only="household")
    assert len(versions.all_files(tmp_path / "b" / "household")) == 2, "a new version beside the one before"


def test_a_backup_of_another_kind_of_database_is_refused(saved: Path, use: Set, tmp_path: Path) -> None:
    use(("postgresql+psycopg://nobody@127.0.0.1:1/x", f"sqlite:///{tmp_path / 'b' / 'ledger.sqlite'}"))
    with pytest.raises(BackupProblemError, match="restore_other_kind"):
        restore(saved)


def test_tables_that_do_not_keep_the_contract_are_said(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = create_engine(f"duckdb:///{saved / 'household.duckdb'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE project RENAME TO something_else")
    engine.dispose()
    told = json.loads((saved / MANIFEST).read_text(encoding="utf-8"))
    told["parts"]["household"]["sha256"] = file_hash(saved / "household.duckdb")
    (saved / MANIFEST).write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(DatabaseProblemError):
        restore(saved)


def test_the_command_line_saves_checks_and_restores(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(saved)]) == 0
    assert "1 audit entries" in capsys.readouterr().out
    assert main(["restore", str(saved)]) == 0
    assert main(["save", str(tmp_path / "again")]) == 0
    assert main(["restore", str(saved)]) == 1
    assert "restore_not_empty" in capsys.readouterr().err
