"""The versions of the contract: what the first has must be there, what is added later may be missing until it is."""

import pytest
from sqlalchemy import Column, create_engine, select, text

from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.errors import DatabaseError, NotKeptError
from data_access.quality.compliance import check_database, proposed_views
from data_access.risk.rulebook import load_rulebook
from data_access.schema import contract
from data_access.schema.contract import bring_up, missing_parts, name_of, newest_version, read_version
from data_access.schema.tables import member
from pages.shell.texts import error_sentence
from tests.data_access.conftest import MakeDatabase
from tests.support.households import household, merged, village
from tests.support.later_contract import LATER, NOTE, VISIT, declare_later


@pytest.fixture
def note(monkeypatch: pytest.MonkeyPatch) -> Column:
    return declare_later(monkeypatch)


@pytest.fixture
def older(make_database: MakeDatabase) -> HouseholdDatabase:
    """A database of the first version, with a person."""
    return make_database(merged(village(), household("H1")))


def changed(database: HouseholdDatabase, *statements: str) -> None:
    database.dispose()
    engine = create_engine(database.url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def upgraded(database: HouseholdDatabase) -> None:
    database.dispose()
    engine = create_engine(database.url)
    with engine.begin() as connection:
        bring_up(connection)
    engine.dispose()


def snapshot_of(database: HouseholdDatabase) -> Snapshot:
    with database.connect() as (connection, version):
        return Snapshot(connection=connection, version=version, rulebook=load_rulebook())


def test_a_database_that_lacks_what_was_added_later_opens_and_says_what_it_does_not_keep(
    older: HouseholdDatabase, note: Column
) -> None:
    snapshot = snapshot_of(older)
    assert snapshot.version.not_kept == {NOTE, f"{VISIT}.household_id", f"{VISIT}.purpose"}
    assert snapshot.keeps(member.c.labour)
    assert not snapshot.keeps(note)
    snapshot.require(member.c.labour)
    with pytest.raises(NotKeptError) as caught:
        snapshot.require(member.c.labour, note)
    for language, word in (("zh", "备注"), ("en", "a note")):
        said = error_sentence(caught.value, language=language)
        assert word in said
        assert NOTE in said


def test_what_is_needed_must_be_there_and_is_named_alone(older: HouseholdDatabase, note: Column) -> None:
    changed(older, "ALTER TABLE member DROP COLUMN joined_on", "ALTER TABLE member DROP COLUMN labour")
    with pytest.raises(DatabaseError) as caught:
        snapshot_of(older)
    assert caught.value.details["missing"] == "member.joined_on"


def test_to_bring_a_database_up_adds_what_it_lacks_and_changes_no_row(older: HouseholdDatabase, note: Column) -> None:
    with older.connect() as (connection, _):
        before = connection.execute(select(member)).all()
        assert (read_version(connection), newest_version()) == (1, LATER)
    upgraded(older)
    upgraded(older)  # a second time changes nothing
    assert snapshot_of(older).keeps(note)
    with older.connect() as (connection, _):
        assert missing_parts(connection) == []
        assert read_version(connection) == LATER
        assert connection.execute(select(member)).all() == before
        assert set(connection.execute(select(text(NOTE)).select_from(member)).scalars()) == {None}


def test_what_a_damaged_table_lacks_of_the_first_version_is_not_made_up(older: HouseholdDatabase, note: Column) -> None:
    changed(older, "ALTER TABLE member DROP COLUMN joined_on", "ALTER TABLE member DROP COLUMN labour")
    upgraded(older)
    assert [name_of(part) for part in _missing(older)] == ["member.joined_on"], "labour is added, empty"


def _missing(database: HouseholdDatabase) -> list[contract.Part]:
    engine = create_engine(database.url)
    with engine.connect() as connection:
        missing = missing_parts(connection)
    engine.dispose()
    return missing


def test_a_database_of_the_first_version_keeps_the_contract_as_before(older: HouseholdDatabase, note: Column) -> None:
    with older.connect() as (connection, _):
        findings = check_database(connection)
        assert not [finding.place for finding in findings if finding.kind.endswith("_missing")]
        assert list(proposed_views(connection)) == []


def test_a_database_of_the_contract_of_today_lacks_nothing(older: HouseholdDatabase) -> None:
    upgraded(older)
    with older.connect() as (connection, version):
        assert version.not_kept == frozenset()
        assert read_version(connection) == newest_version()
