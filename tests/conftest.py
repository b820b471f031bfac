"""What tests of several folders share: a PostgreSQL, a small sample database, the running app, a browser.

Nothing is skipped: a test whose program is missing fails and says how to install it.
"""

import gc
import os
import sys
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from argon2 import PasswordHasher
from hypothesis import settings
from playwright.sync_api import Browser, Page
from sqlalchemy import event, make_url
from sqlalchemy.pool import Pool
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from data_access.access import passwords
from data_access.database.engine import HouseholdDatabase
from data_access.ledger import keys
from sample_data.build import build
from tests.reference.frames import Frames, read_tables
from tests.support.browser import MissingBrowserError, Recorder, chromium, opened_page
from tests.support.databases import drop_databases, empty_database
from tests.support.ledgers import copy_ledger, make_ledger
from tests.support.postgres import MissingPostgresError, shared_server
from tests.support.server import ROOT, Server, running_server
from tests.support.shared import made_once

SMALL_SCALE = 0.01
"""Size of the sample in tests: about 1,500 households in all 28 townships."""

gc.freeze()  # what is imported stays: looking through it again and again for garbage took a seventh of the time
gc.set_threshold(100_000, 50, 100)

settings.register_profile("no_clock", deadline=None)  # a busy machine is slow, not wrong
settings.load_profile("no_clock")

StartServer = Callable[..., Server]
OpenPage = Callable[..., tuple[Page, Recorder]]


class _Shares(LoadFileScheduling):
    """Hands out whole files. All with a browser go to one process: several browsers that draw maps without a graphics
    card take each other's processors and keep everybody waiting. So do those that ask the same server."""

    def _split_scope(self, nodeid: str) -> str:
        together = _in_a_browser(nodeid) or nodeid.startswith(_ONE_SERVER)
        return str(super()._split_scope("tests/e2e" if together else nodeid))


def _in_a_browser(nodeid: str) -> bool:
    return nodeid.startswith(("tests/e2e/", "tests/deploy/test_nginx.py"))


_ONE_SERVER = (
    "tests/test_app.py",
    "tests/benchmarks/test_benchmarks.py",
    "tests/attacks/test_files.py",
    "tests/attacks/test_messages.py",
)


def pytest_configure() -> None:
    """What was compiled is kept, even where the machine is told otherwise: every process and every server that tests
    start would compile the whole program again."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> _Shares:
    return _Shares(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begins with what takes longest: the browser. Marks what needs a server or a database."""
    items.sort(key=lambda item: not _in_a_browser(item.nodeid))
    for item in items:
        used = set(getattr(item, "fixturenames", ()))
        parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
        if _in_a_browser(item.nodeid) or not _SERVERS.isdisjoint(used | {str(value) for value in parameters}):
            item.add_marker("needs_a_server")
            item.add_marker("opens_a_database")
        elif item.nodeid.startswith(_FOLDERS) or not _DATABASES.isdisjoint(used):
            item.add_marker("opens_a_database")


def pytest_collection_finish() -> None:
    gc.freeze()  # and what the tests import


def pytest_unconfigure() -> None:
    gc.freeze()  # the process ends: looking through all it holds took ten seconds


_SERVERS = {"postgres_url", "sample_postgres_url", "postgresql", "server", "start_server", "browser"}
"""Fixtures that start one, and parameters of fixtures that then do."""
_DATABASES = {"make_database", "shared_database", "household_database", "sample_url", "sample", "district", "ledger"}
"""Fixtures that open one."""
_FOLDERS = ("tests/attacks/", "tests/faults/", "tests/installation/")
"""Where every test may open one."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    with _databases_refused(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    with _databases_refused(item):
        return (yield)


@contextmanager
def _databases_refused(item: pytest.Item) -> Iterator[None]:
    """A database is opened by those only who say so: `make check` leaves them out."""
    if item.get_closest_marker("opens_a_database"):
        yield
        return
    event.listen(Pool, "connect", _refuse)
    try:
        yield
    finally:
        event.remove(Pool, "connect", _refuse)


def _refuse(*_: object) -> None:
    pytest.fail("This test opens a database: mark it with pytest.mark.opens_a_database.", pytrace=False)


@pytest.fixture(autouse=True)
def ledger_of_its_own(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """No test writes into the ledger of the machine, or into that of another test. One that may open a database finds
    an empty ledger there."""
    file = tmp_path / "ledger.sqlite"
    monkeypatch.setenv("LEDGER_DATABASE_URL", f"sqlite:///{file}")
    if request.node.get_closest_marker("opens_a_database"):
        copy_ledger(request.getfixturevalue("ledger_template"), file)


@pytest.fixture(scope="session")
def ledger_template(folder_of_run: Path) -> str:
    """An empty ledger in SQLite, for copies."""

    def make() -> str:
        (folder_of_run / "ledger").mkdir()
        return make_ledger(f"sqlite:///{folder_of_run / 'ledger' / 'template.sqlite'}")

    return made_once(folder_of_run, "ledger_template", make)


@pytest.fixture(scope="session")
def postgres_ledger_template(folder_of_run: Path, postgres_url: str, keys_of_this_run: None) -> str:
    """An empty ledger on PostgreSQL, for copies: nobody connects to it."""
    return made_once(
        folder_of_run, "postgres_ledger_template", lambda: make_ledger(empty_database(postgres_url, lasting=True))
    )


@pytest.fixture(scope="session", autouse=True)
def keys_of_this_run(folder_of_run: Path) -> Iterator[None]:
    """The keys of ledgers on a server do not stand beside the program."""
    with patch.object(keys, "FOLDER", folder_of_run / "keys"):
        yield


@pytest.fixture(scope="session", autouse=True)
def cheap_hashes() -> Iterator[PasswordHasher]:
    """A hash of a password takes next to nothing here; gives what the program itself hashes with."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    nobody = hasher.hash("nobody")
    own = passwords._hasher()
    with patch.multiple(passwords, _hasher=lambda: hasher, _nobody=lambda: nobody):
        yield own


@pytest.fixture(scope="session")
def folder_of_run(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all processes of this run share."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


@pytest.fixture(scope="session")
def postgres_url(folder_of_run: Path) -> Iterator[str]:
    """A PostgreSQL server of the tests' own; `support.databases.empty_database` makes databases on it."""
    with ExitStack() as stack:
        try:
            url = stack.enter_context(shared_server(folder_of_run))
        except MissingPostgresError as error:
            pytest.fail(str(error), pytrace=False)
        yield url


@pytest.fixture(scope="module", autouse=True)
def databases_of_a_module_dropped() -> Iterator[None]:
    """Databases live as long as the tests of their module."""
    yield
    drop_databases()


@pytest.fixture(scope="session")
def sample_url(folder_of_run: Path) -> str:
    """A small sample database on DuckDB; read it, do not change it."""

    def make() -> str:
        url = f"duckdb:///{(folder_of_run / 'sample' / 'household').as_posix()}"
        build(scale=SMALL_SCALE, url=url, quiet=True)
        return url

    return made_once(folder_of_run, "sample", make)


@pytest.fixture(scope="session")
def sample_template(folder_of_run: Path, postgres_url: str) -> str:
    """The same rows on PostgreSQL, for copies: nobody connects to it."""

    def make() -> str:
        url = empty_database(postgres_url, lasting=True)
        build(scale=SMALL_SCALE, url=url, quiet=True)
        return url

    return made_once(folder_of_run, "sample_template", make)


@pytest.fixture(scope="session")
def sample_postgres_url(folder_of_run: Path, postgres_url: str, sample_template: str) -> str:
    """The same rows on PostgreSQL; read it, do not change it."""
    make = partial(empty_database, postgres_url, like=sample_template, lasting=True)
    return made_once(folder_of_run, "sample_postgres", make)


@pytest.fixture(scope="session")
def tables(sample_url: str) -> Frames:
    """Every table of the small sample, whole, for those who recount it: table name -> one row per row of the table."""
    held = HouseholdDatabase(make_url(sample_url))
    with held.connect() as (connection, _):
        frames = read_tables(connection.engine)
    held.dispose()
    return frames


@pytest.fixture
def start_server() -> Iterator[StartServer]:
    """Starts the app with an environment and options of the test's own; stopped after the test."""
    with ExitStack() as stack:

        def start(
            *options: str, env: Mapping[str, str] | None = None, port: int | None = None, root: Path = ROOT
        ) -> Server:
            return stack.enter_context(running_server(env=env, options=options, port=port, root=root))

        yield start


@pytest.fixture(scope="session")
def server(sample_url: str) -> Iterator[Server]:
    """The app over the small sample database, shared by tests that only look at it."""
    with running_server(env={"HOUSEHOLD_DATABASE_URL": sample_url}) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    with ExitStack() as stack:
        try:
            launched = stack.enter_context(chromium())
        except MissingBrowserError as error:
            pytest.fail(str(error), pytrace=False)
        yield launched


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens pages of fresh visitors with a recorder each; closed after the test."""
    with ExitStack() as stack:

        def open_one(origin: str, **settings: Any) -> tuple[Page, Recorder]:
            return stack.enter_context(opened_page(browser, origin=origin, **settings))

        yield open_one
