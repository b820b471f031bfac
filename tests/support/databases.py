"""Databases that tests make: empty ones on the test PostgreSQL server, versions of an embedded one."""

import itertools
import os
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.schema import DDL

from data_access.database import versions
from tests.support.households import Rows, create_database

ON_BOTH = pytest.mark.parametrize("database_kind", ["embedded", "postgresql"])
"""For a test about a database itself: it runs on DuckDB and SQLite, and again on PostgreSQL. All other tests run on the
embedded databases; that PostgreSQL answers the same is shown by `data_access/test_differential.py`."""

_numbers = itertools.count(1)
_to_drop: list[tuple[str, str]] = []
"""Server and name of the databases that nobody needs any more once the tests of a module are done."""


def empty_database(server_url: str, *, like: str | None = None, lasting: bool = False) -> str:
    """Create a database on the server and give its URL.

    Args:
        like: the URL of one on the same server that it shall be a copy of; nobody is connected to that. Else empty.
        lasting: for the tests of more than one module.
    """
    name = f"test_{os.getpid()}_{next(_numbers)}"
    template = "template1" if like is None else str(make_url(like).database)
    _run(server_url, f"CREATE DATABASE %(name)s TEMPLATE {template}", name=name)
    if not lasting:
        _to_drop.append((server_url, name))
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


def drop_databases() -> None:
    """Drop what is not lasting: thousands of databases, each of 8 MB, lie in memory."""
    while _to_drop:
        server_url, name = _to_drop.pop()
        with suppress(OperationalError):  # a server of a benchmark's own is gone, and its databases with it
            _run(server_url, "DROP DATABASE %(name)s WITH (FORCE)", name=name)


def _run(server_url: str, statement: str, *, name: str) -> None:
    # From a database that nobody copies: of one with another session in it, PostgreSQL refuses a copy.
    engine = create_engine(make_url(server_url).set(database="postgres"), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(DDL(statement, context={"name": name}))  # type: ignore[no-untyped-call]
    finally:
        engine.dispose()


def write_version(pointer: Path, rows: Rows) -> Path:
    """Make a version of an embedded database and have the pointer name it; gives its file."""
    pointer.parent.mkdir(parents=True, exist_ok=True)
    file = versions.next_file(pointer)
    engine = create_engine(f"duckdb:///{file}")
    create_database(engine, rows)
    engine.dispose()
    versions.publish(pointer, file)
    return file
