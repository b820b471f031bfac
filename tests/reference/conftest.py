"""The small sample as the app opens it: on each database what is counted of all, on DuckDB alone what is asked of one
household or one filter after the other (that PostgreSQL answers the same: `data_access/test_differential.py`)."""

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
    """The small sample on DuckDB alone."""
    held = HouseholdDatabase(make_url(sample_url))
    yield held
    held.dispose()
