"""Runs a query of the app on a database, without the door and its cache."""

from collections.abc import Callable
from typing import Any, TypeVar

from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.risk.rulebook import load_rulebook

Result = TypeVar("Result")


def ask(database: HouseholdDatabase, query: Callable[..., Result], **arguments: Any) -> Result:
    """What a query function gives for these arguments, under the rule book of the app."""
    with database.connect() as (connection, version):
        return query(Snapshot(connection=connection, version=version, rulebook=load_rulebook()), **arguments)
