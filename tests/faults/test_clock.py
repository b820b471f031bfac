"""The clock of the server jumps: the audit record keeps its order and holds, and nobody stays signed in for it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import make_url, select

from data_access.access import sessions as sessions_module
from data_access.access.audit_log import check_chain
from data_access.access.sessions import Sessions
from data_access.access.users import make_user
from data_access.ledger import ledger as ledger_module
from data_access.ledger.audit_chain import audit_entry
from data_access.ledger.filter_templates import read_templates, save_template
from data_access.ledger.ledger import Ledger, ledger_url
from data_access.scope import Scope
from tests.support.clock import set_clock

NOON = datetime(2022, 9, 30, 12, tzinfo=UTC)
EVERYTHING = Scope.everything()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The one moment in the list is now, for the ledger and the sessions."""
    moment = [NOON]

    set_clock(monkeypatch, lambda: moment[0], ledger_module, sessions_module)
    return moment


@pytest.mark.parametrize(
    "jump", [timedelta(days=-400), timedelta(days=-1), timedelta(hours=-1), timedelta(hours=1), timedelta(days=400)]
)
def test_records_keep_their_order_and_the_newest_counts(clock: list[datetime], jump: timedelta) -> None:
    ledger = Ledger(make_url(ledger_url()))
    save_template(ledger, name="模板", link="f=lamp.is.red", recorded_by="张三", scope=EVERYTHING)
    clock[0] = NOON + jump
    save_template(ledger, name="模板", link="f=lamp.is.yellow", recorded_by="张三", scope=EVERYTHING)
    assert read_templates(ledger)["link"].tolist() == ["f=lamp.is.yellow"]
    entries = ledger.read(select(audit_entry.c.recorded_at).order_by(audit_entry.c.record_id))
    assert len(entries) == 2
    assert check_chain(ledger, scope=EVERYTHING).broken_at is None
    ledger.dispose()


@pytest.mark.parametrize("jump", [timedelta(hours=13), timedelta(days=400), timedelta(hours=-13), timedelta(days=-400)])
def test_a_jump_beyond_the_longest_session_ends_it(clock: list[datetime], jump: timedelta) -> None:
    ledger = Ledger(make_url(ledger_url()))
    sessions = Sessions(ledger)
    sessions.start("secret", make_user(user_id="lead", label="张三", role="leader", places=()))
    assert sessions.find("secret") is not None
    clock[0] = NOON + jump
    assert sessions.find("secret") is None
    ledger.dispose()
