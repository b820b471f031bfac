"""Spreads the household database over a Citus cluster (distributed PostgreSQL).

`python -m data_access.distribute URL`, once, as the owner of the tables, before or after they are filled. Every table
below `household` is distributed by `household_id` and placed with its household, so that no join of the app crosses
machines; regions and other small tables are copied to all (reference tables). Tables that are already spread are left
as they are. Written after the documentation of Citus (create_distributed_table, create_reference_table, the view
citus_tables).
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, String, Table, cast, column, create_engine, func, select, table
from sqlalchemy.exc import SQLAlchemyError

from data_access.addresses import AddressError, read_address
from data_access.schema.tables import metadata

KEY = "household_id"
"""The column to distribute by."""

_FIRST = "household"
"""The table whose rows all others are placed with; it goes first, so that the others can join it."""

_extensions = table("pg_extension", column("extname", String))
_spread = table("citus_tables", column("table_name"))


@dataclass(frozen=True)
class Spread:
    """What happens to a table: it is distributed by household, or copied to every machine."""

    table: str
    distributed: bool


class NoCitusError(RuntimeError):
    """The database does not have Citus."""


def plan() -> Iterator[Spread]:
    """What happens to every table of the contract, in order: copies first, then the households, then what is placed
    with them."""
    tables = list(metadata.tables.values())
    yield from (Spread(declared.name, distributed=False) for declared in tables if not _is_below_household(declared))
    yield Spread(_FIRST, distributed=True)
    yield from (
        Spread(declared.name, distributed=True)
        for declared in tables
        if _is_below_household(declared) and declared.name != _FIRST
    )


def _is_below_household(declared: Table) -> bool:
    return KEY in declared.primary_key.columns


def distribute(connection: Connection) -> list[Spread]:
    """Spread every table that is not spread yet; returns what was done. Raises NoCitusError when Citus is missing."""
    installed = select(func.count()).select_from(_extensions).where(_extensions.c.extname == "citus")
    if connection.execute(installed).scalar_one() == 0:
        raise NoCitusError("the database has no Citus")
    done = set(connection.execute(select(cast(_spread.c.table_name, String))).scalars())
    steps = [step for step in plan() if step.table not in done]
    spread(connection, steps)
    return steps


def spread(connection: Connection, steps: list[Spread]) -> None:
    """Call Citus for each step."""
    for step in steps:
        if not step.distributed:
            connection.execute(select(func.create_reference_table(step.table)))
        else:
            # Citus places tables together if their distribution columns have the same type, which a test ensures.
            connection.execute(select(func.create_distributed_table(step.table, KEY)))


def main(arguments: list[str] | None = None) -> int:
    """The command line. Returns the exit code: 1 if Citus is missing or the database refuses, 2 for a wrong address."""
    parser = argparse.ArgumentParser(prog="python -m data_access.distribute", description=__doc__)
    parser.add_argument("url", help="address of the PostgreSQL coordinator, as the owner of the tables")
    options = parser.parse_args(arguments)
    try:
        url = read_address(options.url)
    except AddressError as error:
        print(f"data_access.distribute: {error.text('en')}", file=sys.stderr)
        return 2
    if url.get_backend_name() != "postgresql":
        print("data_access.distribute: only PostgreSQL with Citus can be spread over machines", file=sys.stderr)
        return 2
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            steps = distribute(connection)
    except NoCitusError:
        print(
            "data_access.distribute: this database has no Citus. Install it on every machine, add it to "
            "shared_preload_libraries, run CREATE EXTENSION citus, and try again; without it the app runs on plain "
            "PostgreSQL as it is.",
            file=sys.stderr,
        )
        return 1
    except SQLAlchemyError as error:
        print(f"data_access.distribute: {str(getattr(error, 'orig', error)).splitlines()[0]}", file=sys.stderr)
        return 1
    finally:
        engine.dispose()
    for step in steps:
        print(f"{step.table}: {'distributed by ' + KEY if step.distributed else 'copied to every machine'}")
    return 0
