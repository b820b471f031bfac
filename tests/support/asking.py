"""Runs a query of the app on a database, without the door and its cache."""

from collections.abc import Callable
from typing import Any, TypeVar

from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.risk.rulebook import RuleBook, load_rulebook

Result = TypeVar("Result")


def ask(
    database: HouseholdDatabase, query: Callable[..., Result], *, rulebook: RuleBook | None = None, **arguments: Any
) -> Result:
    """What a query function gives for these arguments, under the rule book of the app unless told another."""
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=rulebook or load_rulebook())
        return query(snapshot, **arguments)
