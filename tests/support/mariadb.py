"""A MariaDB of the tests' own, in a temporary folder: a source of another make than those that the board itself runs
on."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, create_engine, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.schema import DDL

from tests.support.ports import free_port

START_SECONDS = 120


@contextmanager
def mariadb_server(folder: Path) -> Iterator[URL]:
    """Yields the URL of an empty database on a server of its own."""
    data, port = folder / "mariadb", free_port()
    data.mkdir()
    options = [f"--datadir={data}", "--no-defaults", f"--socket={data / 'socket'}", "--user=root"]
    install, server = shutil.which("mariadb-install-db"), shutil.which("mariadbd") or "/usr/sbin/mariadbd"
    if install is None:
        raise RuntimeError("mariadb-install-db is not on this machine: run `make system`")
    first = ["--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal", "--user=root"]
    subprocess.run([install, *first], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    command = [server, "--no-defaults", *(one for one in options if one != "--no-defaults")]
    local = [f"--port={port}", "--bind-address=127.0.0.1", "--innodb-flush-log-at-trx-commit=0", "--skip-log-bin"]
    process = subprocess.Popen([*command, *local], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        url = make_url(f"mysql+pymysql://root@127.0.0.1:{port}/?charset=utf8mb4")
        _wait(url, process)
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(DDL("CREATE DATABASE office CHARACTER SET utf8mb4"))  # type: ignore[no-untyped-call]
        engine.dispose()
        yield url.set(database="office")
    finally:
        process.terminate()
        process.wait(30)


def _wait(url: URL, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + START_SECONDS
    engine = create_engine(url)
    while True:
        try:
            engine.connect().close()
            break
        except OperationalError:
            if process.poll() is not None or time.monotonic() > give_up:
                raise
            time.sleep(0.1)
    engine.dispose()
