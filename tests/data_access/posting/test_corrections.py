"""A correction of an indicator: recorded by one, approved by another, an interval of its own day, and taken back."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import make_url

from data_access.errors import LedgerError, ScopeError
from data_access.inspection.calls import CallResult, corrections_of
from data_access.inspection.phone_checks import read_phones
from data_access.load.loading import undo
from data_access.load.posted import PostedRow, Row
from data_access.posting.corrections import Change, Correction, corrected, restored
from data_access.posting.waiting import asked_of, read_undone_numbers
from data_access.reports import approval, records
from data_access.reports.records import correction
from data_access.scope import Scope
from tests.data_access.load.conftest import WriteCsv
from tests.data_access.posting.district import MakeOffice, Office
from tests.support.households import COLLECTED_ON, CUT_OFF, TOWNSHIP, VILLAGE, household, load, merged, village

FILLED = date(2022, 6, 1)
DAY = date(2022, 3, 10)
RED = {"water_problem": True, "major_illness_n": 3, "house_grade": "D", "dropout_n": 1}
CLERK = Scope(regions=None, actions=frozenset({"record_reports"}))
LEADER = Scope(regions=None, actions=frozenset({"record_reports", "decide_reports", "approve_corrections"}))

INTERVALS = [
    {"valid_from": COLLECTED_ON, "valid_to": FILLED, **RED},
    {"valid_from": FILLED, **RED, "chronic_n": 1},
]
BASE = merged(village(), load(), household("H1", indicators=INTERVALS), household("H2", indicators=RED))


def correct(office: Office, column: str, old: Any, new: Any, /, *, on: date = DAY, home: str = "H1") -> str:
    own = correction(
        household_id=home,
        village_code=VILLAGE,
        column=column,
        old=old,
        new=new,
        basis="visit",
        happened_on=on,
        words="看过",
        reported_by="李村干",
        alone=False,
    )
    records.add_reports(office.ledger, [own], recorded_by="李村干", scope=CLERK)
    return own.number


def approve(office: Office, number: str, *, by: str = "刘主任", scope: Scope = LEADER, **changes: Any) -> int:
    approval.approve(office.ledger, report_no=number, recorded_by=by, **{"alone": False, "scope": scope, **changes})
    return office.post()


def held(office: Office, column: str, home: str = "H1") -> list[tuple[date, date | None, Any]]:
    rows = [row for row in office.rows("household_indicator") if row["household_id"] == home]
    return [(row["valid_from"], row["valid_to"], row[column]) for row in rows]


def undone(office: Office) -> set[str]:
    reports = records.read_reports(office.ledger, scope=LEADER)
    standing = reports[~reports["taken_back"] & reports["takes_back"].isna()]
    return set(office.ask(read_undone_numbers, scope=LEADER, asked=asked_of(standing)))


def take_back(office: Office, number: str) -> int:
    [row] = records.records_of(records.read_reports(office.ledger, scope=LEADER, numbers=[number]))
    records.take_back(office.ledger, report=row, reported_by="刘主任", recorded_by="刘主任", scope=LEADER)
    return office.post()


@pytest.mark.opens_a_database
def test_a_correction_counts_once_approved_and_is_taken_back_whatever_files_came_since(
    make_office: MakeOffice, write_csv: WriteCsv
) -> None:
    office = make_office(BASE)
    before = office.rows("household_indicator")
    grade = correct(office, "house_grade", "D", "A", on=DAY)
    assert (office.post(), office.rows("household_indicator")) == (0, before), "nobody approved it"
    with pytest.raises(LedgerError, match="approval_by_recorder"):
        approve(office, grade, by="李村干（li）")
    with pytest.raises(ScopeError):
        approve(office, grade, scope=CLERK)
    assert approve(office, grade) == 1
    with pytest.raises(LedgerError, match="approval_not_waiting"):
        approve(office, grade)
    assert held(office, "house_grade") == [(COLLECTED_ON, DAY, "D"), (DAY, FILLED, "A"), (FILLED, None, "A")]
    others = [("water_problem", True, False), ("dropout_n", 1, 0), ("major_illness_n", 3, 0)]
    told = [correct(office, column, old, new, on=date(2022, 10, 20)) for column, old, new in others]
    for number in told[:-1]:
        approval.approve(office.ledger, report_no=number, recorded_by="刘主任", alone=False, scope=LEADER)
    assert approve(office, told[-1]) == 3
    assert held(office, "dropout_n")[-2:] == [(FILLED, CUT_OFF, 1), (CUT_OFF, None, 0)], "after it, on the cut-off"
    assert [office.board("red_households", month=month) for month in ("2022-08", "2022-09")] == [2, 1]
    heading = ["户编号", "人编号", "住房面积"]
    office.target.load(write_csv([heading, ["H1", "H1-P1", "99"], ["H2", "H2-P1", "99"]]), as_of=date(2022, 10, 31))
    assert office.board("red_households", month="2022-10") == 1, "what a file does not say it takes over"
    assert take_back(office, grade) == 1
    assert [value for _, _, value in held(office, "house_grade")] == ["D"] * 4
    assert held(office, "house_grade")[0][:2] == (COLLECTED_ON, FILLED), "joined again"
    assert office.board("red_households", month="2022-10") == 2
    undo(url=make_url(office.target.url))
    assert office.post() == 1, "what came after the file is put in again: the withdrawal"
    assert [value for _, _, value in held(office, "house_grade")] == ["D"] * 3
    assert undone(office) == set()
    again = write_csv([["户编号", "人编号", "义务教育失学辍学人数"], ["H1", "H1-P1", "1"]], name="again.csv")
    office.target.load(again, as_of=date(2022, 10, 31))
    assert len(undone(office)) == 1, "it is said, not lost"


@pytest.mark.opens_a_database
def test_what_is_refused_or_disagrees_moves_nothing(make_office: MakeOffice) -> None:
    office = make_office(BASE)
    before = office.rows("household_indicator")
    with pytest.raises(LedgerError, match="approval_reason_missing"):
        approve(office, correct(office, "dropout_n", 1, 0), refused=" ")
    assert approve(office, correct(office, "dropout_n", 1, 0), refused="没有凭证") == 0
    for column, old, new, on in (("dropout_n", 2, 0, DAY), ("dropout_n", 1, 0, date(2021, 1, 1))):
        assert approve(office, correct(office, column, old, new, on=on)) == 0
    known = records.read_reports(office.ledger, scope=LEADER)
    assert list(known["state"]) == ["refused", "doubt", "doubt"]
    assert list(known["why"]) == ["没有凭证", "against", "too_early"]
    assert office.rows("household_indicator") == before
    refused: tuple[tuple[str, Any, Any], ...] = (
        ("house_grade", "D", "X"),
        ("dropout_n", 1, -1),
        ("dropout_n", 1, 1),
        ("source", "a", "b"),
    )
    for name, was, becomes in refused:
        with pytest.raises(LedgerError, match=r"correction_|report_unknown_value"):
            correct(office, name, was, becomes)


@pytest.mark.opens_a_database
def test_a_wrong_number_is_emptied_once_approved_and_the_record_never_holds_it(make_office: MakeOffice) -> None:
    number = "13812345678"
    homes = (household("H1", phone=number), household("H2", phone=number), household("H3", phone=None))
    office = make_office(merged(village(), load(), *homes))
    results = [
        CallResult(home, TOWNSHIP, VILLAGE, date(2022, 10, 3), outcome, "小王")
        for home, outcome in (("H1", "wrong_number"), ("H2", "no_answer"), ("H3", "wrong_number"))
    ]
    phones = office.ask(read_phones, scope=Scope.everything(), household_ids=("H1", "H2", "H3"))
    told = corrections_of(results, phones=phones, recorded_by="小李", alone=False)
    records.add_reports(office.ledger, told, recorded_by="小李", scope=CLERK)
    assert [(one.household_id, one.values["old"]) for one in told] == [("H1", "138****5678")]
    assert approve(office, told[0].number) == 1
    assert [row["phone"] for row in office.rows("household")] == [None, number, None]
    assert take_back(office, told[0].number) == 1
    assert [row["phone"] for row in office.rows("household")] == [number, number, None]
    assert number not in str(records.read_reports(office.ledger, scope=LEADER).to_dict("records"))


def test_taking_back_restores_every_day_whatever_intervals_there_are() -> None:
    chance = random.Random(20)
    for _ in range(400):
        days = sorted(chance.sample(range(40), chance.randint(1, 5)))
        starts = [CUT_OFF + timedelta(days=day) for day in days]
        rows: list[Row] = [
            {"valid_from": start, "valid_to": end, "source": "collection", "a": chance.choice([1, 1, 2, 3]), "b": at}
            for at, (start, end) in enumerate(zip(starts, [*starts[1:], None], strict=True))
        ]
        asked = Correction("a", 1, 9, CUT_OFF + timedelta(days=chance.randrange(50)), confirmed=chance.random() < 0.3)
        changes = corrected(rows, asked)
        if isinstance(changes, str) or not changes:
            continue
        after = changed(rows, changes)
        assert [value_on(after, day) == 9 for day in range(60)].index(True) == (asked.begins - CUT_OFF).days
        posted = [PostedRow("R", 1, "t", before=one.before, after=one.after) for one in changes]
        back = restored(after, posted, asked, anyway=False)
        assert back is not None
        assert changed(after, back) == rows, "intervals, days and sources as they were"


def changed(rows: Sequence[Row], changes: Sequence[Change]) -> list[Row]:
    kept = {row["valid_from"]: row for row in rows}
    for one in changes:
        if one.before is not None:
            del kept[one.before["valid_from"]]
    for one in changes:
        if one.after is not None:
            kept[one.after["valid_from"]] = one.after
    return [kept[day] for day in sorted(kept)]


def value_on(rows: Sequence[Row], day: int) -> Any:
    on = CUT_OFF + timedelta(days=day)
    own = [row["a"] for row in rows if row["valid_from"] <= on and (row["valid_to"] is None or row["valid_to"] > on)]
    return own[-1] if own else None
