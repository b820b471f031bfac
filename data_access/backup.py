"""Backup and restore of both databases: `python -m data_access.backup save|check|restore FOLDER`.

A backup is a folder with a file for each database and `manifest.json`, which has their hashes and where the audit
record stood. It is made while the board runs, and stands there whole or not at all. A restore changes nothing before
every hash has been recounted, and never overwrites records: it goes into an empty ledger, and a new version of the
household database. Afterwards the contract of the tables and the chain of the audit record are checked.
"""

import argparse
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, create_engine, inspect

from data_access import versions
from data_access.access.audit import Verdict
from data_access.access.audit_log import check_chain
from data_access.engine import HouseholdDatabase, household_url
from data_access.file_hash import file_hash
from data_access.ledger import Ledger, ledger_url
from data_access.problems import BackupProblemError, ProblemError
from data_access.scope import Scope

MANIFEST = "manifest.json"
PARTS = ("household", "ledger")

_DRAFT = ".draft"


@dataclass(frozen=True)
class Part:
    """One database in a backup."""

    kind: str
    """duckdb, sqlite or postgresql: it is restored into its like."""
    file: str
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup holds."""

    made_at: str
    parts: Mapping[str, Part]
    audit_entries: int
    audit_hash: str | None
    """Of the newest entry of the audit record when the backup began: the copy has it, and perhaps later ones."""


def save(folder: Path) -> Manifest:
    """Back up both databases into a folder that is not there yet.

    Raises BackupProblemError where the folder is there, a tool is missing or a copy fails; then nothing stays.
    """
    if folder.exists():
        raise BackupProblemError("backup_exists", folder=str(folder))
    verdict = _chain(ledger_url())
    draft = folder.with_name(folder.name + _DRAFT)
    shutil.rmtree(draft, ignore_errors=True)
    try:
        draft.mkdir(parents=True, mode=0o700)
        copied = {"household": _copy_household(household_url(), draft), "ledger": _copy_ledger(ledger_url(), draft)}
        manifest = Manifest(
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            parts={name: _part(kind, file) for name, (kind, file) in copied.items()},
            audit_entries=verdict.entries,
            audit_hash=verdict.newest_hash,
        )
        _flush(draft / MANIFEST, json.dumps(asdict(manifest), indent=1).encode())
        draft.rename(folder)
    except (OSError, sqlite3.Error) as error:
        raise BackupProblemError("backup_failed", folder=str(folder), reason=str(error)) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return manifest


def check(folder: Path) -> Manifest:
    """Read a backup and recount its hashes. Raises BackupProblemError where it is none, or was damaged."""
    try:
        told: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        manifest = Manifest(**told | {"parts": {name: Part(**part) for name, part in told["parts"].items()}})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise BackupProblemError("backup_unreadable", folder=str(folder), reason=str(error)) from error
    for part in manifest.parts.values():
        file = folder / Path(part.file).name
        if not file.is_file() or file_hash(file) != part.sha256:
            raise BackupProblemError("backup_damaged", file=str(file))
    return manifest


def restore(folder: Path, *, only: str | None = None) -> Manifest:
    """Restore a backup to where the environment says the databases are.

    Args:
        only: `household` or `ledger`; both where it is left out.

    Raises BackupProblemError where the backup is damaged or of another kind of database, the ledger holds records, or
    the restored record does not hold; DatabaseProblemError where the restored tables do not keep the contract.
    """
    manifest = check(folder)
    targets = {"household": household_url(), "ledger": ledger_url()}
    wanted = [name for name in PARTS if only in (None, name)]
    for name in wanted:
        _check_target(name, targets[name], part=manifest.parts[name])
    for name in wanted:
        file = folder / Path(manifest.parts[name].file).name
        if name == "household":
            _restore_household(targets[name], file)
        else:
            _restore_ledger(targets[name], file, manifest=manifest)
    return manifest


def _copy_household(url: URL, folder: Path) -> tuple[str, Path]:
    if url.get_backend_name() == "postgresql":
        return "postgresql", _dump(url, folder / "household.dump")
    database = Path(str(url.database))
    # A version never changes once the pointer names it; the pointer may move meanwhile.
    source = database if versions.is_database(database) else versions.current_file(database)
    return "duckdb", _copied(source, folder / "household.duckdb")


def _copy_ledger(url: URL, folder: Path) -> tuple[str, Path]:
    if url.get_backend_name() == "postgresql":
        return "postgresql", _dump(url, folder / "ledger.dump")
    file = folder / "ledger.sqlite"
    with closing(sqlite3.connect(str(url.database))) as source, closing(sqlite3.connect(file)) as target:
        source.backup(target)
    return "sqlite", file


def _check_target(name: str, url: URL, *, part: Part) -> None:
    """Nothing is restored over records, nor into another kind of database."""
    if url.get_backend_name() != part.kind:
        raise BackupProblemError("restore_other_kind", part=name, kind=part.kind, target=url.get_backend_name())
    if part.kind == "sqlite" and Path(str(url.database)).exists():
        raise BackupProblemError("restore_not_empty", target=str(url.database))
    if part.kind == "postgresql":
        engine = create_engine(url)
        try:
            tables = inspect(engine).get_table_names()
        finally:
            engine.dispose()
        if tables:
            raise BackupProblemError("restore_not_empty", target=url.render_as_string())


def _restore_household(url: URL, file: Path) -> None:
    if url.get_backend_name() == "postgresql":
        _load_dump(url, file)
    else:
        pointer = Path(str(url.database))
        if versions.is_database(pointer):
            raise BackupProblemError("restore_not_empty", target=str(pointer))
        pointer.parent.mkdir(parents=True, exist_ok=True)
        versions.publish(pointer, _copied(file, versions.next_file(pointer)))
    database = HouseholdDatabase(url)
    try:
        database.version()
    finally:
        database.dispose()


def _restore_ledger(url: URL, file: Path, *, manifest: Manifest) -> None:
    if url.get_backend_name() == "postgresql":
        _load_dump(url, file)
    else:
        target = Path(str(url.database))
        target.parent.mkdir(parents=True, exist_ok=True)
        _copied(file, target)
    verdict = _chain(url)
    if verdict.broken_at is not None or verdict.entries < manifest.audit_entries:
        raise BackupProblemError("restore_record_broken", entries=str(verdict.entries))


def _chain(url: URL) -> Verdict:
    ledger = Ledger(url)
    try:
        return check_chain(ledger, scope=Scope.everything())
    finally:
        ledger.dispose()


def _part(kind: str, file: Path) -> Part:
    return Part(kind=kind, file=file.name, sha256=file_hash(file))


def _copied(source: Path, target: Path) -> Path:
    """Copy a file so that it is on the disk, whole, before anybody is told of it."""
    draft = target.with_name(target.name + _DRAFT)
    shutil.copyfile(source, draft)
    with draft.open("rb") as stream:
        os.fsync(stream.fileno())
    draft.rename(target)
    return target


def _flush(file: Path, content: bytes) -> None:
    with file.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _dump(url: URL, file: Path) -> Path:
    _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={file}")
    return file


def _load_dump(url: URL, file: Path) -> None:
    _run("pg_restore", url, "--exit-on-error", "--single-transaction", "--no-owner", str(file))


def _run(tool: str, url: URL, *options: str) -> None:
    """Run one of PostgreSQL's own tools; the password goes by the environment, where no list of processes shows it."""
    found = shutil.which(tool) or max(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{tool}")), default=None)
    if found is None:
        raise BackupProblemError("backup_tool_missing", tool=tool)
    where = url.set(drivername="postgresql", password=None).render_as_string()
    environment = os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {})
    done = subprocess.run(  # noqa: S603 - a fixed tool, its options made here
        [found, f"--dbname={where}", *options], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupProblemError("backup_tool_failed", tool=tool, reason=done.stderr.strip().splitlines()[-1][:300])


def main(arguments: list[str] | None = None) -> int:
    """The command line. Returns the exit code: 0 where it is done, 1 where it is not."""
    parser = argparse.ArgumentParser(prog="python -m data_access.backup", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    for name, said in (("save", "back up both databases"), ("check", "recount a backup"), ("restore", "restore one")):
        command = commands.add_parser(name, help=said)
        command.add_argument("folder", type=Path)
        if name == "restore":
            command.add_argument("--only", choices=PARTS)
    options = parser.parse_args(arguments)
    try:
        if options.command == "restore":
            manifest = restore(options.folder, only=options.only)
        else:
            manifest = {"save": save, "check": check}[options.command](options.folder)
    except ProblemError as problem:
        print(f"data_access.backup: {problem}", file=sys.stderr)
        return 1
    kinds = ", ".join(f"{name} ({part.kind})" for name, part in manifest.parts.items())
    print(f"{options.command}: {kinds}; {manifest.audit_entries} audit entries, {manifest.made_at}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
