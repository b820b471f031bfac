"""The user that the shipped script makes reads every table and can change nothing."""

from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from data_access.backup.postgres import dump
from data_access.database.engine import HouseholdDatabase
from tests.support.databases import empty_database
from tests.support.households import create_database, household, merged, village

SCRIPT = Path(__file__).parents[3] / "docs" / "read_only_user.sql"


@pytest.fixture
def reader_url(postgres_url: str) -> str:
    owner = make_url(empty_database(postgres_url))
    engine = create_engine(owner)
    create_database(engine, merged(village(), household("H1")))
    engine.dispose()
    for _ in range(2):  # it may be run again
        with psycopg.connect(owner.set(drivername="postgresql").render_as_string(hide_password=False)) as connection:
            connection.execute(SCRIPT.read_text(encoding="utf-8").encode())
    return owner.set(username="household_reader", password=None).render_as_string(hide_password=False)


def test_it_reads_what_the_app_reads(reader_url: str) -> None:
    database = HouseholdDatabase(make_url(reader_url))
    with database.connect() as (connection, version):
        assert connection.execute(text("SELECT count(*) FROM household")).scalar_one() == 1
    assert version.load_id >= 1
    database.dispose()


def test_it_can_back_up_what_it_reads(reader_url: str, tmp_path: Path) -> None:
    assert dump(make_url(reader_url), tmp_path / "household.dump").stat().st_size > 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE household SET head_name = 'X'",
        "DELETE FROM household",
        "INSERT INTO grid (code, village_code) VALUES ('G', 'V')",
        "CREATE TABLE mine (a int)",
        "DROP TABLE household",
        "SET default_transaction_read_only = off; UPDATE household SET head_name = 'X'",
    ],
)
def test_it_changes_nothing_even_where_it_turns_read_only_off(reader_url: str, statement: str) -> None:
    engine = create_engine(reader_url)
    with pytest.raises(ProgrammingError), engine.begin() as connection:
        connection.execute(text("SET TRANSACTION READ WRITE"))
        connection.execute(text(statement))
    engine.dispose()
