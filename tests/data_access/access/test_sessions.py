"""Sessions end by sign-out, by idleness and by age, also on another server of the same ledger."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from sqlalchemy import select

from data_access.access import sessions as sessions_module
from data_access.access.sessions import Sessions, session_event
from data_access.access.settings import setting
from data_access.access.users import make_user
from data_access.ledger import ledger as ledgers
from data_access.ledger.ledger import Ledger
from tests.support.clock import set_clock
from tests.support.databases import ON_BOTH

USER = make_user(user_id="li", label="李四", role="leader", places=())
IDLE = timedelta(minutes=setting("sessions", "idle_minutes"))
LONGEST = timedelta(hours=setting("sessions", "longest_hours"))

At = Callable[[timedelta], None]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """Sets the clock to so much after the beginning."""
    begin = datetime.now(UTC)

    return lambda later: set_clock(monkeypatch, lambda: begin + later, sessions_module, ledgers)


def test_a_session_is_found_by_its_secret_alone(ledger: Ledger) -> None:
    held = Sessions(ledger)
    held.start("secret", USER)
    assert held.find("secret") == USER
    assert held.find("secret2") is None
    assert held.find("") is None
    assert "secret" not in ledger.read(select(session_event)).to_csv()


@ON_BOTH
def test_signing_out_ends_it_on_every_server(ledger: Ledger) -> None:
    one, other = Sessions(ledger), Sessions(ledger)
    one.start("secret", USER)
    assert other.find("secret") == USER
    one.end("secret")
    assert one.find("secret") is None
    with patch.object(sessions_module, "_LOOKED_AT_FOR", 0.0):
        assert other.find("secret") is None
    assert Sessions(ledger).find("secret") is None


@ON_BOTH
def test_idleness_ends_it_a_second_too_late_and_not_in_time(ledger: Ledger, at: At) -> None:
    held = Sessions(ledger)
    at(timedelta())
    held.start("secret", USER)
    at(IDLE)
    assert held.find("secret") == USER
    at(2 * IDLE)
    assert held.find("secret") == USER
    at(3 * IDLE + timedelta(seconds=1))
    assert held.find("secret") is None
    assert Sessions(ledger).find("secret") is None


def test_a_look_that_is_no_use_keeps_nothing_alive(ledger: Ledger, at: At) -> None:
    held = Sessions(ledger)
    at(timedelta())
    held.start("secret", USER)
    at(IDLE)
    assert held.find("secret", used=False) == USER
    at(IDLE + timedelta(seconds=1))
    assert held.find("secret") is None


def test_age_ends_it_however_much_it_is_used(ledger: Ledger, at: At) -> None:
    held = Sessions(ledger)
    at(timedelta())
    held.start("secret", USER)
    step = IDLE - timedelta(minutes=2)
    later = step
    while later < LONGEST:
        at(later)
        assert held.find("secret") == USER
        later += step
    at(LONGEST + timedelta(seconds=1))
    assert held.find("secret") is None


@ON_BOTH
def test_another_server_knows_of_the_use(ledger: Ledger, at: At) -> None:
    one = Sessions(ledger)
    at(timedelta())
    one.start("secret", USER)
    at(IDLE - timedelta(minutes=1))
    assert one.find("secret") == USER
    at(IDLE + timedelta(minutes=5))
    assert Sessions(ledger).find("secret") == USER


def test_a_clock_set_back_makes_no_session_live_for_ever(ledger: Ledger, at: At) -> None:
    held = Sessions(ledger)
    at(timedelta())
    held.start("secret", USER)
    at(-2 * IDLE)
    assert held.find("secret") is None


def test_every_session_of_a_closed_account_ends(ledger: Ledger) -> None:
    held = Sessions(ledger)
    for secret in ("one", "two"):
        held.start(secret, USER)
    held.start("other", make_user(user_id="wang", label="王", role="leader", places=()))
    assert Sessions(ledger).end_all("li", recorded_by="管理员") == 2
    with patch.object(sessions_module, "_LOOKED_AT_FOR", 0.0):
        assert [held.find(secret) is None for secret in ("one", "two", "other")] == [True, True, False]
