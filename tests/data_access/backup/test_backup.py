"""A backup is whole or not there, and what is restored from it is what was saved: both databases, of both kinds."""

import json
import os
import re
import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, func, make_url, select
from sqlalchemy.exc import DBAPIError

from data_access.access import audit_log
from data_access.backup.__main__ import main
from data_access.backup.errors import BackupError
from data_access.backup.manifest import MANIFEST, check
from data_access.backup.restoring import restore
from data_access.backup.saving import save
from data_access.database import versions
from data_access.database.engine import HouseholdDatabase
from data_access.errors import DatabaseError, read_texts
from data_access.files.file_hash import file_hash
from data_access.ledger import keys, migration
from data_access.ledger.anchors import confirm, read_doubts
from data_access.ledger.filter_templates import filter_template, read_templates, save_template
from data_access.ledger.ledger import Ledger, ledger_url, opened
from data_access.ledger.migration import standing
from data_access.ledger.record_error import RecordError
from data_access.schema.tables import household
from data_access.scope import Scope
from tests.data_access.ledger.test_migration import NEXT, NOW, OWN, SECOND
from tests.support import households
from tests.support.databases import empty_database, write_version
from tests.support.ledgers import copy_ledger_on_a_server
from tests.support.postgres import PASSWORD, PASSWORD_USER
from tests.support.server import ROOT

pytestmark = pytest.mark.opens_a_database

ROWS = households.merged(households.village(), households.household("H1"), households.household("H2"))
EVERYTHING = Scope.everything()

Addresses = tuple[str, str]
"""Of a household database and a ledger."""
Set = Callable[[Addresses], None]


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Set:
    """Says where the databases are; the key stays that of the first ledger, as if it came from the safe."""

    def set_(addresses: Addresses) -> None:
        if keys.VARIABLE not in os.environ:
            monkeypatch.setenv(keys.VARIABLE, str(keys.key_file(make_url(addresses[1]))))
        monkeypatch.setenv("HOUSEHOLD_DATABASE_URL", addresses[0])
        monkeypatch.setenv("LEDGER_DATABASE_URL", addresses[1])

    return set_


def embedded(folder: Path) -> Addresses:
    return f"duckdb:///{folder / 'household'}", f"sqlite:///{folder / 'ledger.sqlite'}"


@pytest.fixture
def on_server(postgres_url: str, postgres_ledger_template: str) -> Addresses:
    """A district on a server."""
    addresses = empty_database(postgres_url), copy_ledger_on_a_server(postgres_ledger_template)
    fill(addresses)
    return addresses


@pytest.fixture(params=["embedded", "postgresql"])
def new_addresses(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Addresses]:
    """Addresses of two databases that are not there yet, or are empty."""

    def make(name: str) -> Addresses:
        if request.param == "postgresql":
            server = request.getfixturevalue("postgres_url")
            return empty_database(server), empty_database(server)
        return embedded(tmp_path / name)

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
    save_template(ledger, name="模板", link="f=lamp.is.red", recorded_by="张三", scope=EVERYTHING)
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
    [restored] = ledger.signed_entries("record_restored")
    assert (verdict.broken_at, restored["previous_hash"]) == (None, saved.audit_hash)
    [doubt] = read_doubts(ledger)
    assert doubt.error.key == "to_confirm_restored", "but its head is the one that was noted when it was saved"
    with pytest.raises(DBAPIError, match="never changed"), ledger.engine.begin() as connection:
        connection.execute(filter_template.delete())
    save_template(ledger, name="后来", link="", recorded_by="张三", scope=EVERYTHING)
    assert audit_log.check_chain(ledger, scope=EVERYTHING).entries == 3, "the record goes on where it stood"
    ledger.dispose()


def test_the_key_is_in_no_backup(saved: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    [key] = keys.load_keys(Path(os.environ[keys.VARIABLE]))
    content = b"".join(file.read_bytes() for file in saved.iterdir())
    assert key.secret not in content
    assert key.secret.hex().encode() not in content
    monkeypatch.setenv(keys.VARIABLE, str(tmp_path / "elsewhere.key"))
    with pytest.raises(RecordError, match="key_missing"):
        restore(saved)
    assert not (tmp_path / "b").exists()


def test_records_are_never_overwritten(use: Set, new_addresses: Callable[[str], Addresses], tmp_path: Path) -> None:
    before, other = new_addresses("before"), new_addresses("other")
    fill(before)
    fill(other)
    use(before)
    save(tmp_path / "backup")
    use(other)
    with pytest.raises(BackupError, match="restore_not_empty"):
        restore(tmp_path / "backup")
    with pytest.raises(BackupError, match="backup_exists"):
        save(tmp_path / "backup")


def change_manifest(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    change(told)
    (folder / MANIFEST).write_text(json.dumps(told), encoding="utf-8")


def change_part(folder: Path, name: str, *, statement: str) -> None:
    """Change a copy, and the manifest so that its hash agrees."""
    kind = {"household": "duckdb", "ledger": "sqlite"}[name]
    file = folder / f"{name}.{kind}"
    engine = create_engine(f"{kind}:///{file}")
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
    change_manifest(folder, lambda told: told["parts"][name].update(sha256=file_hash(file)))


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an embedded district, a, and its backup."""
    folder = tmp_path_factory.mktemp("district")
    household_url, ledger_address = addresses = embedded(folder / "a")
    fill(addresses)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HOUSEHOLD_DATABASE_URL", household_url)
        environment.setenv("LEDGER_DATABASE_URL", ledger_address)
        save(folder / "backup")
    return folder


@pytest.fixture
def saved(district: Path, use: Set, tmp_path: Path) -> Path:
    """A copy of that backup, beside its district; the environment says where it would be restored to."""
    shutil.copytree(district, tmp_path, dirs_exist_ok=True)
    use(embedded(tmp_path / "a"))
    use(embedded(tmp_path / "b"))
    return tmp_path / "backup"


def test_a_damaged_backup_restores_nothing(saved: Path, tmp_path: Path) -> None:
    for file in (saved / "household.duckdb", saved / "ledger.sqlite"):
        content = file.read_bytes()
        middle = len(content) // 2
        file.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
        with pytest.raises(BackupError, match="backup_damaged"):
            restore(saved)
        file.write_bytes(content)
    assert not (tmp_path / "b").exists()


def test_what_is_no_backup_is_said(saved: Path, tmp_path: Path) -> None:
    change_manifest(saved, lambda told: told["parts"].pop("ledger"))
    with pytest.raises(BackupError, match="backup_unreadable"):
        restore(saved, only="household")
    for said in ("{}", "no json", '{"parts": {"household": {}}}'):
        (saved / MANIFEST).write_text(said, encoding="utf-8")
        with pytest.raises(BackupError, match="backup_unreadable"):
            check(saved)
    with pytest.raises(BackupError, match="backup_unreadable"):
        check(tmp_path / "nothing")


def test_a_backup_that_fails_leaves_nothing(saved: Path, tmp_path: Path, use: Set) -> None:
    use((f"duckdb:///{tmp_path / 'nowhere'}", f"sqlite:///{tmp_path / 'b' / 'ledger.sqlite'}"))
    with pytest.raises(BackupError, match="backup_failed"):
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
    with pytest.raises(BackupError, match="restore_other_kind"):
        restore(saved)


def test_tables_that_do_not_keep_the_contract_become_no_version(saved: Path, tmp_path: Path) -> None:
    restore(saved, only="household")
    pointer = tmp_path / "b" / "household"
    before = versions.current_file(pointer)
    change_part(saved, "household", statement="ALTER TABLE data_load RENAME TO something_else")
    with pytest.raises(DatabaseError):
        restore(saved, only="household")
    assert versions.all_files(pointer) == [before]
    assert versions.current_file(pointer) == before


def test_no_version_is_made_while_somebody_loads(saved: Path, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    with versions.writing(tmp_path / "b" / "household"), pytest.raises(BackupError, match="load_under_way"):
        restore(saved)
    assert versions.all_files(tmp_path / "b" / "household") == []


def test_what_an_old_ledger_left_is_not_played_into_the_restored_one(saved: Path, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for ending in ("-wal", "-shm", "-journal"):
        left = tmp_path / "b" / f"ledger.sqlite{ending}"
        left.write_bytes(b"of another ledger")
        with pytest.raises(BackupError, match=rf"restore_not_empty: .*{ending}"):
            restore(saved)
        left.unlink()


BREAK = "UPDATE audit_entry SET recorded_by = '李四'"
UNLOCK = "DROP TRIGGER audit_entry_no_UPDATE"


def test_a_broken_record_is_saved_as_evidence_and_never_restored(
    saved: Path, tmp_path: Path, use: Set, capsys: pytest.CaptureFixture[str]
) -> None:
    restore(saved)
    ledger = Ledger(make_url(f"sqlite:///{tmp_path / 'b' / 'ledger.sqlite'}"))
    save_template(ledger, name="后来", link="", recorded_by="张三", scope=EVERYTHING)
    with ledger.engine.begin() as connection:
        connection.exec_driver_sql(UNLOCK)
        connection.exec_driver_sql(f"{BREAK} WHERE record_id = 3")
    ledger.dispose()
    assert main(["save", str(tmp_path / "broken")]) == 1
    assert "第 3 条" in capsys.readouterr().err
    assert (tmp_path / "broken" / "ledger.sqlite").is_file()
    use(embedded(tmp_path / "c"))
    with pytest.raises(BackupError, match="backup_record_broken"):
        restore(tmp_path / "broken")
    assert not (tmp_path / "c").exists()
    restore(tmp_path / "broken", only="household")
    assert count_households(f"duckdb:///{tmp_path / 'c' / 'household'}") == 2


def test_to_look_at_a_backup_leaves_nothing_in_it(saved: Path) -> None:
    files = sorted(file.name for file in saved.iterdir())
    check(saved)
    assert sorted(file.name for file in saved.iterdir()) == files


def test_a_record_that_was_changed_in_the_copy_is_found_before_anything_is_restored(
    saved: Path, tmp_path: Path
) -> None:
    change_part(saved, "ledger", statement=UNLOCK)
    change_part(saved, "ledger", statement=BREAK)
    with pytest.raises(BackupError, match=r"backup_record_broken.*entry=1"):
        restore(saved)
    assert not (tmp_path / "b").exists()


def test_a_record_that_lacks_its_newest_entry_or_did_not_hold_when_it_was_saved_is_not_restored(
    saved: Path, tmp_path: Path
) -> None:
    whole = (saved / MANIFEST).read_bytes()
    for changed in ({"audit_hash": "0" * 64}, {"audit_broken_at": 1}):
        (saved / MANIFEST).write_bytes(whole)
        change_manifest(saved, lambda told, changed=changed: told.update(changed))  # type: ignore[misc]
        with pytest.raises(BackupError, match="backup_record_broken"):
            restore(saved)
    assert not (tmp_path / "b").exists()


def test_a_server_that_asks_for_a_password_gets_it(
    use: Set, on_server: Addresses, postgres_url: str, tmp_path: Path
) -> None:
    def as_one_with_password(url: str) -> str:
        named = make_url(url).set(username=PASSWORD_USER, password=PASSWORD)
        return named.render_as_string(hide_password=False)

    use((as_one_with_password(on_server[0]), as_one_with_password(on_server[1])))
    save(tmp_path / "backup")
    after = as_one_with_password(empty_database(postgres_url)), as_one_with_password(empty_database(postgres_url))
    use(after)
    restore(tmp_path / "backup")
    assert count_households(after[0]) == 2
    use((make_url(after[0]).set(password="wrong").render_as_string(hide_password=False), after[1]))
    with pytest.raises(BackupError, match=r"tool_failed.*password authentication failed"):
        save(tmp_path / "other")


def test_it_is_restored_as_whoever_may_load_not_as_whoever_may_read(
    use: Set, on_server: Addresses, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(on_server)
    save(tmp_path / "backup")
    after, ledger = empty_database(postgres_url), empty_database(postgres_url)
    use((make_url(after).set(username="nobody_who_writes").render_as_string(), ledger))
    monkeypatch.setenv("HOUSEHOLD_LOAD_URL", after)
    restore(tmp_path / "backup")
    assert count_households(after) == 2


def test_a_server_that_is_not_there_is_said_and_a_broken_record_found_when_it_is_restored_to_one_that_is(
    use: Set, on_server: Addresses, postgres_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    use(on_server)
    save(tmp_path / "backup")
    with socket.socket() as closed:  # bound, not listening
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        use((f"postgresql+psycopg://somebody:secret@127.0.0.1:{port}/x", empty_database(postgres_url)))
        assert main(["--language", "en", "restore", str(tmp_path / "backup")]) == 1
    said = capsys.readouterr().err
    assert "cannot be reached" in said
    assert "secret" not in said
    change_manifest(tmp_path / "backup", lambda told: told.update(audit_hash="0" * 64))
    use((empty_database(postgres_url), empty_database(postgres_url)))
    with pytest.raises(BackupError, match="backup_record_broken"):
        restore(tmp_path / "backup")


@pytest.mark.parametrize(
    ("script", "said"), [("exit 3", "reason=3"), ("echo one >&2; echo two >&2; exit 1", "reason=two")]
)
def test_a_tool_that_fails_is_said_even_where_it_says_nothing(
    use: Set, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str
) -> None:
    tool = tmp_path / "bin" / "pg_dump"
    tool.parent.mkdir()
    tool.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:/usr/bin:/bin")
    use(("postgresql+psycopg://nobody@127.0.0.1:1/x", f"sqlite:///{tmp_path / 'ledger.sqlite'}"))
    with pytest.raises(BackupError, match=said):
        save(tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


def test_a_disk_that_refuses_is_said_and_leaves_no_draft(saved: Path, tmp_path: Path, use: Set) -> None:
    (tmp_path / "no_folder").write_text("a file", encoding="utf-8")
    use((f"duckdb:///{tmp_path / 'no_folder' / 'household'}", f"sqlite:///{tmp_path / 'b' / 'ledger.sqlite'}"))
    with pytest.raises(BackupError, match="restore_failed"):
        restore(saved)
    assert not list(tmp_path.rglob("*.draft"))


def test_the_command_line_saves_checks_and_restores(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(saved)]) == 0
    assert "1 audit entries" in capsys.readouterr().out
    assert main(["restore", str(saved)]) == 0
    assert main(["save", str(tmp_path / "unconfirmed")]) == 1
    assert check(tmp_path / "unconfirmed").audit_entries == 2
    assert "业务主管" in capsys.readouterr().err
    ledger = Ledger(ledger_url())
    confirm(ledger, reason="按规定恢复", recorded_by="主管", scope=EVERYTHING)
    ledger.dispose()
    assert main(["save", str(tmp_path / "again")]) == 0
    assert main(["--language", "en", "restore", str(saved)]) == 1
    assert "Move it away, or name an empty target." in capsys.readouterr().err


def test_every_problem_has_its_sentence_in_both_languages() -> None:
    source = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "data_access/backup").glob("*.py"))
    raised = set(re.findall(r'BackupError\(\s*"(\w+)"', source))
    assert {key: sorted(texts) for key, texts in read_texts(BackupError.texts).items()} == {
        key: ["en", "zh"] for key in raised
    }


# Revisions of the ledger


def knows_the_next_revision(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "next"
    shutil.copytree(OWN, folder)
    (folder / f"{NEXT}_later.py").write_text(SECOND, encoding="utf-8")
    monkeypatch.setattr(migration, "VERSIONS", folder)


def revision(url: str) -> str:
    with opened(make_url(url)) as engine, engine.connect() as connection:
        return standing(connection).found


def test_a_backup_before_the_upgrade_leaves_the_ledger_as_it_is_and_comes_back_brought_up(
    use: Set, new_addresses: Callable[[str], Addresses], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after = new_addresses("before"), new_addresses("after")
    fill(before)
    knows_the_next_revision(monkeypatch, tmp_path)
    use(before)
    saved = save(tmp_path / "backup")
    assert (saved.audit_entries, revision(before[1])) == (1, NOW)
    use(after)
    assert restore(tmp_path / "backup") == saved
    assert revision(after[1]) == NEXT
    ledger = Ledger(make_url(after[1]))
    assert read_templates(ledger)["name"].tolist() == ["模板"]
    assert audit_log.check_chain(ledger, scope=EVERYTHING).entries == 2
    ledger.dispose()


def test_a_ledger_of_a_newer_program_is_not_restored(
    saved: Path, use: Set, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as newer:
        knows_the_next_revision(newer, tmp_path)
        use(embedded(tmp_path / "a"))
        Ledger(ledger_url()).dispose()
        save(tmp_path / "newer")
    use(embedded(tmp_path / "b"))
    with pytest.raises(BackupError, match=rf"restore_newer_ledger.*{NEXT}"):
        restore(tmp_path / "newer")
    assert not (tmp_path / "b").exists()
