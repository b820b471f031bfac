"""What a backup says about itself, and whether it is true."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, create_engine, select

from data_access.backup.errors import BackupError
from data_access.files.file_hash import file_hash
from data_access.ledger.audit_chain import audit_entry
from data_access.ledger.ledger import ledger_url, recount

MANIFEST = "manifest.json"

HOUSEHOLD = "household"
LEDGER = "ledger"
PARTS = (HOUSEHOLD, LEDGER)


@dataclass(frozen=True)
class Part:
    """One database in a backup."""

    kind: str
    """duckdb, sqlite or postgresql: it is restored into the same kind."""
    file: str
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup contains."""

    made_at: str
    parts: Mapping[str, Part]
    audit_entries: int
    """The number of intact entries of the audit record when the backup began: the copy has them, and perhaps later
    ones."""
    audit_hash: str
    """The hash of the newest of them."""
    audit_broken_at: int | None
    """The first broken entry; such a backup is evidence, and its ledger is not restored."""


def check(folder: Path, *, only: str | None = None) -> Manifest:
    """Read a backup, verify its hashes and, if the ledger is a file, the chain of its audit record.

    Args:
        only: the one database to check; both by default.

    Raises BackupError if it is not a backup, is damaged, or contains an audit record whose chain is broken.
    """
    manifest = _read(folder)
    wanted = wanted_parts(only)
    for name in wanted:
        file = file_of(folder, manifest.parts[name])
        if not file.is_file() or file_hash(file) != manifest.parts[name].sha256:
            raise BackupError("backup_damaged", file=str(file))
    if LEDGER in wanted:
        _check_ledger(folder, manifest=manifest)
    return manifest


def wanted_parts(only: str | None) -> list[str]:
    """The databases asked for: one or both."""
    return [name for name in PARTS if only in (None, name)]


def file_of(folder: Path, part: Part) -> Path:
    """The file of a database in a backup: in its folder, whatever its manifest says."""
    return folder / Path(part.file).name


def check_record(url: URL, *, manifest: Manifest, folder: Path) -> None:
    """Verify the audit record of a copied ledger. Raises BackupError if its chain is broken, or it lacks the entry that
    was the newest when the backup began."""
    newest = select(audit_entry.c.record_id).where(audit_entry.c.hash == manifest.audit_hash)
    engine = create_engine(url)
    try:
        verdict = recount(engine, url=ledger_url())
        with engine.connect() as connection:
            complete = manifest.audit_entries == 0 or connection.execute(newest).first() is not None
    finally:
        engine.dispose()
    if verdict.broken_at is not None or not complete:
        entry = verdict.entries + 1 if verdict.broken_at is None else verdict.broken_at
        raise BackupError("backup_record_broken", folder=str(folder), entry=str(entry))


def _read(folder: Path) -> Manifest:
    try:
        told: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return Manifest(**told | {"parts": {name: Part(**told["parts"][name]) for name in PARTS}})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise BackupError("backup_unreadable", folder=str(folder), reason=repr(error)) from error


def _check_ledger(folder: Path, *, manifest: Manifest) -> None:
    if manifest.audit_broken_at is not None:
        entry = str(manifest.audit_broken_at)
        raise BackupError("backup_record_broken", folder=str(folder), entry=entry)
    part = manifest.parts[LEDGER]
    if part.kind != "sqlite":
        return  # a dump can only be read by restoring it; its record is verified there
    check_record(copy_url(file_of(folder, part)), manifest=manifest, folder=folder)


def copy_url(file: Path) -> URL:
    """The address of the copy of a SQLite ledger, read-only."""
    # Immutable: SQLite would otherwise create its own files beside the copy.
    query = {"mode": "ro", "immutable": "1", "uri": "true"}
    return URL.create("sqlite", database=f"file:{quote(str(file))}", query=query)
