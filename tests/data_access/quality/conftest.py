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
        if request.param == "duckdb":
            return make_embedded(tmp_path, rows)
        return _made(empty_database(request.getfixturevalue("postgres_url")), rows)

    return make


def make_embedded(folder: Path, rows: Rows) -> str:
    """An embedded database of some rows; its address."""
    return _made(f"duckdb:///{folder / 'theirs.duckdb'}", rows)


def _made(url: str, rows: Rows) -> str:
    engine = create_engine(url)
    create_database(engine, rows)
    engine.dispose()
    return url


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
