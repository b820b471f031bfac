"""On PostgreSQL the board's user owns nothing of the ledger: it adds records, and cannot take away what guards them."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from data_access import registry as registry
from data_access.ledger.audit_chain import Event
from data_access.ledger.ledger import Ledger
from data_access.ledger.migration import bring_up
from pages.server import lifespan
from tests.support.databases import empty_database
from tests.support.older_ledger import make_older
from tests.support.server import ROOT


@pytest.fixture(scope="module")
def owner(postgres_url: str, keys_of_this_run: None) -> str:
    """Who owns the database of `ledger`."""
    return handed_over(postgres_url)


@pytest.fixture(scope="module")
def ledger(owner: str) -> Iterator[Ledger]:
    """The board's own; read it, do not write."""
    yield from opened_by_the_board(owner)


@pytest.fixture
def written(postgres_url: str) -> Iterator[Ledger]:
    """Another, to write into."""
    yield from opened_by_the_board(handed_over(postgres_url))


def handed_over(postgres_url: str) -> str:
    """A ledger of earlier days, brought up and handed to the board's user as docs/operations.md says."""
    owner = empty_database(postgres_url)
    make_older(owner)
    engine = create_engine(owner)
    bring_up(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql((ROOT / "docs/ledger_writer.sql").read_text(encoding="utf-8"))
    engine.dispose()
    return owner


def opened_by_the_board(owner: str) -> Iterator[Ledger]:
    made = Ledger(make_url(owner).set(username="ledger_writer"))
    yield made
    made.dispose()


def test_the_boards_user_adds_and_reads_records_and_what_is_slipped_in_is_found(written: Ledger) -> None:
    written.note(Event("signed_in"), recorded_by="张三")
    assert (written.verify().entries, written.verify().broken_at) == (5, None)
    assert not written.owns_tables()
    with written.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO session_event (session_hash, what, user_id, role, recorded_by, recorded_at)"
                " VALUES ('x', 'started', 'li', 'manager', '李四', now())"
            )
        )
    assert (written.verify().broken_at, written.verify().table) == (5, "session_event")


def test_a_board_that_signs_in_as_the_owner_is_told(
    ledger: Ledger, owner: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LEDGER_DATABASE_URL", owner)
    monkeypatch.setenv("SIGN_IN", "local")
    lifespan.tell_doubts()
    assert "docs/ledger_writer.sql" in capsys.readouterr().err


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET recorded_by = '李四'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "INSERT INTO filter_template SELECT * FROM filter_template ON CONFLICT (record_id) DO UPDATE SET name = 'x'",
        "MERGE INTO filter_template AS old USING filter_template AS new ON old.record_id = new.record_id"
        " WHEN MATCHED THEN UPDATE SET name = 'x'",
        "DROP TRIGGER audit_entry_no_update ON audit_entry",
        "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$",
        "CREATE TRIGGER mine BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TABLE mine (a integer)",
        "CREATE RULE mine AS ON INSERT TO audit_entry DO INSTEAD NOTHING",
        "SET session_replication_role = replica",
        "DROP TABLE audit_entry",
        "ALTER TABLE audit_entry RENAME TO other",
        "SELECT setval('audit_entry_record_id_seq', 1)",
        "INSERT INTO alembic_version VALUES ('x')",
        "LOCK TABLE audit_entry IN ACCESS EXCLUSIVE MODE",
    ],
)
def test_the_boards_user_changes_nothing(ledger: Ledger, statement: str) -> None:
    with pytest.raises(DBAPIError, match=r"permission denied|must be owner"), ledger.engine.begin() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO filter_template SELECT * FROM filter_template ON CONFLICT (record_id) DO UPDATE SET name = 'x'",
        "MERGE INTO filter_template AS old USING filter_template AS new ON old.record_id = new.record_id"
        " WHEN MATCHED THEN UPDATE SET name = 'x'",
        "INSERT INTO audit_entry (event, detail, previous_hash, hash, recorded_by, recorded_at)"
        " VALUES ('x', '{}', '1', '2', 'x', now())",
    ],
)
def test_the_database_refuses_it_to_the_owner_too(ledger: Ledger, owner: str, statement: str) -> None:
    engine = create_engine(owner)
    with pytest.raises(DBAPIError, match="never changed"), engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
