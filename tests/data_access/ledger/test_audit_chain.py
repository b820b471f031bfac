"""The audit record: what people record enters it in the same transaction, and no change of it goes unseen."""

import json
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import DDL, delete, insert, select, update

from data_access import clock, door
from data_access.access import audit_log
from data_access.access.settings import setting
from data_access.errors import LedgerError, ScopeError
from data_access.ledger import audit_chain
from data_access.ledger.audit_chain import Event, audit_entry
from data_access.ledger.ledger import Ledger
from data_access.risk.rulebook import load_rulebook
from data_access.scope import Scope
from data_access.warnings.dispositions import disposition
from tests.support.databases import ON_BOTH

pytestmark = pytest.mark.opens_a_database

EVERYTHING = Scope.everything()
ROW = {"household_id": "H1", "village_code": "610902107201", "conclusion": "watch", "lamp": "red", "fingerprint": "x"}


def note(ledger: Ledger, *kinds: str, recorded_by: str = "张三") -> None:
    ledger.append(recorded_by=recorded_by, scope=EVERYTHING, events=[Event(kind=kind) for kind in kinds])


def verdict(ledger: Ledger) -> audit_chain.Verdict:
    return ledger.verify()


def unguarded(ledger: Ledger, statement: Any) -> None:
    """As somebody with the database's own tools would, who first removes what guards it."""
    with ledger.engine.begin() as connection:
        for change in ("UPDATE", "DELETE"):
            table = "" if connection.dialect.name == "sqlite" else " ON audit_entry"
            connection.execute(DDL(f"DROP TRIGGER audit_entry_no_{change}{table}"))  # type: ignore[no-untyped-call]
        connection.execute(statement)


@ON_BOTH
def test_an_untouched_record_holds_from_the_first_entry_to_the_last(ledger: Ledger) -> None:
    assert verdict(ledger) == audit_chain.Verdict(entries=0, newest_hash=audit_chain.BEFORE_THE_FIRST, broken_at=None)
    note(ledger, "signed_in", "exported")
    note(ledger, "signed_out")
    hashes = ledger.read(select(audit_entry.c.hash).order_by(audit_entry.c.record_id))["hash"]
    assert verdict(ledger) == audit_chain.Verdict(entries=3, newest_hash=hashes.iloc[-1], broken_at=None)


@ON_BOTH
@pytest.mark.parametrize(
    "change",
    [{"event": "signed_out"}, {"recorded_by": "李四"}, {"detail": "{}  "}, {"place": "610902"}, {"household_id": "H9"}],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_entry_is_found(ledger: Ledger, change: dict) -> None:
    note(ledger, "signed_in", "exported", "signed_out")
    unguarded(ledger, update(audit_entry).where(audit_entry.c.record_id == 2).values(**change))
    assert (verdict(ledger).entries, verdict(ledger).broken_at) == (1, 2)


@ON_BOTH
def test_a_changed_moment_is_found(ledger: Ledger) -> None:
    note(ledger, "signed_in")
    unguarded(ledger, update(audit_entry).values(recorded_at=datetime(2020, 1, 1, tzinfo=UTC)))
    assert verdict(ledger).broken_at == 1


@ON_BOTH
def test_an_entry_that_was_left_out_is_found(ledger: Ledger) -> None:
    note(ledger, "signed_in", "exported", "signed_out")
    unguarded(ledger, delete(audit_entry).where(audit_entry.c.record_id == 2))
    assert (verdict(ledger).entries, verdict(ledger).broken_at) == (1, 3)


@ON_BOTH
def test_an_entry_that_was_slipped_in_is_found(ledger: Ledger) -> None:
    note(ledger, "signed_in")
    forged = {"event": "exported", "detail": "{}", "recorded_by": "张三", "recorded_at": datetime.now(UTC)}
    forged |= {"key_id": "1" * 16, "previous_hash": "0" * 63 + "1", "hash": "1" * 64}
    with ledger.engine.begin() as connection:
        connection.execute(insert(audit_entry).values(**forged))
    assert verdict(ledger).broken_at == 2


@ON_BOTH
def test_what_somebody_records_enters_the_record_with_it(ledger: Ledger) -> None:
    ledger.append((disposition, [ROW]), recorded_by="张三", scope=EVERYTHING)
    [entry] = ledger.read(select(audit_entry)).to_dict("records")
    said = (entry["event"], entry["recorded_by"], entry["place"], entry["household_id"], entry["detail"])
    assert said == ("recorded", "张三", "610902107201", "H1", '{"disposition": 1}')


def test_what_is_refused_is_not_recorded_but_the_refusal_is(ledger: Ledger) -> None:
    with pytest.raises(ScopeError, match="record_conclusions"):
        ledger.append((disposition, [ROW]), recorded_by="张三", scope=Scope(regions=None, actions=frozenset({"draw"})))
    with pytest.raises(ScopeError, match="ledger_outside_scope"):
        ledger.append((disposition, [ROW]), recorded_by="李四", scope=Scope(regions=("610902108",), actions=None))
    assert ledger.read(select(disposition)).empty
    told = ledger.read(select(audit_entry).order_by(audit_entry.c.record_id))
    assert told["event"].tolist() == ["refused", "refused"]
    assert told["recorded_by"].tolist() == ["张三", "李四"]
    assert [json.loads(detail)["why"] for detail in told["detail"]] == ["action_not_allowed", "ledger_outside_scope"]


@ON_BOTH
def test_what_the_database_cannot_take_leaves_nothing(ledger: Ledger) -> None:
    with pytest.raises(LedgerError):
        ledger.append((disposition, [{**ROW, "household_id": None}]), recorded_by="张三", scope=EVERYTHING)
    assert ledger.read(select(disposition)).empty
    assert ledger.read(select(audit_entry)).empty


@ON_BOTH
def test_two_servers_write_one_chain(ledger: Ledger) -> None:
    other = Ledger(ledger.engine.url)
    failed: list[BaseException] = []

    def write(to: Ledger, recorded_by: str) -> None:
        try:
            for _ in range(15):
                note(to, "exported", recorded_by=recorded_by)
        except Exception as error:  # noqa: BLE001 (told to the test)
            failed.append(error)

    threads = [threading.Thread(target=write, args=(to, str(at))) for at, to in enumerate((ledger, other) * 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.dispose()
    assert failed == []
    assert (verdict(ledger).entries, verdict(ledger).broken_at) == (60, None)


def test_only_who_may_read_the_record_reads_it(ledger: Ledger) -> None:
    today = clock.today()
    note(ledger, "signed_in", "exported")
    none = Scope(regions=None, actions=frozenset())
    for ask in (
        lambda: audit_log.read_entries(ledger, scope=none, since=today, until=today),
        lambda: audit_log.check_chain(ledger, scope=none),
    ):
        with pytest.raises(ScopeError, match="read_audit"):
            ask()
    may = Scope(regions=None, actions=frozenset({"read_audit"}))
    assert len(audit_log.read_entries(ledger, scope=may, since=today, until=today)) == 2
    assert audit_log.check_chain(ledger, scope=may).entries == 2


@ON_BOTH
def test_entries_are_found_by_day_kind_and_person(ledger: Ledger) -> None:
    today = clock.today()
    note(ledger, "signed_in", "exported")
    note(ledger, "exported", recorded_by="李四")

    def count(since: date = today, until: date = today, **asked: Any) -> int:
        return len(audit_log.read_entries(ledger, scope=EVERYTHING, since=since, until=until, **asked))

    day = timedelta(days=1)
    assert [count(), count(today + day, today + day), count(today - day, today - day)] == [3, 0, 0]
    assert [count(kinds=("exported",)), count(who="李四"), count(who="%"), count(most=1)] == [2, 1, 0, 1]
    assert count(who="李") == 1, "a part of the name will do"


def entries(kind: str, times: int, *, hour: int = 10, household: bool = False) -> pd.DataFrame:
    at = clock.start_of(date(2026, 3, 2)) + timedelta(hours=hour)
    return pd.DataFrame(
        {
            "record_id": range(times),
            "recorded_at": pd.to_datetime([at] * times, utc=True),
            "recorded_by": "张三",
            "event": kind,
            "detail": [json.dumps({"term": str(number)}) for number in range(times)],
            "household_id": [f"H{number}" if household else None for number in range(times)],
        }
    )


@pytest.mark.parametrize(("kind", "key"), [("exported", "many_exports"), ("household_opened", "many_households")])
def test_so_many_are_unusual_and_one_less_is_not(kind: str, key: str) -> None:
    most = setting("audit", key)
    household = kind == "household_opened"
    assert audit_log.find_alerts(entries(kind, most - 1, household=household)).empty
    [alert] = audit_log.find_alerts(entries(kind, most, household=household)).to_dict("records")
    assert (alert["alert"], alert["count"], alert["recorded_by"]) == (key, most, "张三")


def test_work_before_and_after_hours_is_unusual() -> None:
    starts, ends = setting("audit", "day_starts"), setting("audit", "day_ends")
    unusual = [hour for hour in range(24) if len(audit_log.find_alerts(entries("exported", 1, hour=hour)))]
    assert unusual == [*range(starts), *range(ends, 24)]


def test_the_same_household_opened_again_counts_once() -> None:
    again = entries("household_opened", setting("audit", "many_households")).assign(household_id="H1")
    assert audit_log.find_alerts(again).empty


@pytest.mark.parametrize(
    ("minutes", "terms", "expected"),
    [
        (0, "abcdefgh", ["search_chain"]),
        (setting("audit", "chain_minutes"), "abcdefgh", ["search_chain"]),
        (setting("audit", "chain_minutes") + 1, "abcdefgh", []),  # with pauses
        (0, "abcdefg", []),  # one less
        (0, "aaaaaaaabbbbbb", []),  # the same again is not another try
    ],
)
def test_searches_one_after_the_other_are_a_chain(minutes: int, terms: str, expected: list[str]) -> None:
    tried = entries("searched", len(terms))
    tried["recorded_at"] += pd.to_timedelta([minutes * number for number in range(len(terms))], unit="min")
    tried["detail"] = [json.dumps({"term": term}) for term in terms]
    assert audit_log.find_alerts(tried)["alert"].tolist() == expected


def test_what_is_unusual_does_not_hide_behind_thousands_of_later_entries(ledger: Ledger) -> None:
    today = clock.today()
    note(ledger, *["exported"] * setting("audit", "many_exports"))
    ledger.note(*[Event(kind="unmasked")] * (audit_log.MOST_SHOWN + 1), recorded_by="李四")
    found = audit_log.read_alerts(ledger, scope=EVERYTHING, since=today, until=today)
    assert ("张三", "many_exports") in set(zip(found["recorded_by"], found["alert"], strict=True))


def test_rules_that_come_back_are_entered_again(monkeypatch: pytest.MonkeyPatch) -> None:
    for rules_hash in ("a", "a", "b", "a"):
        held = SimpleNamespace(rulebook=partial(replace, load_rulebook(), hash=rules_hash))
        monkeypatch.setattr(door, "store", lambda held=held: held)
        door.note_rules()
    entered = door.ledger().read(select(audit_entry.c.detail).order_by(audit_entry.c.record_id))
    assert [json.loads(detail)["hash"] for detail in entered["detail"]] == ["a", "b", "a"]


def test_other_rules_are_entered_once(ledger: Ledger) -> None:
    asked = {"version": "2022.1", "recorded_by": "server"}
    told = [audit_log.note_rules(ledger, rules_hash=one, **asked) for one in ("a", "a", "b", "b", "a")]
    assert told == [True, False, True, False, True]
