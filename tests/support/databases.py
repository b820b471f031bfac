"""Empty databases on the test PostgreSQL server, each under a name of its own."""

import itertools
import os

from sqlalchemy import create_engine, make_url
from sqlalchemy.schema import DDL

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
