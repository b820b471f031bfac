"""A database that is not ours, to be checked."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text

from tests.support.databases import empty_database
from tests.support.households import Rows, create_database

MakeTheirs = Callable[[Rows], str]


@pytest.fixture(params=["duckdb", "postgresql"])
def make_theirs(request: pytest.FixtureRequest, tmp_path: Path) -> MakeTheirs:
    """Makes a database of some rows; its address."""

    def make(rows: Rows) -> str:
        made = (
            f"duckdb:///{tmp_path / 'theirs.duckdb'}"
            if request.param == "duckdb"
            else empty_database(request.getfixturevalue("postgres_url"))
        )
        engine = create_engine(made)
        create_database(engine, rows)
        engine.dispose()
        return str(made)

    return make


@contextmanager
def after(url: str, *statements: str) -> Iterator[Connection]:
    """A connection to a database after some statements."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()
