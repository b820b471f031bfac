"""A database that lacks tables and columns is read as if they were empty; what it had it must go on having."""

import pytest
from sqlalchemy import create_engine, func, make_url, select, text

from data_access.database.engine import HouseholdDatabase, household_url
from data_access.errors import DatabaseError
from data_access.schema.contract import name_of
from data_access.schema.tables import asset, clue, data_load, household, member, metadata, project, region
from tests.data_access.conftest import MakeDatabase
from tests.data_access.schema.test_contract import changed
from tests.support.databases import ON_BOTH, empty_database
from tests.support.households import create_database, merged, village
from tests.support.households import household as home
from tests.support.households import project as project_rows

ROWS = merged(village(), home("H1", clues=[{}]), project_rows())


def altered(database: HouseholdDatabase, *statements: str) -> None:
    """Changed while the board runs: its connections stay open."""
    engine = create_engine(database.url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@ON_BOTH
def test_a_table_or_column_that_is_not_there_reads_as_empty_under_any_name(make_database: MakeDatabase) -> None:
    database = make_database(ROWS)
    changed(database, "ALTER TABLE clue DROP COLUMN due_on", "DROP TABLE project", "DROP TABLE asset")
    other = clue.alias("other")
    with database.connect() as (connection, version):
        both = select(clue.c.clue_id, clue.c.due_on, other.c.due_on).join(other, other.c.clue_id == clue.c.clue_id)
        assert connection.execute(both).all() == [("H1-L1", None, None)]
        nested = select(clue).where(clue.c.due_on.is_(None)).subquery("clue")
        assert connection.execute(select(func.count(), func.count(nested.c.due_on))).all() == [(1, 0)]
        assert (
            connection.execute(
                select(project.c.name_zh, asset.c["class"]).join(asset, asset.c.project_id == project.c.project_id)
            ).all()
            == []
        )
        assert version.not_kept == {"clue.due_on", *map(name_of, (*project.c, *asset.c))}


@ON_BOTH
def test_only_what_is_needed_is_enough(make_database: MakeDatabase) -> None:
    """Households, regions, loads, and of them the columns that no database does without."""
    database = make_database(ROWS)
    needed = (region, household, data_load)
    optional = [f"ALTER TABLE {one.name} DROP COLUMN {part.name}" for one in needed for part in one.c if part.nullable]
    changed(database, *(f"DROP TABLE {name}" for name in metadata.tables if name not in {one.name for one in needed}))
    changed(database, *optional)
    with database.connect() as (connection, version):
        assert connection.execute(select(household.c.household_id, household.c.phone)).all() == [("H1", None)]
        assert name_of(member.c.name) in version.not_kept


@pytest.mark.parametrize("change", ["RENAME COLUMN labour TO labour_old", "ALTER COLUMN labour TYPE date USING NULL"])
def test_what_is_changed_while_the_board_runs_is_named_until_it_is_back(postgres_url: str, change: str) -> None:
    url = empty_database(postgres_url)
    engine = create_engine(url)
    create_database(engine, ROWS)
    engine.dispose()
    database = HouseholdDatabase(make_url(url))
    database.version()
    altered(database, f"ALTER TABLE member {change}")
    database.version()  # nobody has asked for the column yet
    for _ in range(2):
        with pytest.raises(DatabaseError) as caught, database.connect() as (connection, _):
            connection.execute(select(member.c.labour).where(member.c.labour == "ordinary")).all()
        assert caught.value.key == "contract_changed"
        assert caught.value.details["changed"].startswith("member.labour")
    with pytest.raises(DatabaseError, match="contract_changed"):
        database.version()
    altered(database, "ALTER TABLE member DROP COLUMN IF EXISTS labour")
    with pytest.raises(DatabaseError, match="contract_changed"):
        database.version()
    altered(database, "ALTER TABLE member ADD COLUMN labour varchar")
    with database.connect() as (connection, _):
        assert connection.execute(select(member.c.labour)).scalars().all() == [None, None]
    database.dispose()


def test_a_schema_of_ours_beside_tables_of_theirs(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Theirs has a table `project` of another shape; ours have a schema, one as a materialised view."""
    url = empty_database(postgres_url)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE project (name text)"))
        connection.execute(text('CREATE SCHEMA "Our own"'))
    engine.dispose()
    monkeypatch.setenv("HOUSEHOLD_DATABASE_URL", url)
    monkeypatch.setenv("HOUSEHOLD_SCHEMA", "Our own")
    engine = create_engine(household_url())
    create_database(engine, merged(village(), home("H1")))
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE project"))
        connection.execute(text("ALTER TABLE household RENAME TO homes"))
        connection.execute(text("CREATE MATERIALIZED VIEW household AS SELECT * FROM homes"))
    engine.dispose()
    database = HouseholdDatabase(household_url())
    with database.connect() as (connection, version):
        assert connection.execute(select(household.c.household_id)).scalars().all() == ["H1"]
        assert connection.execute(select(project)).all() == [], "not theirs"
        assert name_of(project.c.name_zh) in version.not_kept
    database.dispose()


def test_the_options_of_an_address_are_kept(postgres_url: str) -> None:
    url = make_url(empty_database(postgres_url))
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA theirs"))
    engine.dispose()
    there = url.update_query_dict({"options": "-csearch_path=theirs"})
    engine = create_engine(there)
    create_database(engine, ROWS)
    engine.dispose()
    database = HouseholdDatabase(there)
    with database.connect() as (connection, _):
        assert connection.execute(select(func.current_setting("search_path"), func.current_setting("jit"))).one() == (
            "theirs",
            "off",
        )
        assert connection.execute(select(household.c.household_id)).scalars().all() == ["H1"]
    database.dispose()


def test_a_schema_needs_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOUSEHOLD_SCHEMA", "ours")
    monkeypatch.setenv("HOUSEHOLD_DATABASE_URL", "duckdb:////nowhere/household")
    with pytest.raises(DatabaseError, match="schema_without_server"):
        household_url()
