"""Opening a source, and what it answers when it cannot be read."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import URL, Engine, create_engine
from sqlalchemy.exc import NoSuchModuleError, SQLAlchemyError

from data_access.addresses import shown
from data_access.connect.errors import ConnectError

_DRIVERS = {"mysql": "mysql+pymysql", "mariadb": "mysql+pymysql", "postgresql": "postgresql+psycopg"}
"""The drivers that are installed: what an address begins with that names none."""


@contextmanager
def source_engine(source: URL) -> Iterator[Engine]:
    """An engine for a source, as long as it is read. Raises ConnectError where its driver is not installed, where it
    cannot be reached, and for whatever it refuses inside."""
    try:
        engine = create_engine(source)
    except (ImportError, NoSuchModuleError) as error:
        if (written := _DRIVERS.get(source.drivername)) is not None:
            raise ConnectError("driver_unnamed", kind=source.drivername, written=written) from error
        raise ConnectError("no_driver", kind=source.drivername) from error
    try:
        with _answers(source, "unreachable"):
            engine.connect().close()
        with _answers(source, "refused"):
            yield engine
    finally:
        engine.dispose()


@contextmanager
def _answers(source: URL, key: str) -> Iterator[None]:
    """What a source says when it does not do what it is asked, as an error with a remedy."""
    try:
        yield
    except (SQLAlchemyError, psycopg.Error) as error:
        raise ConnectError(key, database=shown(source), reason=reason_of(error)) from error
    except AssertionError as error:  # SQLAlchemy's, of a server whose version says another make than its address
        raise ConnectError("other_make", database=shown(source), kind=source.drivername, reason=str(error)) from error


def reason_of(error: SQLAlchemyError | psycopg.Error) -> str:
    """What a source answered, on one line."""
    answer = getattr(error, "orig", None) or error
    said = answer.args[-1] if answer.args and isinstance(answer.args[-1], str) else answer
    return str(said).strip().splitlines()[0]
