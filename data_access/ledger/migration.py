"""Upgrades a ledger to the revision that the program knows (Alembic; the revisions are in `migrations/versions`).

A ledger in SQLite is upgraded when it is opened. On a server the app may not own the tables: there it says what to run
(`python -m data_access.upgrade`), and only creates a ledger where there is none.

A revision changes tables and nothing else. The protection of records is restored afterwards: once the revisions have
run, every table of records is protected, including those that SQLite had to copy in order to change them.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, func, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from data_access.ledger.audit_chain import audit_entry
from data_access.ledger.declaration import keep_for_ever, record_tables
from data_access.ledger.migration_error import MigrationError

FOLDER = Path(__file__).parent / "migrations"
VERSIONS = FOLDER / "versions"

COMMAND = "python -m data_access.upgrade"

_TURN = 6_109_020
"""Number of the lock under which a ledger on a server is upgraded; any number that nobody else uses would do."""

_PATIENCE = 60_000
"""Milliseconds that SQLite waits for another program that is upgrading the same ledger."""


_ONE_AT_A_TIME = threading.Lock()
"""Alembic can handle one ledger at a time within a process."""


class State(StrEnum):
    """How the revision of a ledger compares with the program's."""

    NONE = "none"
    OLDER = "older"
    CURRENT = "current"
    NEWER = "newer"


@dataclass(frozen=True)
class Standing:
    """The revision of a ledger, and how it compares with the newest that the program knows."""

    state: State
    found: str
    """Empty for a ledger that does not exist yet, or is from before migrations."""
    wanted: str


def standing(connection: Connection) -> Standing:
    """The standing of a ledger; changes nothing."""
    known = _known(VERSIONS)
    found = MigrationContext.configure(connection).get_current_revision()
    wanted = known[0]
    if found == wanted:
        state = State.CURRENT
    elif found is not None:
        state = State.OLDER if found in known else State.NEWER
    else:
        state = State.OLDER if inspect(connection).has_table(audit_entry.name) else State.NONE
    return Standing(state, found or "", wanted)


def prepare(engine: Engine) -> None:
    """Make sure that a ledger is at the program's revision when it is opened.

    Raises MigrationError for an older one on a server, a newer one, and one that cannot be upgraded.
    """
    with engine.connect() as connection:
        there = standing(connection)
    if there.state is State.OLDER and engine.dialect.name != "sqlite":
        raise refusal("ledger_older", engine, there)
    if there.state is not State.CURRENT:
        bring_up(engine)


def bring_up(engine: Engine) -> None:
    """Upgrade a ledger to the newest revision, all or nothing; a second caller waits and finds it done.

    Raises MigrationError when it is newer than the program, or a revision fails.
    """
    with _alone(engine) as connection:
        there = standing(connection)
        if there.state is State.NEWER:
            raise refusal("ledger_newer", engine, there)
        if there.state is State.CURRENT:
            return
        try:
            with _ONE_AT_A_TIME:
                command.upgrade(_config(VERSIONS, connection), "head")
            for name in record_tables(connection):
                keep_for_ever(connection, name)
        except (SQLAlchemyError, CommandError) as error:
            reason = str(getattr(error, "orig", error)).splitlines()[0]
            raise MigrationError("ledger_not_brought_up", ledger=_name(engine), reason=reason) from error


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A transaction on a ledger during which nobody else can change it."""
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            with connection.begin():
                connection.execute(select(func.pg_advisory_xact_lock(_TURN)))
                yield connection
            return
        # Python's driver does not begin a transaction before a change of tables: that is left to us.
        own = connection.execution_options(isolation_level="AUTOCOMMIT")
        with own.begin():
            patience = own.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
            own.exec_driver_sql(f"PRAGMA busy_timeout={_PATIENCE}")
            own.exec_driver_sql("BEGIN IMMEDIATE")
            own.exec_driver_sql(f"PRAGMA busy_timeout={patience}")
            yield own


@cache
def _known(versions: Path) -> tuple[str, ...]:
    """The revisions of a folder, newest first."""
    script = ScriptDirectory.from_config(_config(versions))
    return tuple(revision.revision for revision in script.walk_revisions())


def _config(versions: Path, connection: Connection | None = None) -> Config:
    config = Config()
    for option, folder in (("script_location", FOLDER), ("version_locations", versions)):
        config.set_main_option(option, str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")  # one folder, whatever its name
    config.attributes["connection"] = connection
    return config


def refusal(key: str, engine: Engine, there: Standing) -> MigrationError:
    """The error that says that a ledger is not at the program's revision: `ledger_older` or `ledger_newer`."""
    return MigrationError(key, ledger=_name(engine), found=there.found or "-", wanted=there.wanted, command=COMMAND)


def _name(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=True)
