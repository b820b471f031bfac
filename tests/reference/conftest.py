"""The small sample as the app opens it, on each database."""

from collections.abc import Iterator

import pytest
from sqlalchemy import make_url

from data_access.database.engine import HouseholdDatabase


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
