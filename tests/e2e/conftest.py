"""Visits to the app in Chromium: one browser cache per kind of screen, and what every visit must keep to."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, WebSocket, expect
from sqlalchemy import create_engine, make_url, select

from data_access.database.engine import HouseholdDatabase
from data_access.ledger.ledger import Ledger
from data_access.schema.tables import household, member
from tests.support.browser import PATIENCE, Recorder, record, shown_errors, wait_until_idle
from tests.support.households import create_database
from tests.support.server import Server, running_server
from tests.support.worlds import VILLAGES, rows_of

SCREEN: dict[str, Any] = {
    "viewport": {"width": 1920, "height": 1080},
    "locale": "zh-CN",
    "timezone_id": "Asia/Shanghai",
}
expect.set_options(timeout=1000 * PATIENCE)


ID_NUMBER, PHONE = 18, 11
"""Digits of an ID number and of a telephone."""

# Not where hexadecimal letters stand beside the digits: the names of elements are full of such runs.
BARE_ID_NUMBER = re.compile(rb"(?<![\da-f.])\d{17}[\dXx](?![\da-f.])")
BARE_PHONE = re.compile(rb"(?<![\da-f.])1[3-9]\d{9}(?![\da-f.])")


@dataclass
class Visit:
    """One visitor on one page, with every message the server sent."""

    page: Page
    recorder: Recorder
    messages: list[bytes] = field(default_factory=list)

    def forget(self) -> None:
        """What came so far was checked: the next page answers for itself."""
        self.messages.clear()
        self.recorder.requests.clear()
        self.recorder.console.clear()


@dataclass(frozen=True)
class Secrets:
    """What stands in the database and may never reach a browser."""

    numbers: dict[int, set[bytes]]
    """Digits -> the ID numbers or telephones with so many."""
    names: set[str]
    """Names of three and more characters; shorter ones are part of too many other words."""

    def found_in(self, messages: list[bytes]) -> list[str]:
        """Secrets in the messages. Columns of a table arrive without gaps between their rows: every window counts."""
        text = "\n".join(message.decode(errors="ignore") for message in messages)
        words = {text[start : start + 3] for start in range(len(text) - 2)}
        found = {name for name in self.names if name[:3] in words and name in text}
        for message in messages:
            for run in re.findall(rb"[\dXx]{11,}", message):
                for digits, secret in self.numbers.items():
                    windows = {run[start : start + digits] for start in range(len(run) - digits + 1)}
                    found |= {number.decode() for number in windows & secret}
            for pattern in (BARE_ID_NUMBER, BARE_PHONE):
                found |= {number.decode() for number in pattern.findall(message)}
        return sorted(found)


OpenVisit = Callable[..., Visit]


@pytest.fixture(scope="session")
def secrets(sample_url: str) -> Secrets:
    """Telephones, ID numbers and names of the small sample."""
    with HouseholdDatabase(make_url(sample_url)).connect() as (connection, _):
        heads = connection.execute(select(household.c.phone, household.c.head_id_no, household.c.head_name)).all()
        members = connection.execute(select(member.c.id_no, member.c.name)).all()
    id_numbers = {row.head_id_no for row in heads} | {row.id_no for row in members}
    phones = {row.phone for row in heads}
    names = {row.head_name for row in heads} | {row.name for row in members}
    return Secrets(
        numbers={
            ID_NUMBER: {str(number).encode() for number in id_numbers if number},
            PHONE: {str(number).encode() for number in phones if number},
        },
        names={name for name in names if name and len(name) >= 3},
    )


@pytest.fixture(scope="session")
def three_townships(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A small household database; read it, do not change it."""
    url = f"duckdb:///{(tmp_path_factory.mktemp('townships') / 'household.duckdb').as_posix()}"
    engine = create_engine(url)
    create_database(engine, rows_of(frozenset(VILLAGES)))
    engine.dispose()
    return url


@dataclass(frozen=True)
class Board:
    """An app that people sign in to by accounts of its own."""

    server: Server
    ledger: Ledger


@pytest.fixture(scope="session")
def board(three_townships: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    ledger = Ledger(make_url(f"sqlite:///{(tmp_path_factory.mktemp('board') / 'ledger.sqlite').as_posix()}"))
    settings = {
        "HOUSEHOLD_DATABASE_URL": three_townships,
        "LEDGER_DATABASE_URL": str(ledger.engine.url),
        "SIGN_IN": "local",
    }
    with running_server(env=settings) as server:
        yield Board(server, ledger)
    ledger.dispose()


@contextmanager
def photographed(page: Page, folder: Path) -> Iterator[None]:
    """A picture of the page when something on it is not as it should be."""
    try:
        yield
    except Exception:
        _photograph(page, folder)
        raise


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Function) -> Iterator[None]:
    """A failed test leaves a picture of every page it had open."""
    try:
        return (yield)
    except Exception:
        used: dict[str, Any] = item.funcargs
        for context in used["browser"].contexts if "browser" in used else []:
            for page in context.pages:
                _photograph(page, used["tmp_path"])
        raise


def _photograph(page: Page, folder: Path) -> None:
    page.screenshot(path=folder / f"{len(list(folder.glob('*.png')))}.png")


@pytest.fixture(scope="module")
def contexts(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Browser contexts by their settings; visits with the same settings share a cache, as those of one reader do."""
    with ExitStack() as stack:
        held: dict[str, BrowserContext] = {}

        def context(**settings: Any) -> BrowserContext:
            key = repr(sorted(settings.items()))
            if key not in held:
                held[key] = stack.enter_context(browser.new_context(**{**SCREEN, **settings}))
                held[key].set_default_timeout(1000 * PATIENCE)
            return held[key]

        yield context


@pytest.fixture
def visit(contexts: Callable[..., BrowserContext], server: Server, secrets: Secrets) -> Iterator[OpenVisit]:
    """Opens an address of the app as a new visitor, for whom a script may run before anything else; afterwards checks
    what holds for every visit."""
    visits: list[Visit] = []

    def open_(path: str = "/", *, origin: str = server.url, before: str = "", **settings: Any) -> Visit:
        visits.append(_visit(contexts(**settings), origin=origin, path=path, before=before))
        return visits[-1]

    yield open_
    for opened in visits:
        check(opened, secrets)
        opened.page.close()


def check(opened: Visit, secrets: Secrets) -> None:
    """What holds for every visit: no error in the console or on the page, nothing asked of another origin, nobody's
    name, telephone or ID number in any message."""
    assert opened.recorder.errors() == []
    assert opened.recorder.foreign() == []
    assert opened.recorder.policy_violations() == []
    assert shown_errors(opened.page) == []
    assert opened.messages, "no message was recorded"
    assert secrets.found_in(opened.messages) == []


def _visit(context: BrowserContext, *, origin: str, path: str, before: str) -> Visit:
    page = context.new_page()
    page.add_init_script(before)
    opened = Visit(page=page, recorder=record(page, origin=origin))
    page.on("websocket", lambda socket: _keep(socket, opened.messages))
    page.goto(f"{origin}{path}")
    wait_until_idle(page)
    return opened


def _keep(socket: WebSocket, messages: list[bytes]) -> None:
    socket.on("framereceived", lambda data: messages.append(data.encode() if isinstance(data, str) else data))
