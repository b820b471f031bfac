"""Upgrades a ledger to the revision that the program knows (Alembic; the revisions are in `migrations/versions`).

A ledger in SQLite is upgraded when it is opened. On a server the app may not own the tables: there it says what to run
(`python -m data_access.upgrade`), and only creates a ledger where there is none.

A revision changes tables and nothing else. The protection of records is restored afterwards: once the revisions have
run, every table of records is protected, including those that SQLite had to copy in order to change them.
"""

import threading
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import SQLAlchemyError

from data_access.addresses import shown
from data_access.ledger.audit_chain import audit_entry, read_head, refuse_unsigned, seal
from data_access.ledger.declaration import keep_for_ever, record_tables
from data_access.ledger.keys import keep_keys, key_file, load_keys, new_key
from data_access.ledger.migration_error import MigrationError
from data_access.ledger.turn import alone

FOLDER = Path(__file__).parent / "migrations"
VERSIONS = FOLDER / "versions"

COMMAND = "python -m data_access.upgrade"

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
    known = revisions(VERSIONS)
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
    """Upgrade a ledger to the newest revision, all or nothing; a second caller waits and finds it done. One whose
    entries were not signed so far is sealed, and gets a key if there is none.

    Raises MigrationError when it is newer than the program, or a revision fails; RecordError for a key that cannot be
    read or kept.
    """
    with ExitStack() as unless_done:
        with alone(engine, patience=_PATIENCE) as connection:
            there = standing(connection)
            if there.state is State.NEWER:
                raise refusal("ledger_newer", engine, there)
            if there.state is State.CURRENT:
                return
            try:
                with _ONE_AT_A_TIME:
                    command.upgrade(configured(VERSIONS, connection), "head")
                for name in record_tables(connection):
                    keep_for_ever(connection, name)
                refuse_unsigned(connection)
                _seal(connection, engine, unless_done, new=there.state is State.NONE)
            except (SQLAlchemyError, CommandError) as error:
                reason = str(getattr(error, "orig", error)).splitlines()[0]
                raise MigrationError("ledger_not_brought_up", ledger=shown(engine.url), reason=reason) from error
        unless_done.pop_all()


def _seal(connection: Connection, engine: Engine, unless_done: ExitStack, *, new: bool) -> None:
    """Seal a ledger whose entries were not signed so far. A key that is there already tells that there was another
    ledger: that is entered, and somebody must confirm it."""
    head = read_head(connection)
    if head.key_id is not None:
        return
    file = key_file(engine.url)
    keys = load_keys(file)
    if not keys:
        unless_done.callback(file.unlink, missing_ok=True)
        keep_keys(file, [new_key()])
        if new:
            return
    cause = "key_was_there" if keys else "first_key"
    seal(
        connection,
        head=head,
        key=(keys or load_keys(file))[-1],
        detail={"cause": cause, "before": head.hash},
        recorded_by="server",
        at=datetime.now(UTC),
    )


@cache
def revisions(versions: Path) -> tuple[str, ...]:
    """The revisions of a folder, newest first."""
    script = ScriptDirectory.from_config(configured(versions))
    return tuple(revision.revision for revision in script.walk_revisions())


def configured(versions: Path, connection: Connection | None = None) -> Config:
    """Alembic's settings for the revisions of a folder."""
    config = Config()
    for option, folder in (("script_location", FOLDER), ("version_locations", versions)):
        config.set_main_option(option, str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")  # one folder, whatever its name
    config.attributes["connection"] = connection
    return config


def refusal(key: str, engine: Engine, there: Standing) -> MigrationError:
    """The error that says that a ledger is not at the program's revision: `ledger_older` or `ledger_newer`."""
    return MigrationError(key, ledger=shown(engine.url), found=there.found or "-", wanted=there.wanted, command=COMMAND)
