"""Opening the household database: what can be wrong with it, and following it from version to version."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import create_engine, literal_column, make_url, select
from sqlalchemy.schema import DropTable

from data_access.database import versions
from data_access.database.engine import HouseholdDatabase, household_url
from data_access.errors import DatabaseError
from data_access.schema.contract import missing_parts
from data_access.schema.tables import household, member, metadata
from tests.data_access.conftest import MakeDatabase
from tests.support.databases import ON_BOTH, write_version
from tests.support.households import household as household_rows
from tests.support.households import load, merged, village


@pytest.fixture
def pointer(tmp_path: Path) -> Path:
    return tmp_path / "household"


@pytest.fixture
def versioned(pointer: Path) -> Iterator[HouseholdDatabase]:
    database = HouseholdDatabase(make_url(f"duckdb:///{pointer}"))
    yield database
    database.dispose()


def problem_of(database: HouseholdDatabase) -> DatabaseError:
    with pytest.raises(DatabaseError) as caught, database.connect():
        pass
    return caught.value


@pytest.mark.opens_a_database
def test_no_database_at_the_url_is_said_with_its_path(versioned: HouseholdDatabase, pointer: Path) -> None:
    problem = problem_of(versioned)
    assert problem.key == "no_database"
    assert problem.details["path"] == str(pointer)


@pytest.mark.parametrize("text", ["nonsense", "duckdb//x", "://"])
def test_an_address_that_is_no_url_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("HOUSEHOLD_DATABASE_URL", text)
    with pytest.raises(DatabaseError, match="HOUSEHOLD_DATABASE_URL"):
        household_url()


@pytest.mark.parametrize("text", ["mysql://host/name", "sqlite:///file.db"])
def test_another_kind_of_database_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("HOUSEHOLD_DATABASE_URL", text)
    with pytest.raises(DatabaseError, match="unknown_database_kind"):
        household_url()


def test_an_unknown_driver_is_refused() -> None:
    assert problem_of(HouseholdDatabase(make_url("postgresql+nodriver://host/name"))).key == "unknown_database_kind"


def test_a_server_that_does_not_answer_is_unreachable_and_its_password_is_not_said() -> None:
    problem = problem_of(HouseholdDatabase(make_url("postgresql+psycopg://reader:secret@127.0.0.1:1/household")))
    assert problem.key == "unreachable"
    assert "secret" not in str(problem)


@pytest.mark.opens_a_database
def test_a_file_that_is_no_database_is_unreachable(versioned: HouseholdDatabase, pointer: Path) -> None:
    file = versions.next_file(pointer)
    file.write_bytes(b"not a database" * 400)
    versions.publish(pointer, file)
    assert problem_of(versioned).key == "unreachable"


@ON_BOTH
def test_a_question_that_fails_does_not_say_that_the_database_is_away(make_database: MakeDatabase) -> None:
    database = make_database(merged(village(), household_rows("H1"), household_rows("H2")))
    with pytest.raises(DatabaseError, match="query_failed"), database.connect() as (connection, _):
        connection.execute(select(household.c.household_id)).one()
    with pytest.raises(DatabaseError, match="query_failed"), database.connect() as (connection, _):
        connection.execute(select(literal_column("no_such_column")).select_from(household))


@ON_BOTH
def test_one_message_names_every_table_and_column_that_is_missing(make_database: MakeDatabase) -> None:
    database = make_database(merged(village()))
    database.dispose()
    engine = create_engine(database.url)
    with engine.begin() as connection:
        connection.execute(DropTable(metadata.tables["region"]))
        connection.execute(DropTable(member))
        connection.exec_driver_sql("CREATE TABLE member (household_id VARCHAR, member_id VARCHAR)")
    engine.dispose()
    problem = problem_of(database)
    assert problem.key == "contract_broken"
    assert problem.details["missing"] == "region, member.joined_on", "what no database does without, and nothing else"


@ON_BOTH
def test_a_complete_database_lacks_nothing(make_database: MakeDatabase) -> None:
    with make_database(merged(village())).connect() as (connection, _):
        assert missing_parts(connection) == []


@ON_BOTH
def test_the_data_version_is_the_newest_load_with_its_cut_off(make_database: MakeDatabase) -> None:
    rows = merged(village(), load(load_id=7, cut_off=date(2022, 8, 31)))
    rows["data_load"] += load(load_id=9, cut_off=date(2022, 9, 25))["data_load"]
    with make_database(rows).connect() as (_, version):
        assert (version.load_id, version.cut_off) == (9, date(2022, 9, 25))


@ON_BOTH
def test_a_database_into_which_nothing_was_loaded_has_no_cut_off(make_database: MakeDatabase) -> None:
    rows = merged(village())
    rows["data_load"] = []
    with make_database(rows).connect() as (_, version):
        assert version.cut_off is None


@ON_BOTH
def test_a_connection_cannot_write(make_database: MakeDatabase) -> None:
    database = make_database(merged(village(), household_rows()))
    with pytest.raises(DatabaseError), database.connect() as (connection, _):
        connection.execute(household.delete())
    with database.connect() as (connection, _):
        assert connection.execute(select(household.c.household_id)).scalars().all() == ["H1"]


@pytest.mark.opens_a_database
def test_a_new_version_shows_at_once_while_an_old_connection_goes_on_with_the_old_rows(
    versioned: HouseholdDatabase, pointer: Path
) -> None:
    ids = select(household.c.household_id).order_by(household.c.household_id)
    write_version(pointer, merged(village(), household_rows("OLD"), load(load_id=1)))
    with versioned.connect() as (old, old_version):
        write_version(pointer, merged(village(), household_rows("NEW"), load(load_id=2)))
        with versioned.connect() as (new, new_version):
            assert (new_version.load_id, new.execute(ids).scalars().all()) == (2, ["NEW"])
        assert (old_version.load_id, old.execute(ids).scalars().all()) == (1, ["OLD"])
    with versioned.connect() as (again, version):
        assert (version.load_id, again.execute(ids).scalars().all()) == (2, ["NEW"])


@pytest.mark.opens_a_database
def test_a_duckdb_file_named_directly_is_opened_as_it_is(pointer: Path) -> None:
    file = write_version(pointer, merged(village(), household_rows("H7")))
    database = HouseholdDatabase(make_url(f"duckdb:///{file}"))
    with database.connect() as (connection, _):
        assert connection.execute(select(household.c.household_id)).scalar() == "H7"
    database.dispose()


@pytest.mark.opens_a_database
def test_an_embedded_database_reads_no_other_file(versioned: HouseholdDatabase, pointer: Path, tmp_path: Path) -> None:
    write_version(pointer, merged(village()))
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    with pytest.raises(DatabaseError), versioned.connect() as (connection, _):
        connection.exec_driver_sql(f"SELECT * FROM read_csv('{secret}')")


@ON_BOTH
def test_a_statement_is_compiled_once_and_asked_with_its_own_values_each_time(make_database: MakeDatabase) -> None:
    database = make_database(merged(village(), household_rows("H1"), household_rows("H2")))
    found = []
    with database.connect() as (connection, _):
        for wanted in ("H1", "H2"):
            query = select(household.c.household_id).where(household.c.household_id == wanted)
            result = connection.execute(query)
            found.append((result.context.cache_hit.name, result.scalar_one()))
    assert found == [("CACHE_MISS", "H1"), ("CACHE_HIT", "H2")]
