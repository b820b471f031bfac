"""A database that does not keep the contract is told where, with the remedy; one that keeps it is told nothing."""

from datetime import date

import pytest
from sqlalchemy import Connection, create_engine, text

from data_access.quality.check_command import main
from data_access.quality.compliance import check_database, proposed_views
from data_access.schema.column_types import family_of
from data_access.schema.tables import metadata
from tests.data_access.quality.conftest import MakeTheirs, after
from tests.support.households import household, merged, village

pytestmark = pytest.mark.opens_a_database

ROWS = merged(village(), household("H1", cases=[{"identified_on": date(2022, 3, 1)}]))


def spoilt(url: str, *statements: str) -> set[tuple[str, str]]:
    """What is found after some statements; tables that have no rows are left out."""
    with after(url, *statements) as connection:
        return found_in(connection)


def found_in(connection: Connection) -> set[tuple[str, str]]:
    return {(one.kind, one.place) for one in check_database(connection) if one.kind != "table_empty"}


def test_nothing_is_found_in_a_database_that_keeps_the_contract_and_every_breach_is_named(
    make_theirs: MakeTheirs, capsys: pytest.CaptureFixture
) -> None:
    url = make_theirs(ROWS)
    assert spoilt(url) == set()
    found = spoilt(
        url,
        "DROP TABLE phone_check",
        "ALTER TABLE household DROP COLUMN phone",
        "ALTER TABLE project ALTER COLUMN budget TYPE varchar",
        "UPDATE household SET household_type = '一般户'",
    )
    assert found == {
        ("table_missing", "phone_check"),
        ("column_missing", "household.phone"),
        ("wrong_type", "project.budget"),
        ("unexpected_code", "household.household_type"),
    }
    with after(url) as connection:
        [breach] = [one for one in check_database(connection) if one.kind == "unexpected_code"]
    assert (breach.rows, breach.found, breach.wanted) == (1, "一般户", "household_type")
    assert "一般户" in breach.text("zh")
    assert "CASE" in breach.text("en")
    assert main([url, "--language", "en"]) == 1
    said = capsys.readouterr().out
    assert "phone_check (one telephone check) is missing" in said
    assert "CREATE VIEW phone_check" in said


def test_a_key_that_stands_twice_and_a_required_column_that_is_empty_are_named(make_theirs: MakeTheirs) -> None:
    url = make_theirs(ROWS)
    # As a view over somebody else's tables would show them.
    view = "CREATE VIEW grid AS SELECT 'G1' AS code, CAST(NULL AS varchar) AS village_code, 'A' AS worker"
    found = spoilt(url, "DROP TABLE grid", f"{view} UNION ALL SELECT 'G1', 'V1', 'B'")
    assert found == {("key_twice", "grid"), ("null_in_required", "grid.village_code")}


def test_the_proposed_view_can_be_made_and_then_the_table_is_only_empty_of_data(make_theirs: MakeTheirs) -> None:
    url = make_theirs(ROWS)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE phone_check"))
        [proposal] = list(proposed_views(connection))
        assert "一次电话抽查" in proposal
        connection.execute(text(proposal))
    with engine.connect() as connection:
        assert list(proposed_views(connection)) == []
        found = found_in(connection)
    engine.dispose()
    # One row of nothing: what is required is empty, and nothing is missing or of another type.
    assert {kind for kind, _ in found} == {"null_in_required"}


def test_a_database_that_is_not_there_is_said_in_one_line(capsys: pytest.CaptureFixture, tmp_path) -> None:
    for wrong in (f"duckdb:///{tmp_path / 'nothing'}", "no address", "postgresql+psycopg://nobody@127.0.0.1:1/none"):
        assert main([wrong]) == 2
        said = capsys.readouterr().err
        assert said.startswith("data_access.check: ")
        assert said.count("\n") == 1


def test_every_type_of_the_contract_has_a_family() -> None:
    kinds = {str(part.type).lower().split("(")[0] for declared in metadata.tables.values() for part in declared.c}
    assert {kind for kind in kinds if family_of(kind.replace("datetime", "timestamp")) is None} == set()
    assert family_of("json") is None
