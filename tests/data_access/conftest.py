"""Small real databases: embedded ones, and PostgreSQL for the tests that are `ON_BOTH`."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from sqlalchemy import create_engine, make_url

from data_access.database.engine import HouseholdDatabase
from data_access.facts import store
from data_access.facts.monthly import MonthlyFacts
from data_access.facts.store import FactsStore
from data_access.ledger.ledger import Ledger
from tests.support.databases import empty_database
from tests.support.households import Rows, create_database
from tests.support.ledgers import copy_ledger_on_a_server
from tests.support.rulebooks import FEW, of_rules

MakeDatabase = Callable[[Rows], HouseholdDatabase]
CountFacts = Callable[[Rows], MonthlyFacts]


@pytest.fixture(scope="module")
def few_rules() -> Iterator[None]:
    """Facts are counted, and snapshots of a store judged, by few rules."""
    with patch.object(store, "load_rulebook", lambda _: of_rules(*FEW)):
        yield


@pytest.fixture
def database_kind() -> str:
    """Where the databases of a test are, unless it is `ON_BOTH`."""
    return "embedded"


@pytest.fixture
def make_database(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeDatabase]:
    """Makes a household database from rows."""
    made: list[HouseholdDatabase] = []

    def make(rows: Rows) -> HouseholdDatabase:
        if database_kind == "embedded":
            url = f"duckdb:///{tmp_path / f'households{len(made)}.duckdb'}"
        else:
            url = empty_database(request.getfixturevalue("postgres_url"))
        made.append(_made(url, rows))
        return made[-1]

    yield make
    for database in made:
        database.dispose()


@pytest.fixture(scope="module")
def shared_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeDatabase]:
    """Makes an embedded database for all tests of a module: they read it and do not change it."""
    made: list[HouseholdDatabase] = []

    def make(rows: Rows) -> HouseholdDatabase:
        made.append(_made(f"duckdb:///{tmp_path_factory.mktemp('shared') / 'households.duckdb'}", rows))
        return made[-1]

    yield make
    for database in made:
        database.dispose()


def _made(url: str, rows: Rows) -> HouseholdDatabase:
    engine = create_engine(url)
    create_database(engine, rows)
    engine.dispose()
    return HouseholdDatabase(make_url(url))


@pytest.fixture
def count_facts(make_database: MakeDatabase) -> CountFacts:
    """Counts the monthly facts of rows."""
    return lambda rows: FactsStore(make_database(rows)).current().facts


@pytest.fixture(scope="module")
def count_shared(shared_database: MakeDatabase) -> CountFacts:
    """The same, once for all tests of a module."""
    return lambda rows: FactsStore(shared_database(rows)).current().facts


@pytest.fixture
def ledger(database_kind: str, request: pytest.FixtureRequest) -> Iterator[Ledger]:
    """An empty ledger."""
    if database_kind == "embedded":
        url = os.environ["LEDGER_DATABASE_URL"]
    else:
        url = copy_ledger_on_a_server(request.getfixturevalue("postgres_ledger_template"))
    made = Ledger(make_url(url))
    yield made
    made.dispose()
