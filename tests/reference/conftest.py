"""The small sample as the app opens it, and all of its tables whole, for those who recount it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import make_url

from data_access.engine import HouseholdDatabase
from tests.reference.frames import Frames, read_tables


@pytest.fixture(scope="module")
def database(sample_url: str) -> Iterator[HouseholdDatabase]:
    """The small sample; read it, do not change it."""
    held = HouseholdDatabase(make_url(sample_url))
    yield held
    held.dispose()


@pytest.fixture(scope="module")
def tables(database: HouseholdDatabase) -> Frames:
    """Every table of it: table name -> one row per row of the table."""
    with database.connect() as (connection, _):
        return read_tables(connection.engine)
