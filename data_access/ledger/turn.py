"""Whose turn it is: one writer at a time, on whichever database the ledger is, and readers that see one moment."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, func, select

_TURN = 6_109_020
"""Number of the lock under which a ledger on a server is written; any number that nobody else uses would do."""


@contextmanager
def alone(engine: Engine, *, patience: int | None = None) -> Iterator[Connection]:
    """A transaction on a ledger during which nobody else can write to it.

    Args:
        patience: milliseconds that SQLite waits for another writer; by default as long as for everything.
    """
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            with connection.begin():
                connection.execute(select(func.pg_advisory_xact_lock(_TURN)))
                yield connection
            return
        # Python's driver begins a transaction late, and not before a change of tables: that is left to us.
        own = connection.execution_options(isolation_level="AUTOCOMMIT")
        with own.begin():
            with _waiting(own, patience):
                own.exec_driver_sql("BEGIN IMMEDIATE")
            yield own


@contextmanager
def at_one_moment(engine: Engine) -> Iterator[Connection]:
    """A connection whose queries all see the ledger as of one moment, whoever writes meanwhile."""
    with engine.connect() as connection:
        sqlite = engine.dialect.name == "sqlite"
        own = connection.execution_options(isolation_level="AUTOCOMMIT" if sqlite else "REPEATABLE READ")
        with own.begin():
            if sqlite:
                own.exec_driver_sql("BEGIN")
            yield own


@contextmanager
def _waiting(connection: Connection, patience: int | None) -> Iterator[None]:
    if patience is None:
        yield
        return
    before = connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
    connection.exec_driver_sql(f"PRAGMA busy_timeout={patience}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={before}")
