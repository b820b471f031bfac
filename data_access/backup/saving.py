"""Making a backup, while the board runs."""

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL

from data_access.backup.errors import BackupError
from data_access.backup.files import DRAFT, copied, write
from data_access.backup.manifest import HOUSEHOLD, LEDGER, MANIFEST, Manifest, Part
from data_access.backup.postgres import dump
from data_access.database import versions
from data_access.files.file_hash import file_hash
from data_access.ledger.anchors import note_head
from data_access.ledger.audit_chain import BACKED_UP, Event, Verdict
from data_access.ledger.ledger import Ledger, command_line_user, ledger_url, opened, recount
from data_access.ledger.migration import State, bring_up, standing
from data_access.load.target import load_url


def save(folder: Path) -> Manifest:
    """Back up both databases into a folder that does not exist yet. A broken audit record is saved too: it is evidence;
    `check` reports it.

    Raises BackupError if the folder exists, a tool is missing or a copy fails; then nothing is left behind. RecordError
    if the head of the audit record does not agree with what was noted of it, or cannot be noted; then the backup is
    there.
    """
    if folder.exists():
        raise BackupError("backup_exists", folder=str(folder))
    # Before the copies are made: they then contain everything that is in the record now.
    verdict = _recount(ledger_url())
    draft = folder.with_name(folder.name + DRAFT)
    shutil.rmtree(draft, ignore_errors=True)
    try:
        draft.mkdir(parents=True, mode=0o700)
        parts = {HOUSEHOLD: _copy_household(load_url(), draft), LEDGER: _copy_ledger(ledger_url(), draft)}
        manifest = Manifest(
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            parts=parts,
            audit_entries=verdict.entries,
            audit_hash=verdict.newest_hash,
            audit_broken_at=verdict.broken_at,
        )
        write(draft / MANIFEST, json.dumps(asdict(manifest), indent=1).encode())
        draft.rename(folder)
    except (OSError, sqlite3.Error) as error:
        raise BackupError("backup_failed", folder=str(folder), reason=str(error)) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    if verdict.broken_at is None:
        _note_head(ledger_url(), verdict)
    return manifest


def _note_head(url: URL, verdict: Verdict) -> None:
    """Note elsewhere where the audit record stood when the backup began; a ledger of an earlier revision stays as it
    is."""
    with opened(url) as engine, engine.connect() as connection:
        there = standing(connection).state
    if there is State.CURRENT:
        ledger = Ledger(url)
        by = command_line_user()
        note_head(ledger, recorded_by=by, newest_hash=verdict.newest_hash)
        ledger.note(Event(BACKED_UP), recorded_by=by)
        ledger.dispose()


def _copy_household(url: URL, folder: Path) -> Part:
    if url.get_backend_name() == "postgresql":
        return _part("postgresql", dump(url, folder / "household.dump"))
    database = Path(str(url.database))
    # A version never changes once the pointer names it; the pointer may move meanwhile.
    source = database if versions.is_database(database) else versions.current_file(database)
    return _part("duckdb", copied(source, folder / "household.duckdb"))


def _copy_ledger(url: URL, folder: Path) -> Part:
    if url.get_backend_name() == "postgresql":
        return _part("postgresql", dump(url, folder / "ledger.dump"))
    file = folder / "ledger.sqlite"
    with closing(sqlite3.connect(str(url.database))) as source, closing(sqlite3.connect(file)) as target:
        source.backup(target)
    return _part("sqlite", file)


def _recount(url: URL) -> Verdict:
    """Verify the audit record of a ledger of any revision: the backup comes before the upgrade."""
    with opened(url) as engine:
        with engine.connect() as connection:
            there = standing(connection).state
        if there is State.NONE:
            bring_up(engine)
        return recount(engine, url=url)


def _part(kind: str, file: Path) -> Part:
    return Part(kind=kind, file=file.name, sha256=file_hash(file))
