"""Restoring a backup without overwriting anything."""

from pathlib import Path

from filelock import Timeout
from sqlalchemy import URL, create_engine, inspect
from sqlalchemy.exc import SQLAlchemyError

from data_access.addresses import shown
from data_access.backup.errors import BackupError
from data_access.backup.files import copied
from data_access.backup.manifest import (
    HOUSEHOLD,
    LEDGER,
    Manifest,
    Part,
    check,
    check_record,
    copy_url,
    file_of,
    wanted_parts,
)
from data_access.backup.postgres import load_dump
from data_access.database import versions
from data_access.database.engine import HouseholdDatabase
from data_access.ledger.audit_chain import RESTORED, Event
from data_access.ledger.ledger import Ledger, command_line_user, ledger_url, opened
from data_access.ledger.migration import State, bring_up, standing
from data_access.load.target import load_url
from data_access.schema.statistics import analyze_all

_SQLITE_FILES = ("", "-wal", "-shm", "-journal")
"""Endings of the files of one SQLite database: what an old database left behind would be replayed into the restored
one."""


def restore(folder: Path, *, only: str | None = None) -> Manifest:
    """Restore a backup to the databases named by the environment.

    Args:
        only: `household` or `ledger`; both by default.

    Raises BackupError if the backup is damaged, of another kind of database or of a newer program, if the target holds
    records or is being loaded into, or if the audit record is broken; DatabaseError if the tables do not match the
    contract (then no version is created); LedgerError if the ledger cannot be upgraded.
    """
    manifest = check(folder, only=only)
    targets = {HOUSEHOLD: load_url(), LEDGER: ledger_url()}
    wanted = {name: (manifest.parts[name], targets[name]) for name in wanted_parts(only)}
    for name, (part, url) in wanted.items():
        _check_target(name, url, part=part)
        if name == LEDGER and part.kind == "sqlite":
            _check_revision(folder, part=part)
    for name, (part, url) in wanted.items():
        try:
            if name == HOUSEHOLD:
                _restore_household(url, file_of(folder, part))
            else:
                _restore_ledger(url, file_of(folder, part))
                check_record(url, manifest=manifest, folder=folder)
                with opened(url) as engine:
                    bring_up(engine)
                _enter_restore(url, manifest=manifest)
        except OSError as error:
            raise BackupError("restore_failed", target=shown(url), reason=str(error)) from error
    return manifest


def _enter_restore(url: URL, *, manifest: Manifest) -> None:
    """Enter that the ledger comes from a backup: what was recorded since is not in it, which a manager confirms."""
    ledger = Ledger(url)
    detail = {"made_at": manifest.made_at, "hash": manifest.audit_hash}
    ledger.note(Event(RESTORED, detail=detail), recorded_by=command_line_user())
    ledger.dispose()


def _check_target(name: str, url: URL, *, part: Part) -> None:
    """Refuses to restore over records or into another kind of database."""
    if url.get_backend_name() != part.kind:
        raise BackupError("restore_other_kind", part=name, kind=part.kind, target=url.get_backend_name())
    there = _in_the_way(url)
    if there is not None:
        raise BackupError("restore_not_empty", target=there)


def _check_revision(folder: Path, *, part: Part) -> None:
    """Refuses a ledger of a newer program, which this one could not open."""
    engine = create_engine(copy_url(file_of(folder, part)))
    try:
        with engine.connect() as connection:
            there = standing(connection)
    finally:
        engine.dispose()
    if there.state is State.NEWER:
        raise BackupError("restore_newer_ledger", folder=str(folder), found=there.found, wanted=there.wanted)


def _in_the_way(url: URL) -> str | None:
    """What a restore would overwrite; None if there is nothing."""
    if url.get_backend_name() == "postgresql":
        return shown(url) if _tables(url) else None
    database = str(url.database)
    if url.get_backend_name() == "duckdb":
        return database if versions.is_database(Path(database)) else None
    return next((file for ending in _SQLITE_FILES if Path(file := f"{database}{ending}").exists()), None)


def _tables(url: URL) -> list[str]:
    engine = create_engine(url)
    try:
        return inspect(engine).get_table_names()
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
        raise BackupError("restore_unreachable", target=shown(url), reason=reason) from error
    finally:
        engine.dispose()


def _restore_household(url: URL, file: Path) -> None:
    if url.get_backend_name() == "postgresql":
        load_dump(url, file)
        _check_tables(url)
        _count_rows(url)
        return
    pointer = Path(str(url.database))
    pointer.parent.mkdir(parents=True, exist_ok=True)
    try:
        with versions.writing(pointer):
            _add_version(pointer, file)
    except Timeout as error:
        raise BackupError("restore_load_under_way", target=str(pointer)) from error


def _add_version(pointer: Path, file: Path) -> None:
    """Nobody sees the version before its tables are known to match the contract; otherwise it is removed."""
    version = copied(file, versions.next_file(pointer))
    try:
        _check_tables(URL.create("duckdb", database=str(version)))
        versions.publish(pointer, version)
    except BaseException:
        version.unlink()
        raise


def _check_tables(url: URL) -> None:
    database = HouseholdDatabase(url)
    try:
        database.version()
    finally:
        database.dispose()


def _count_rows(url: URL) -> None:
    """A dump brings no statistics: without them the first hours would be slow."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            analyze_all(connection)
    finally:
        engine.dispose()


def _restore_ledger(url: URL, file: Path) -> None:
    if url.get_backend_name() == "postgresql":
        load_dump(url, file)
    else:
        target = Path(str(url.database))
        target.parent.mkdir(parents=True, exist_ok=True)
        copied(file, target)
