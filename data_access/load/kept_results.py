"""What every load into a server works out for all readers: the monthly facts, doubtful data of the newest day, lamps
and incomes of the newest months. They are kept as tables (`database/server_tables.py`), seen together with the data
they were made of."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from threading import Thread, current_thread
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, func, literal, select
from sqlalchemy.exc import SQLAlchemyError

from data_access.clock import month_number
from data_access.clues.comparison import kept_surveys
from data_access.database.engine import DataVersion, Snapshot, version_written
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
from data_access.employment.monthly import kept_jobs
from data_access.errors import AppError
from data_access.facts.monthly import read_monthly_facts
from data_access.households.population import read_first_month
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

    Of the very first load nothing is kept yet: nobody reads an older state meanwhile, and `keep_older` does it once the
    data can be seen.

    Args:
        before: the newest load before this one.
        only_what_holds: keep only what did not change since then: for reports, which come all day.
    """
    if not before:
        return
    carry_over(connection, before=before, now=newest_load(connection), written=tables_written(connection))
    if only_what_holds or not may_keep(connection):
        return
    _keep_newest(connection)


def _keep_newest(connection: Connection) -> None:
    _plan(connection)
    with suppress(SQLAlchemyError, AppError), connection.begin_nested():
        make_register(connection)
        tables = ServerTablesMade()
        snapshot = _snapshot(connection, tables)
        read_monthly_facts(snapshot)
        _ask_for_newest_days(connection, tables, version=snapshot.version)


def _plan(connection: Connection) -> None:
    """Have the transaction planned as questions of readers are."""
    for name, value in planner_settings().items():
        connection.execute(select(func.set_config(name, value, literal(True))))


def keep_older(url: URL, *, newest_too: bool = False) -> None:
    """Keep what readers of older months begin with, month after month, beside whatever else happens: a load was seen
    long before. `finish_older` waits for it.

    Args:
        newest_too: whether `keep_results` left the newest to this.
    """
    engine, worth = create_engine(url, isolation_level="REPEATABLE READ"), False
    with suppress(SQLAlchemyError), engine.connect() as connection:
        worth = may_keep(connection)
    if not worth:
        engine.dispose()
        return
    thread = Thread(target=_keep_months, args=(engine, newest_too), name="keep older months", daemon=True)
    _under_way[:] = [thread]  # the one before ends with its month
    thread.start()


def finish_older() -> None:
    """Wait until older months are kept: for commands, whose end would end it."""
    for thread in _under_way:
        thread.join()


_under_way: list[Thread] = []

_Begun = dict[int, tuple[DataVersion, int | None]]
"""Load -> its version of the data, and the number of its first month."""


def _keep_months(engine: Engine, newest_too: bool) -> None:
    if newest_too:
        with suppress(SQLAlchemyError), engine.begin() as connection:
            _keep_newest(connection)
    newest = load_server().kept_months
    begun: _Begun = {}
    for number in range(newest, newest + load_server().kept_months_later):
        if _under_way != [current_thread()] or not _keep_month(engine, number, begun=begun):
            break
    engine.dispose()


def _keep_month(engine: Engine, number: int, *, begun: _Begun) -> bool:
    """Keep the month so many before the newest one, for the newest load; whether there may be one before.

    Args:
        begun: what is known by now; the next month knows it, too.
    """
    with suppress(SQLAlchemyError, AppError), engine.begin() as connection:
        _plan(connection)
        load = newest_load(connection)
        if load not in begun:
            bare = _snapshot(connection, ServerTables())
            begun[load] = bare.version, read_first_month(bare, scope=Scope.everything())
        version, first = begun[load]
        if first is not None:
            return _ask_for_month(connection, ServerTablesMade(), version=version, before=number, first=first)
    return False


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


def _snapshot(connection: Connection, tables: ServerTables, *, version: DataVersion | None = None) -> Snapshot:
    version = version or version_written(connection, database=kept_result.name)
    kept = KeptTables(on_server=tables)
    return Snapshot(connection=connection, version=version, rulebook=load_rulebook(), kept=kept)


def _ask_for_newest_days(connection: Connection, tables: ServerTables, *, version: DataVersion | None = None) -> None:
    """Ask as those do who begin with it."""
    snapshot = _snapshot(connection, tables, version=version)
    found_on(snapshot, scope=Scope.everything(), on=snapshot.cut_off)
    kept_jobs(snapshot, scope=Scope.everything())
    kept_surveys(snapshot, scope=Scope.everything())
    for number in range(load_server().kept_months):
        _ask_for_month(connection, tables, version=snapshot.version, before=number)


def _ask_for_month(
    connection: Connection, tables: ServerTables, *, version: DataVersion, before: int, first: int | None = None
) -> bool:
    """Ask as those do who begin with a month so many before the newest one; whether there is such a month.

    Args:
        first: the number of the first month.
    """
    snapshot = _snapshot(connection, tables, version=version)
    day = _month_end(snapshot.cut_off, before=before)
    if first is not None and month_number(day) < first:
        return False
    lamps_on(snapshot, scope=Scope.everything(), on=day)
    for basis in BASES:
        read_sub_items(snapshot, scope=Scope.everything(), basis=basis, on=day, level="county")
    return True


def _month_end(cut_off: date, *, before: int) -> date:
    """The last day of the month so many months before that of the cut-off; of that month the cut-off itself."""
    day = cut_off
    for _ in range(before):
        day = day.replace(day=1) - timedelta(days=1)
    return day
