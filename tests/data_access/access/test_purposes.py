"""Files with names are taken under a purpose that was approved, holds today, and names every column."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from data_access.access import purposes
from data_access.access.purposes import (
    Contents,
    Purpose,
    approve,
    in_force,
    note_use,
    open_for,
    read_purposes,
    withdraw,
)
from data_access.access.settings import setting
from data_access.access.users import make_user
from data_access.database.engine import Snapshot
from data_access.disclosure import PERSONAL
from data_access.errors import AccessError, ScopeError
from data_access.ledger.audit_chain import Event, audit_entry
from data_access.ledger.ledger import Ledger
from data_access.lists import lists, selection
from data_access.lists.selection import Condition, Selection
from data_access.risk.rulebook import load_rulebook
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.support.databases import ON_BOTH
from tests.support.households import household, merged, village
from tests.support.lists import asked

TODAY = date(2022, 9, 30)
LAST = TODAY + timedelta(days=setting("purposes", "longest_days"))
TOWNSHIP = "610902107"
RED = Condition("lamp", "is", ("red",))


def scope(role: str) -> Scope:
    return make_user(user_id=role, label=role, role=role, places=()).scope


def purpose(**changed: Any) -> Purpose:
    usual = Purpose(
        "入户核查",
        "逐户核查红色预警",
        "red_households",
        columns=("head_name", "phone", "score"),
        until=LAST,
        place=TOWNSHIP,
        day=TODAY,
        rows=20,
    )
    return replace(usual, **changed)


def listed(**changed: Any) -> Contents:
    """The list that the purpose was approved for."""
    return replace(Contents("red_households", place=TOWNSHIP, day=TODAY, rows=20), **changed)


def approved(ledger: Ledger, **changed: Any) -> Purpose:
    asked = purpose(**changed)
    approve(ledger, asked, on=TODAY, recorded_by="主管", scope=scope("manager"))
    [held] = [known for known in in_force(ledger, asked.subject, on=TODAY) if known.purpose_id == asked.purpose_id]
    return held


def refused(ledger: Ledger, **changed: Any) -> str:
    with pytest.raises(AccessError) as caught:
        approve(ledger, purpose(**changed), on=TODAY, recorded_by="主管", scope=scope("manager"))
    assert read_purposes(ledger, on=TODAY).empty
    return caught.value.key


@ON_BOTH
def test_what_was_approved_is_what_is_offered(ledger: Ledger) -> None:
    asked = purpose()
    held = approved(ledger, purpose_id=asked.purpose_id)
    assert held == replace(asked, approved_by="主管")
    assert in_force(ledger, "yellow_households", on=TODAY) == []


@pytest.mark.parametrize("role", ["leader", "inspector", "staff", "township", "auditor"])
def test_only_a_manager_approves_and_takes_back(ledger: Ledger, role: str) -> None:
    held = approved(ledger)
    other = make_user(user_id=role, label=role, role=role, places=("610902107",)).scope
    with pytest.raises(ScopeError, match="approve_purposes"):
        approve(ledger, purpose(), on=TODAY, recorded_by=role, scope=other)
    with pytest.raises(ScopeError, match="approve_purposes"):
        withdraw(ledger, held.purpose_id, recorded_by=role, scope=other)
    assert len(read_purposes(ledger, on=TODAY)) == 1


@pytest.mark.parametrize("role", ["leader", "inspector", "manager", "auditor"])
def test_only_district_staff_take_files_under_a_purpose(ledger: Ledger, role: str) -> None:
    held = approved(ledger)
    assert open_for(ledger, held, listed(), scope=scope("staff"), on=TODAY, recorded_by="李四").opened == {
        "head_name",
        "phone",
    }
    with pytest.raises(ScopeError, match="unmask_for_purpose"):
        open_for(ledger, held, listed(), scope=scope(role), on=TODAY, recorded_by="李四")
    with pytest.raises(ScopeError, match="unmask_for_purpose"):
        note_use(ledger, held, file="f.xlsx", rows=1, sha256="x", events=[], recorded_by=role, scope=scope(role))


def test_a_purpose_says_what_why_and_until_when(ledger: Ledger) -> None:
    assert refused(ledger, name=" ") == "purpose_words_missing"
    assert refused(ledger, reason="abc") == "purpose_words_missing"
    assert refused(ledger, columns=()) == "purpose_columns"
    assert refused(ledger, columns=("head_name", "bank_account")) == "purpose_columns"
    assert refused(ledger, subject="no_list") == "purpose_list_unknown"
    assert refused(ledger, subject=purposes.SELECTION) == "purpose_conditions_missing"
    for nothing in ({"place": None}, {"day": None}, {"rows": None}, {"rows": 0}, {"place": ""}):
        assert refused(ledger, **nothing) == "purpose_extent"
    assert refused(ledger, until=TODAY - timedelta(days=1)) == "purpose_end"
    assert refused(ledger, until=LAST + timedelta(days=1)) == "purpose_end"
    assert approved(ledger, until=TODAY).until == TODAY


def test_a_purpose_ends_after_its_last_day(ledger: Ledger) -> None:
    held = approved(ledger, until=TODAY)
    assert open_for(ledger, held, listed(), scope=scope("staff"), on=TODAY, recorded_by="李四").opened
    with pytest.raises(AccessError, match="purpose_not_in_force"):
        open_for(ledger, held, listed(), scope=scope("staff"), on=TODAY + timedelta(days=1), recorded_by="李四")
    assert read_purposes(ledger, on=TODAY + timedelta(days=1))["state"].tolist() == ["expired"]


@ON_BOTH
def test_a_purpose_that_was_taken_back_opens_nothing(ledger: Ledger) -> None:
    held = approved(ledger)
    withdraw(ledger, held.purpose_id, recorded_by="主管乙", scope=scope("manager"))
    with pytest.raises(AccessError, match="purpose_not_in_force"):
        open_for(ledger, held, listed(), scope=scope("staff"), on=TODAY, recorded_by="李四")
    [known] = read_purposes(ledger, on=TODAY).to_dict("records")
    assert (known["state"], known["approved_by"]) == ("withdrawn", "主管")
    with pytest.raises(AccessError, match="purpose_not_in_force"):
        withdraw(ledger, "P0", recorded_by="主管", scope=scope("manager"))


@pytest.mark.parametrize("changed", [{"columns": (*PERSONAL,)}, {"subject": "yellow_households"}, {"until": LAST}])
def test_a_purpose_that_was_changed_on_the_way_is_refused(ledger: Ledger, changed: dict) -> None:
    held = approved(ledger, until=TODAY)
    with pytest.raises(AccessError, match="purpose_not_in_force"):
        open_for(ledger, replace(held, **changed), listed(), scope=scope("staff"), on=TODAY, recorded_by="李四")


def test_a_purpose_holds_for_its_list_and_no_other(ledger: Ledger) -> None:
    held = approved(ledger)
    with pytest.raises(AccessError, match="purpose_not_in_force"):
        open_for(ledger, held, listed(subject="yellow_households"), scope=scope("staff"), on=TODAY, recorded_by="李四")


def test_what_is_not_opened_is_entered_into_the_audit_record(ledger: Ledger) -> None:
    held = approved(ledger)
    with pytest.raises(AccessError):
        open_for(ledger, held, listed(subject="yellow_households"), scope=scope("staff"), on=TODAY, recorded_by="李四")
    [entry] = ledger.read(select(audit_entry).where(audit_entry.c.event == "refused")).to_dict("records")
    assert (entry["recorded_by"], json.loads(entry["detail"])["why"]) == ("李四", "purpose_not_in_force")


@ON_BOTH
def test_what_was_approved_and_taken_back_is_entered_into_the_audit_record_once(ledger: Ledger) -> None:
    held = approved(ledger, subject=purposes.SELECTION, conditions=(RED,))
    withdraw(ledger, held.purpose_id, recorded_by="主管乙", scope=scope("manager"))
    entries = ledger.read(select(audit_entry).order_by(audit_entry.c.record_id)).to_dict("records")
    assert [(entry["event"], entry["recorded_by"]) for entry in entries] == [
        ("purpose_approved", "主管"),
        ("purpose_withdrawn", "主管乙"),
    ]
    for entry in entries:
        told = json.loads(entry["detail"])
        assert (told["purpose_id"], told["until"]) == (held.purpose_id, LAST.isoformat())
        assert told["columns"] == ["head_name", "phone", "score"]
        assert told["conditions"] == [{"field": "lamp", "operator": "is", "wanted": ["red"]}]


@ON_BOTH
def test_every_use_is_counted_and_entered_into_the_audit_record(ledger: Ledger) -> None:
    held = approved(ledger)
    event = Event(kind="exported", detail={"purpose": held.purpose_id})
    for file in ("a.xlsx", "b.xlsx"):
        note_use(ledger, held, file=file, rows=3, sha256="x", events=[event], recorded_by="张三", scope=scope("staff"))
    [known] = read_purposes(ledger, on=TODAY).to_dict("records")
    assert known["uses"] == 2
    entries = ledger.read(select(audit_entry).where(audit_entry.c.event == "exported"))
    assert len(entries) == 2
    assert held.purpose_id in entries["detail"].iloc[0]


def test_only_the_columns_of_the_purpose_are_shown_in_full(make_database: MakeDatabase, ledger: Ledger) -> None:
    held = approved(ledger, columns=("phone", "head_id_no"))
    opened = open_for(ledger, held, listed(), scope=scope("staff"), on=TODAY, recorded_by="李四")
    person: dict[str, Any] = {"head_name": "张小明", "head_id_no": "610902199001011234", "phone": "13812345678"}
    database = make_database(merged(village(), household("H1", indicators=[{"water_problem": True}], **person)))
    shown = []
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        for reader in (opened, scope("staff")):
            common: dict[str, Any] = {"scope": reader, "on": TODAY, "language": "zh", "offset": 0, "limit": 9}
            shown.append(lists.read_list(snapshot, **asked(metric="red_households", **common)).to_dict("records")[0])
            shown.append(
                selection.read_selection(snapshot, selection=Selection((RED,)), **common).to_dict("records")[0]
            )
    for row in shown[:2]:
        assert (row["head_name"], row["head_id_no"], row["phone"]) == ("张**", person["head_id_no"], person["phone"])
    for row in shown[2:]:
        assert (row["head_name"], row["phone"]) == ("张**", "138****5678")
        assert "head_id_no" not in row
