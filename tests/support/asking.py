"""Runs a query of the app on a database, without the door and its cache; and what the app asks by itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import event

from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.risk.rulebook import load_rulebook

Result = TypeVar("Result")


def ask(database: HouseholdDatabase, query: Callable[..., Result], **arguments: Any) -> Result:
    """What a query function gives for these arguments, under the rule book of the app."""
    with database.connect() as (connection, version):
        return query(Snapshot(connection=connection, version=version, rulebook=load_rulebook()), **arguments)


@contextmanager
def statements_sent(database: HouseholdDatabase) -> Iterator[list[str]]:
    """The statements that are sent to a database meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    with database.connect() as (connection, _version):
        event.listen(connection.engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(connection.engine, "before_cursor_execute", note)
