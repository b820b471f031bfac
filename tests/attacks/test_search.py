"""Whoever types one digit more each time learns no number, whoever guesses at names no name; every try is an entry."""

import json
import re
from unittest.mock import patch

import pytest
from sqlalchemy import select

from data_access import clock, door
from data_access.access.audit_log import read_alerts
from data_access.access.settings import setting
from data_access.access.users import make_user
from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.errors import LedgerError
from data_access.households.search import count_found
from data_access.ledger.audit_chain import audit_entry
from data_access.ledger.ledger import Ledger
from data_access.risk.rulebook import load_rulebook
from data_access.scope import Scope
from pages.shell import identity
from tests.data_access.conftest import MakeDatabase
from tests.pages.conftest import OpenApp, says
from tests.pages.households.test_search import search_for
from tests.support.households import Rows, household, merged, village

PHONE, HEAD_ID, MEMBER_ID = "13812345678", "610902196703224715", "61090219720228664X"


def town() -> Rows:
    people = [{"name": "王小明", "id_no": HEAD_ID}, {"name": "欧阳兰花", "id_no": MEMBER_ID}]
    return merged(village(), household("H1", head_name="王小明", head_id_no=HEAD_ID, phone=PHONE, members=people))


@pytest.fixture(scope="module")
def town_database(shared_database: MakeDatabase) -> HouseholdDatabase:
    return shared_database(town())


def finding(database: HouseholdDatabase, texts: set[str]) -> set[str]:
    """Those of some texts that find the household."""
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        return {text for text in texts if count_found(snapshot, scope=Scope.district(), text=text)}


@pytest.mark.parametrize("number", [PHONE, MEMBER_ID])
def test_no_part_of_a_number_finds_it_but_its_last_four_digits(town_database: HouseholdDatabase, number: str) -> None:
    ends = {number[:length] for length in range(2, len(number))} | {
        number[-length:] for length in range(2, len(number))
    }
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    guessed = {
        *ends,
        *(number[-length:].translate(wide) for length in range(3, 7)),
        *(f"{number[:5]}{letter}{number[6:]}" for letter in "%_*?."),
        *(f"{letter}{number[-4:]}" for letter in "%_*0"),
        f"{number[:3]} {number[3:6]}",
        f"{number[-6:-3]}-{number[-3:]}",
    }
    last = number[-4:]
    assert finding(town_database, {number, *guessed}) == {number, last, last.translate(wide)} & {
        number,
        *guessed,
    }


def test_no_part_of_a_name_finds_it(town_database: HouseholdDatabase) -> None:
    guessed = {
        "王小",
        "小明",
        "欧阳",
        "欧阳兰",
        "王_明",
        "王%",
        "王小%",
        "%小明",
        "王小明 村6",
        "王小 村6",
        "欧 村6",
        "小 村6",
    }
    assert finding(town_database, {"王小明", "欧阳兰花", *guessed}) == {"王小明", "欧阳兰花"}


def test_every_search_is_an_entry_without_what_was_typed_and_a_chain_of_them_stands_out(
    open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    leader = make_user(user_id="leader", label="李领导", role="leader", places=())
    monkeypatch.setattr(identity, "user", lambda: leader)
    app = open_app(town(), page="households/search")
    tried = [f"{digits:04}" for digits in range(5678 - setting("audit", "search_chain") + 1, 5679)]
    for digits in tried:
        app = search_for(app, digits).run()  # looking again is no other search
    search_for(app, tried[-1])
    entries = door.ledger().read(select(audit_entry).where(audit_entry.c.event == "searched"))
    told = [json.loads(detail) for detail in entries["detail"]]
    assert [one["hits"] for one in told] == [*[0] * (len(tried) - 1), 1, 1]
    assert {one["by"] for one in told} == {"number"}
    assert told[-1]["term"] == told[-2]["term"] != told[0]["term"]
    assert all(re.fullmatch("[0-9a-f]{16,}", one["term"]) for one in told), "a hash, in which any digits may stand"
    rest = " ".join(str(one | {"term": ""}) for one in told)
    assert not any(digits in rest for digits in tried)
    today = clock.today()
    alerts = read_alerts(door.ledger(), scope=Scope.everything(), since=today, until=today)
    assert alerts.loc[alerts["alert"] == "search_chain", "recorded_by"].tolist() == [leader.signature]


def test_a_search_that_cannot_be_entered_shows_nothing(open_app: OpenApp) -> None:
    app = open_app(town(), page="households/search")
    full = LedgerError("ledger_unreachable", ledger="here", reason="full")
    with patch.object(Ledger, "note", side_effect=full):
        app.text_input(key="search_page_text").input("5678")
        [send] = [button for button in app.button if button.key and "search_page" in button.key]
        send.click().run()
    assert says(app, "error.ledger_unreachable")
    assert not app.dataframe
