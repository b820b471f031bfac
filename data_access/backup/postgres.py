"""PostgreSQL's own tools, which copy a database on a server."""

import os
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import URL

from data_access.backup.errors import BackupError

_INSTALLED = Path("/usr/lib/postgresql")
"""Where Debian keeps the tools of each version; elsewhere they are on the path."""

_LONGEST_REASON = 300


def dump(url: URL, file: Path) -> Path:
    """Copy a database into a file, as of one moment; returns the file. Raises BackupError."""
    _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={file}")
    return file


def load_dump(url: URL, file: Path) -> None:
    """Load such a file into an empty database, all or nothing. Raises BackupError."""
    _run("pg_restore", url, "--exit-on-error", "--single-transaction", "--no-owner", str(file))


def _newest(tool: str) -> str | None:
    found = sorted(_INSTALLED.glob(f"*/bin/{tool}"), key=lambda path: int(path.parts[-3]))
    return str(found[-1]) if found else None


def _run(tool: str, url: URL, *options: str) -> None:
    """The password is passed in the environment, so that no list of processes shows it."""
    found = shutil.which(tool) or _newest(tool)
    if found is None:
        raise BackupError("tool_missing", tool=tool)
    where = URL.create(
        "postgresql", username=url.username, host=url.host, port=url.port, database=url.database, query=url.query
    )
    environment = os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {})
    done = subprocess.run(  # noqa: S603 - a fixed tool with options made here
        [found, "--no-password", f"--dbname={where.render_as_string()}", *options],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or [str(done.returncode)]
        raise BackupError("tool_failed", tool=tool, reason=said[-1][:_LONGEST_REASON])
