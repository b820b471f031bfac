"""The ledger can only be read, is held by somebody else, or its disk fills up in the middle of an upgrade: what could
not be recorded did not happen, what was recorded stays, and the reader is told."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event, make_url, select

from data_access import door
from data_access.errors import LedgerError
from data_access.ledger.audit_chain import Event, audit_entry
from data_access.ledger.keys import key_file
from data_access.ledger.ledger import Ledger, ledger_url, opened
from data_access.ledger.migration import bring_up
from tests.pages.conftest import OpenApp, household_database, open_app
from tests.support.households import household, merged, village
from tests.support.older_ledger import make_older

__all__ = ["household_database", "open_app"]

ROWS = merged(village(), household("H1"))


def every_connection(ledger: Ledger, pragma: str) -> Callable[[], None]:
    """Has every connection of a ledger begin with a setting; gives what ends that."""

    def set_(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA {pragma}")

    ledger.engine.dispose()
    event.listen(ledger.engine, "connect", set_)

    def end() -> None:
        event.remove(ledger.engine, "connect", set_)
        ledger.engine.dispose()

    return end


def visit(open_app: OpenApp) -> list[str]:
    """What the page of a household says that is wrong; opening it is an entry."""
    app = open_app(ROWS, page="households/household", household="H1", month="2022-09")
    return [error.value for error in app.error]


def opened_households() -> int:
    query = select(audit_entry.c.record_id).where(audit_entry.c.event == "household_opened")
    return len(door.ledger().read(query))


def test_a_ledger_that_can_only_be_read(open_app: OpenApp) -> None:
    assert visit(open_app) == []
    end = every_connection(door.ledger(), "query_only = ON")
    [said] = visit(open_app)
    assert "readonly" in said
    end()
    assert visit(open_app) == []
    assert opened_households() == 2
    assert door.ledger().verify().broken_at is None


def test_a_ledger_that_somebody_else_holds(open_app: OpenApp) -> None:
    """For longer than anybody waits."""
    assert visit(open_app) == []
    end = every_connection(door.ledger(), "busy_timeout = 50")
    with closing(sqlite3.connect(str(ledger_url().database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        [said] = visit(open_app)
        assert "locked" in said
        other.execute("ROLLBACK")
    end()
    assert visit(open_app) == []
    assert opened_households() == 2
    assert door.ledger().verify().broken_at is None


@pytest.mark.parametrize("more", [0, 1])
def test_a_disk_that_fills_up_in_the_middle_of_an_upgrade(tmp_path: Path, more: int) -> None:
    url = make_url(f"sqlite:///{tmp_path / 'older.sqlite'}")
    make_older(url.render_as_string())
    with closing(sqlite3.connect(str(url.database))) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0] + more
        before = list(connection.iterdump())

    def fill(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(LedgerError, match="full"), opened(url) as engine:
        event.listen(engine, "connect", fill)
        bring_up(engine)
    with closing(sqlite3.connect(str(url.database))) as connection:
        assert list(connection.iterdump()) == before
    assert not key_file(url).exists(), "the key of a ledger that was not brought up"
    ledger = Ledger(url)
    ledger.note(Event("signed_in"), recorded_by="张三")
    assert (ledger.verify().entries, ledger.verify().broken_at) == (5, None)
    ledger.dispose()
