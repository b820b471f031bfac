"""Opening a source, and what it answers when it cannot be read."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import URL, Engine, create_engine
from sqlalchemy.exc import NoSuchModuleError, SQLAlchemyError

from data_access.connect.errors import ConnectError


@contextmanager
def source_engine(source: URL) -> Iterator[Engine]:
    """An engine for a source, as long as it is read. Raises ConnectError where its driver is not installed, and for
    whatever it refuses inside."""
    try:
        engine = create_engine(source)
    except (ImportError, NoSuchModuleError) as error:
        raise ConnectError("no_driver", kind=source.drivername) from error
    try:
        yield engine
    except (SQLAlchemyError, psycopg.Error) as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise ConnectError("refused", database=source.render_as_string(), reason=reason) from error
    finally:
        engine.dispose()
