"""What every load into a server works out for all readers: the monthly facts, doubtful data of the newest day, lamps
and incomes of the newest months. They are kept as tables (`database/server_tables.py`), seen together with the data
they were made of."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Table, func, literal, select
from sqlalchemy.exc import SQLAlchemyError

from data_access.database.engine import Snapshot, version_written
from data_access.database.server import load_server, planner_settings
from data_access.database.server_tables import (
    Query,
    ServerTables,
    ServerTablesMade,
    carry_over,
    kept_result,
    make_register,
    may_keep,
)
from data_access.database.shared_tables import KeptTables
from data_access.errors import AppError
from data_access.facts.monthly import read_monthly_facts
from data_access.income.figures import read_sub_items
from data_access.income.incomes import BASES
from data_access.quality.validation import found_on
from data_access.risk.rulebook import load_rulebook
from data_access.schema.statistics import tables_written
from data_access.schema.tables import data_load
from data_access.scope import Scope
from data_access.warnings.lists import lamps_on


def newest_load(connection: Connection) -> int:
    """The number of the newest load; 0 if nothing was ever loaded, or there is no table of loads yet."""
    there = select(func.to_regclass(data_load.name).is_not(None))
    if not connection.execute(there).scalar():
        return 0
    return connection.execute(select(func.max(data_load.c.load_id))).scalar() or 0


def keep_results(connection: Connection, *, before: int, only_what_holds: bool = False) -> None:
    """Keep what takes seconds to work out, in the transaction of a load into a server. Where that fails nothing is
    kept: the data are in, and the board works it out itself.

    Args:
        before: the newest load before this one.
        only_what_holds: keep only what did not change since then: for reports, which come all day.
    """
    carry_over(connection, before=before, now=newest_load(connection), written=tables_written(connection))
    if only_what_holds or not may_keep(connection):
        return
    for name, value in planner_settings().items():
        connection.execute(select(func.set_config(name, value, literal(True))))
    with suppress(SQLAlchemyError, AppError), connection.begin_nested():
        make_register(connection)
        tables = ServerTablesMade()
        read_monthly_facts(_snapshot(connection, tables))
        _ask_for_newest_days(connection, tables)


def lacking_results(connection: Connection) -> list[str]:
    """What is worth keeping and is not: nothing ever was, or rules or the program have changed since the newest
    load."""
    if not may_keep(connection):
        return []
    looked = _Looked()
    with suppress(AppError):
        _ask_for_newest_days(connection, looked)
    return [kept_result.name] if looked.lacking else []


class _Looked(ServerTables):
    """Notes whether anything that was asked for is not kept."""

    lacking = False

    def find(self, connection: Connection, make: Callable[[], Query], **of: Any) -> Table | None:
        """As without the note."""
        found = super().find(connection, make, **of)
        self.lacking |= found is None
        return found


def _snapshot(connection: Connection, tables: ServerTables) -> Snapshot:
    version = version_written(connection, database=kept_result.name)
    kept = KeptTables(on_server=tables)
    return Snapshot(connection=connection, version=version, rulebook=load_rulebook(), kept=kept)


def _ask_for_newest_days(connection: Connection, tables: ServerTables) -> None:
    """Ask as those do who begin with it."""
    snapshot = _snapshot(connection, tables)
    scope, day = Scope.everything(), snapshot.cut_off
    found_on(snapshot, scope=scope, on=day)
    for _ in range(load_server().kept_months):
        lamps_on(snapshot, scope=scope, on=day)
        for basis in BASES:
            read_sub_items(snapshot, scope=scope, basis=basis, on=day, level="county")
        day = day.replace(day=1) - timedelta(days=1)
