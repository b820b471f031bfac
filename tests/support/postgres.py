"""A PostgreSQL of the tests' own: made in a temporary folder, thrown away at the end, never a server that was there."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import psycopg.sql

from tests.support.ports import free_port

INSTALLED = Path("/usr/lib/postgresql")
"""Where Debian keeps the versions side by side; elsewhere `initdb` is on the path."""

START_SECONDS = 120
SYSTEM_USER = "postgres"
"""Who runs the server when the tests run as root, which PostgreSQL refuses."""

PASSWORD_USER = "with_password"
"""Whom the server does not trust without the password."""

PASSWORD = "p@ss:w/rd"  # with letters that an address must write otherwise

REMEDY = "run `make system`, or: sudo apt-get install -y postgresql"


class MissingPostgresError(RuntimeError):
    """PostgreSQL's programs, or the user it runs as, are not on this machine."""


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
