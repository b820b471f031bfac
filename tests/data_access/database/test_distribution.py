"""Tables are spread so that everything about a household lies together; without Citus the command says so.

Citus itself is not here: its functions are stood in for by ones that write down how they were called.
"""

import pytest
from sqlalchemy import String, create_engine, text

from data_access.database.distribution import KEY, NoCitusError, distribute, main, plan, spread
from data_access.schema.tables import metadata
from tests.support.databases import empty_database
from tests.support.households import create_database, merged, village

STAND_INS = """
CREATE TABLE called (number serial, name text, arguments text);
CREATE TYPE distribution_type AS ENUM ('hash', 'range', 'append');
CREATE FUNCTION create_reference_table(table_name regclass) RETURNS void LANGUAGE sql AS
  $$INSERT INTO called (name, arguments) VALUES (table_name::text, 'reference')$$;
CREATE FUNCTION create_distributed_table(
  table_name regclass, distribution_column text, distribution_type distribution_type DEFAULT 'hash',
  colocate_with text DEFAULT 'default', shard_count int DEFAULT NULL
) RETURNS void LANGUAGE sql AS
  $$INSERT INTO called (name, arguments) VALUES (table_name::text, distribution_column || ' ' || colocate_with)$$;
"""
"""With the types of the arguments that Citus documents."""


@pytest.fixture
def url(postgres_url: str) -> str:
    made = empty_database(postgres_url)
    engine = create_engine(made)
    create_database(engine, merged(village()))
    engine.dispose()
    return made


def test_every_table_is_spread_once_and_households_before_what_lies_beside_them() -> None:
    steps = list(plan())
    assert sorted(step.table for step in steps) == sorted(metadata.tables)
    distributed = [step.table for step in steps if step.distributed]
    assert distributed[0] == "household"
    assert "region" not in distributed
    assert steps.index(next(step for step in steps if step.distributed)) == len(steps) - len(distributed)


def test_what_is_distributed_has_the_household_first_in_its_key_and_never_empty() -> None:
    for step in plan():
        declared = metadata.tables[step.table]
        if step.distributed:
            key = list(declared.primary_key.columns)
            assert key[0].name == KEY
            assert not key[0].nullable
            assert isinstance(key[0].type, String)  # one type, so that Citus lays them beside each other
        elif KEY in declared.c:
            assert KEY not in declared.primary_key.columns


def test_citus_is_called_with_the_key_and_the_table_to_lie_beside(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(STAND_INS))
        spread(connection, list(plan()))
        rows = connection.execute(text("SELECT name, arguments FROM called"))
        called = {row.name: row.arguments for row in rows}
    engine.dispose()
    assert called["region"] == "reference"
    assert called["household"] == called["member"] == f"{KEY} default"
    assert len(called) == len(metadata.tables)


def test_without_citus_nothing_is_done_and_the_remedy_is_told(url: str, capsys: pytest.CaptureFixture) -> None:
    engine = create_engine(url)
    with pytest.raises(NoCitusError), engine.begin() as connection:
        distribute(connection)
    engine.dispose()
    assert main([url]) == 1
    assert "CREATE EXTENSION citus" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", ["no address", "duckdb:///household"])
def test_an_address_that_cannot_be_spread_is_refused(wrong: str, capsys: pytest.CaptureFixture) -> None:
    assert main([wrong]) == 2
    assert capsys.readouterr().err.count("\n") == 1
