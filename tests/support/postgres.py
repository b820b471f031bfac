"""A PostgreSQL of the tests' own: made in a temporary folder, thrown away at the end, never a server that was there.

`python -m tests.support.postgres FOLDER` keeps the server that all processes of a test run share (`shared_server`).
"""

import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import psycopg.sql
from filelock import FileLock

from tests.support.ports import free_port
from tests.support.server import ROOT

INSTALLED = Path("/usr/lib/postgresql")
"""Where Debian keeps the versions side by side; elsewhere `initdb` is on the path."""

START_SECONDS = 120
SYSTEM_USER = "postgres"
"""Who runs the server when the tests run as root, which PostgreSQL refuses."""

PASSWORD_USER = "with_password"
"""Whom the server does not trust without the password."""

PASSWORD = "p@ss:w/rd"  # with letters that an address must write otherwise

_ADDRESS, _USERS = "postgres.url", "postgres.users"
"""Files in the folder of a shared server: its URL while it runs, and what whoever uses it locks."""

REMEDY = "run `make system`, or: sudo apt-get install -y postgresql"


class MissingPostgresError(RuntimeError):
    """PostgreSQL's programs, or the user it runs as, are not on this machine."""


@contextmanager
def shared_server(folder: Path) -> Iterator[str]:
    """Yields the URL of a server that all processes which name the same folder share.

    The first of them starts it, in a process of its own that Ctrl-C does not reach. Whoever uses it holds a lock, which
    the system lets go of however that process ends. When nobody holds it any more, the server ends.

    Raises MissingPostgresError.
    """
    _programs()
    _user()
    address = folder / _ADDRESS
    with (folder / _USERS).open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)  # waits for a server that is about to end
        with FileLock(folder / "postgres.lock"):
            if not address.exists():
                _start_keeper(folder)
        yield address.read_text(encoding="utf-8")


def _start_keeper(folder: Path) -> None:
    with (folder / "postgres.log").open("wb") as log:
        command = [sys.executable, "-m", __name__, str(folder)]
        keeper = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
    while not (folder / _ADDRESS).exists():
        if keeper.poll() is not None:
            raise RuntimeError(f"PostgreSQL did not start:\n{(folder / 'postgres.log').read_text(encoding='utf-8')}")
        time.sleep(0.05)


def _keep(folder: Path) -> None:
    """Runs the shared server until nobody uses it."""
    address = folder / _ADDRESS
    with (folder / _USERS).open("a") as users, postgres_server() as url:
        unfinished = address.with_suffix(".new")
        unfinished.write_text(url, encoding="utf-8")
        unfinished.rename(address)
        fcntl.flock(users, fcntl.LOCK_EX)
        address.unlink(missing_ok=True)  # the folder may be gone with the run


@contextmanager
def postgres_server(*, durable: bool = False) -> Iterator[str]:
    """Runs a server; yields the URL of its maintenance database (`support.databases` makes others from it).

    It listens on 127.0.0.1 only, trusts whoever reaches it (but PASSWORD_USER) and, unless it is to be `durable`, never
    waits for the disk.
    """
    programs = _programs()
    user = _user()
    folder = Path(tempfile.mkdtemp(prefix="household-postgres-"))
    try:
        if user:
            shutil.chown(folder, user=user, group=user)
        data = folder / "data"
        identity: dict[str, Any] = {"user": user, "group": user, "extra_groups": []} if user else {}
        initdb = [str(programs / "initdb"), "-D", str(data)]
        options = ["-U", SYSTEM_USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run([*initdb, *options], check=True, capture_output=True, cwd=folder, **identity)
        rules = data / "pg_hba.conf"
        asked = f"host all {PASSWORD_USER} 127.0.0.1/32 scram-sha-256\n"
        rules.write_text(asked + rules.read_text(encoding="utf-8"), encoding="utf-8")
        port = free_port()
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": folder,
        }
        if not durable:
            settings |= dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "off")
        configuration = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [programs / "postgres", "-D", data, *configuration], stdout=log, stderr=log, cwd=folder, **identity
            )
        try:
            _wait(process, port, folder / "log")
            _make_password_user(port)
            yield f"postgresql+psycopg://{SYSTEM_USER}@127.0.0.1:{port}/postgres"
        finally:
            process.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown: ends sessions, keeps no one waiting
            process.wait(timeout=START_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make_password_user(port: int) -> None:
    with psycopg.connect(host="127.0.0.1", port=port, user=SYSTEM_USER, dbname=SYSTEM_USER) as connection:
        name, password = psycopg.sql.Identifier(PASSWORD_USER), psycopg.sql.Literal(PASSWORD)
        connection.execute(psycopg.sql.SQL("CREATE ROLE {} LOGIN SUPERUSER PASSWORD {}").format(name, password))


def _programs() -> Path:
    """The folder of the newest PostgreSQL installed."""
    found = sorted(INSTALLED.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and on_path is None:
        raise MissingPostgresError(f"PostgreSQL is not installed; {REMEDY}")
    return found[-1].parent if found else Path(str(on_path)).resolve().parent


def _user() -> str | None:
    """The system user to run as; None when the present one will do."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(SYSTEM_USER).pw_name
    except KeyError as error:
        raise MissingPostgresError(f"there is no system user `{SYSTEM_USER}`; {REMEDY}") from error


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up and process.poll() is None:
        try:
            psycopg.connect(host="127.0.0.1", port=port, user=SYSTEM_USER, dbname=SYSTEM_USER).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(encoding='utf-8', errors='replace')}")


if __name__ == "__main__":
    _keep(Path(sys.argv[1]))
