"""The small sample as the app opens it, on each database, and all of its tables whole, for those who recount it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import make_url

from data_access.engine import HouseholdDatabase
from tests.reference.frames import Frames, read_tables


@pytest.fixture(scope="module", params=["sample_url", "sample_postgres_url"], ids=["duckdb", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[HouseholdDatabase]:
    """The small sample; read it, do not change it."""
    held = HouseholdDatabase(make_url(request.getfixturevalue(request.param)))
    yield held
    held.dispose()


@pytest.fixture(scope="module")
def embedded(sample_url: str) -> Iterator[HouseholdDatabase]:
    """The small sample on DuckDB alone, for questions asked of one household after the other."""
    held = HouseholdDatabase(make_url(sample_url))
    yield held
    held.dispose()


@pytest.fixture(scope="session")
def tables(sample_url: str) -> Frames:
    """Every table of it, the same rows on every database: table name -> one row per row of the table."""
    held = HouseholdDatabase(make_url(sample_url))
    with held.connect() as (connection, _):
        frames = read_tables(connection.engine)
    held.dispose()
    return frames
