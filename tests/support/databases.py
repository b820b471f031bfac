"""Databases that tests make: empty ones on the test PostgreSQL server, versions of an embedded one."""

import itertools
import os
from pathlib import Path

from sqlalchemy import create_engine, make_url
from sqlalchemy.schema import DDL

from data_access import versions
from tests.support.households import Rows, create_database

_numbers = itertools.count(1)


def empty_database(server_url: str) -> str:
    """Create an empty database on the server and give its URL."""
    url = make_url(server_url)
    name = f"test_{os.getpid()}_{next(_numbers)}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(DDL("CREATE DATABASE %(name)s", context={"name": name}))  # type: ignore[no-untyped-call]
    engine.dispose()
    return url.set(database=name).render_as_string(hide_password=False)


def write_version(pointer: Path, rows: Rows) -> Path:
    """Make a version of an embedded database and have the pointer name it; gives its file."""
    pointer.parent.mkdir(parents=True, exist_ok=True)
    file = versions.next_file(pointer)
    engine = create_engine(f"duckdb:///{file}")
    create_database(engine, rows)
    engine.dispose()
    versions.publish(pointer, file)
    return file
