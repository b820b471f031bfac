"""拟纳入 → steps → 待录入 → a national sheet: each step is a report, who may take it is asked, and every number on the
way is that of its list."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from data_access.cases import recording
from data_access.errors import LedgerError, ScopeError
from data_access.load.errors import LoadError
from data_access.reports import records
from data_access.reports.records import FieldReport
from data_access.scope import Scope
from tests.data_access.load.conftest import LoadedInto, WriteCsv
from tests.data_access.posting.district import OFFICERS, MakeOffice
from tests.support.databases import ON_BOTH
from tests.support.households import CUT_OFF, VILLAGE, Rows, household, load, merged, village

pytestmark = pytest.mark.opens_a_database

MakeTarget = Callable[[Rows], LoadedInto]

FOUND = date(2022, 9, 20)
CLUE = {"clue_id": "T1", "way": "department", "received_on": FOUND, "checked_on": date(2022, 9, 22), "result": "case"}
HOMES = ("H1", "H2", "H3")
BASE = merged(
    village(), load(), *(household(home, clues=[CLUE], members=[{"member_id": f"{home}-1"}]) for home in HOMES)
)
STEPS: tuple[tuple[str, str, date, dict[str, Any]], ...] = (
    ("case_checked", "village", date(2022, 10, 3), {"checked_by_2": "乙"}),
    ("case_authorised", "village", date(2022, 10, 3), {}),
    ("case_compared", "county", date(2022, 10, 4), {}),
    ("case_reviewed", "village", date(2022, 10, 5), {"review_present": 20, "review_for": 19, "review_against": 1}),
    ("case_publicity_begun", "village", date(2022, 10, 5), {}),
    ("case_publicised", "village", date(2022, 10, 10), {"publicity_objections": 0}),
    ("case_township_reviewed", "township", date(2022, 10, 11), {}),
    ("case_approved", "county", date(2022, 10, 12), {}),
)
WAITS = ("cases_to_open", "step_open", "cases_to_enter")


def test_three_households_walk_the_steps_and_count_once_a_national_sheet_holds_them(
    make_office: MakeOffice, write_csv: WriteCsv
) -> None:
    office = make_office(BASE)
    assert office.numbers(*WAITS) == [3, 0, 0]
    assert office.open(*HOMES) == 3
    with pytest.raises(LedgerError, match="step_not_due"):
        office.take("case_compared", FOUND, "H1", level="county")
    assert office.post() == 3
    assert office.numbers(*WAITS) == [0, 3, 0]
    for number, (kind, level, on, values) in enumerate(STEPS):
        assert office.take(kind, on, *HOMES, level=level, **values) == 3
        still = 3 if kind == "case_publicity_begun" else 0
        assert office.awaited("step_open") == [still], "a step that was taken waits for nobody"
        if number % 4 == 3:  # a step is taken after one that waits, too
            office.post()
    assert office.numbers(*WAITS) == [0, 3, 3]
    assert {case["discovered_on"] for case in office.rows("monitoring_case")} == {FOUND}
    form = office.form("cases_to_enter")
    assert form[["户编号", "识别监测时间", "致贫返贫风险1"]].to_numpy().tolist() == [
        [h, "202210", "illness"] for h in HOMES
    ]
    with pytest.raises(LoadError, match="columns_missing"):
        office.target.load(write_csv([list(form), *form.astype(str).to_numpy().tolist()]))
    due = recording.due_step(office.cases("H1")[0], on=CUT_OFF)
    assert due is not None
    assert due.kind is None, "nobody enters it here"
    headings = ["户编号", "人编号", "监测对象类别", "识别监测时间", "致贫返贫风险1", "风险是否已消除"]
    rows = [[home, f"{home}-1", "边缘易致贫户", "202210", "因病", "否"] for home in HOMES]
    report = office.target.load(write_csv([headings, *rows]), as_of=date(2022, 10, 20))
    assert not report.problems["rejects"].any()
    assert [case["identified_on"] for case in office.rows("monitoring_case")] == [date(2022, 10, 12)] * 3
    on = date(2022, 10, 20)
    assert office.numbers(*WAITS, on=on) == [0, 3, 0]
    assert office.numbers("open_households", on=on) == [3]
    assert office.board("open_households", month="2022-10") == 3


def test_an_elimination_is_marked_once_a_national_sheet_says_so(make_office: MakeOffice, write_csv: WriteCsv) -> None:
    case = {"identified_on": date(2021, 9, 1)}
    office = make_office(merged(village(), load(), household("H1", cases=[case], members=[{}])))
    office.take("elimination_checked", date(2022, 10, 2), "H1", level="village")
    office.post()
    assert office.awaited("elimination_open") == [1]
    office.take("elimination_publicised", date(2022, 10, 8), "H1", level="village")
    assert office.awaited("elimination_open") == [0]
    with pytest.raises(LedgerError, match="step_audited_by_checker"):
        office.take("elimination_reviewed", date(2022, 10, 9), "H1", level="township", by="甲")
    with pytest.raises(LedgerError, match="step_not_due"):
        office.take("case_rejected", date(2022, 10, 9), "H1", level="township", reject_reason="assets")
    office.take("elimination_reviewed", date(2022, 10, 9), "H1", level="township")
    office.take("elimination_approved", date(2022, 10, 10), "H1", level="county")
    assert office.post() == 3
    metrics = ("cases_to_mark", "open_households", "eliminated_households")
    assert office.numbers(*metrics) == [1, 1, 0]
    told = office.form("cases_to_mark")[["户编号", "识别监测时间", "风险是否已消除", "消除监测时间"]]
    assert told.to_numpy().tolist() == [["H1", "202109", "是", "202210"]]
    headings = ["户编号", "人编号", *told.columns[1:], "监测对象类别"]
    office.target.load(
        write_csv([headings, ["H1", "H1-P1", "202109", "是", "202210", "边缘易致贫户"]]), as_of=date(2022, 10, 20)
    )
    assert office.numbers(*metrics, on=date(2022, 10, 20)) == [0, 0, 1]
    [held] = office.rows("monitoring_case")
    assert held["eliminated_on"] == date(2022, 10, 10), "of the day the sheet knows nothing, the approval does"


def test_a_case_that_begins_and_ends_in_one_month_is_in_both_flows(
    make_office: MakeOffice, write_csv: WriteCsv
) -> None:
    case = {"approved_on": date(2022, 10, 6), "identified_on": None, "discovered_on": FOUND, "case_id": "J1"}
    office = make_office(merged(BASE, household("H4", cases=[case], members=[{"member_id": "H4-1"}])))
    headings = ["户编号", "人编号", "监测对象类别", "识别监测时间", "致贫返贫风险1", "风险是否已消除", "消除监测时间"]
    rows = [[home, f"{home}-1", "边缘易致贫户", "202210", "因病", "是", "202210"] for home in ("H1", "H4")]
    office.target.load(write_csv([headings, *rows]), as_of=date(2022, 10, 20))
    days = {one["household_id"]: (one["identified_on"], one["eliminated_on"]) for one in office.rows("monitoring_case")}
    assert days == {"H1": (date(2022, 10, 1),) * 2, "H4": (date(2022, 10, 6),) * 2}
    flows = [f"{name}_households" for name in ("identified", "newly_eliminated", "open", "eliminated")]
    assert office.numbers(*flows, on=date(2022, 10, 20)) == [2, 2, 0, 2]
    assert [office.board(flow, month="2022-10") for flow in flows] == [2, 2, 0, 2]
    assert (
        office.board("identified_persons", month="2022-10")
        == office.board("newly_eliminated_persons", month="2022-10")
        == 2
    )


def test_who_may_take_a_step_and_what_the_procedure_forbids_but_where_nobody_signs_in_one_person_takes_all(
    make_office: MakeOffice,
) -> None:
    office = make_office(BASE)
    with pytest.raises(ScopeError):
        office.open("H1", scope=OFFICERS["county"])
    office.open("H1")
    with pytest.raises(LedgerError, match="case_in_hand"):
        office.post()
        office.open("H1")
    refused: tuple[tuple[str, str, date, dict[str, Any]], ...] = (
        ("step_checked_alone", "case_checked", date(2022, 10, 3), {"checked_by_2": "甲"}),
        ("step_too_early", "case_checked", date(2022, 9, 19), {"checked_by_2": "乙"}),
        ("step_not_due", "case_reviewed", date(2022, 10, 3), {}),
    )
    for error, kind, on, values in refused:
        with pytest.raises(LedgerError, match=error):
            office.take(kind, on, "H1", level="village", **values)
    with pytest.raises(ScopeError):
        office.take(*STEPS[0][::2], "H1", level="township", checked_by_2="乙")
    for kind, level, on, values in STEPS[:6]:
        assert office.take(kind, on, "H1", level=level, **values) == 1
    with pytest.raises(ScopeError):
        office.take("case_township_reviewed", date(2022, 10, 11), "H1", level="county")
    for checker in ("甲", "乙（yi）"):
        with pytest.raises(LedgerError, match="step_audited_by_checker"):
            office.take("case_township_reviewed", date(2022, 10, 11), "H1", level="township", by=checker)
    office.post()
    assert office.awaited("step_open") == [1]
    assert office.take("case_rejected", date(2022, 10, 11), "H1", level="township", reject_reason="assets") == 1
    assert office.awaited("step_open") == [0]
    assert office.cases("H1") == []
    office.post()
    [case] = office.rows("monitoring_case")
    assert (case["outcome"], case["rejected_step"], case["rejected_on"]) == (
        "rejected",
        "township_reviewed",
        date(2022, 10, 11),
    )
    assert office.numbers(*WAITS) == [2, 0, 0]

    office.open("H2")
    OFFICERS["alone"] = Scope.district()
    for kind, _, on, values in STEPS:
        assert office.take(kind, on, "H2", level="alone", by="独自", **values) == 1
    office.post()
    steps = records.read_reports(office.ledger, scope=Scope.district())
    alone = steps[(steps["household_id"] == "H2") & (steps["kind"] != "case_opened")]
    assert (len(alone), set(alone["origin"])) == (len(STEPS), {records.ALONE}), "and the record says so"
    assert office.numbers("cases_to_enter") == [1]


def test_a_loaded_rejection_ends_the_case(make_target: MakeTarget, write_csv: WriteCsv) -> None:
    case = {"case_id": "J1", "discovered_on": FOUND, "identified_on": None}
    target = make_target(merged(village(), load(), household("H1", cases=[case])))
    rows = [["户编号", "监测编号", "不予纳入日期", "不予纳入原因"], ["H1", "J1", "2022-09-25", "有资产需说明"]]
    target.load(write_csv(rows), kind="case_steps")
    assert [row["outcome"] for row in target.rows("monitoring_case")] == ["rejected"]


@ON_BOTH
def test_a_result_that_is_corrected_closes_the_case_that_it_opened_until_a_national_sheet_holds_it(
    make_office: MakeOffice, write_csv: WriteCsv
) -> None:
    clue = {key: CLUE[key] for key in ("clue_id", "way", "received_on")}
    homes = [household(home, clues=[clue], members=[{"member_id": f"{home}-1"}]) for home in HOMES]
    office = make_office(merged(village(), load(), *homes))

    def tell(home: str, result: str, *, by: str = "李村医", on: date = date(2022, 9, 28)) -> str:
        values = {"result": result, **({"reason": "assets"} if result == "not_included" else {})}
        one = FieldReport("clue_result", home, VILLAGE, "T1", on, by, values=values)
        records.add_reports(office.ledger, [one], recorded_by="张干部", scope=Scope.district())
        return one.number

    def states() -> list[tuple[Any, ...]]:
        told = {row["household_id"]: row["result"] for row in office.rows("clue")}
        names = ("rejected_on", "rejected_step", "reject_reason", "outcome")
        return [(told[row["household_id"]], *(row[name] for name in names)) for row in office.rows("monitoring_case")]

    for home in HOMES:
        tell(home, "case")
    office.post()
    office.open(*HOMES)
    checked_on = date(2022, 10, 3)
    office.take("case_checked", checked_on, "H1", level="village", checked_by_2="乙", authorised_on="2022-10-03")
    office.post()
    headings = ["户编号", "人编号", "监测对象类别", "识别监测时间", "致贫返贫风险1", "风险是否已消除"]
    office.target.load(
        write_csv([headings, ["H3", "H3-1", "边缘易致贫户", "202210", "因病", "否"]]), as_of=date(2022, 10, 9)
    )
    is_open = ("case", None, None, None, "open")
    assert states() == [is_open] * 3

    own, other, _ = tell("H1", "not_included"), tell("H2", "helped", by="王村长"), tell("H3", "not_included")
    assert office.post() == 1, "another person and an entered case are looked at first"
    closed = ("not_included", checked_on, "compared", "assets", "rejected")
    assert states() == [closed, is_open, is_open]
    assert office.numbers("step_open", on=date(2022, 10, 9)) == [2]
    known = records.read_reports(office.ledger, scope=Scope.district())
    assert set(known[known["state"] == records.DOUBT]["household_id"]) == {"H2", "H3"}

    for number in known[known["state"] == records.DOUBT]["report_no"]:
        said: dict[str, Any] = {
            "village_code": VILLAGE,
            "counts": True,
            "recorded_by": "刘主任",
            "scope": Scope.district(),
        }
        records.decide(office.ledger, report_no=number, **said)
    assert office.post() == 2
    decided = [
        ("helped", date(2022, 9, 28), "checked", "other", "rejected"),
        ("not_included", None, None, None, "open"),
    ]
    assert states() == [closed, *decided], "what the national system holds is not closed here"

    for number in (own, other):
        [row] = records.records_of(records.read_reports(office.ledger, scope=Scope.district(), numbers=[number]))
        records.take_back(office.ledger, report=row, reported_by="甲", recorded_by="甲", scope=Scope.district())
    office.post()
    assert states() == [is_open, is_open, decided[1]]


def test_a_result_that_is_taken_back_closes_the_case_that_it_opened_unless_others_went_on_with_it(
    make_office: MakeOffice,
) -> None:
    clue = {key: CLUE[key] for key in ("clue_id", "way", "received_on")}
    homes = [household(home, clues=[clue], members=[{"member_id": f"{home}-1"}]) for home in HOMES]
    office = make_office(merged(village(), load(), *homes))

    def tell(home: str) -> str:
        one = FieldReport("clue_result", home, VILLAGE, "T1", date(2022, 9, 28), "甲", values={"result": "case"})
        records.add_reports(office.ledger, [one], recorded_by="甲", scope=Scope.district())
        return one.number

    def take_back(number: str) -> None:
        [row] = records.records_of(records.read_reports(office.ledger, scope=Scope.district(), numbers=[number]))
        records.take_back(office.ledger, report=row, reported_by="甲", recorded_by="甲", scope=Scope.district())

    def states() -> list[tuple[Any, ...]]:
        told = {row["household_id"]: row["result"] for row in office.rows("clue")}
        names = ("rejected_step", "reject_reason", "outcome")
        return [(told[row["household_id"]], *(row[name] for name in names)) for row in office.rows("monitoring_case")]

    own, gone_on = tell("H1"), tell("H2")
    office.post()
    early = tell("H3")
    office.open("H1", "H2")
    told = {"category": "unstable", "cause_1": "illness", "channel": "department", "outcome": "open", "persons": 1}
    opened = FieldReport("case_opened", "H3", VILLAGE, "H3-20220920", FOUND, "甲", values=told)
    records.add_reports(office.ledger, [opened], recorded_by="甲", scope=Scope.district())
    step = {"level": "village", "checked_by_2": "乙", "authorised_on": "2022-10-03"}
    office.take("case_checked", date(2022, 10, 3), "H1", by="甲", **step)
    office.take("case_checked", date(2022, 10, 3), "H2", by="王村长", **step)
    for number in (own, gone_on, early):
        take_back(number)
    office.post()
    closed = (None, "compared", "wrong_data", "rejected")
    never_there = (None, "checked", "wrong_data", "rejected")
    assert states() == [closed, ("case", None, None, "open"), never_there]

    known = records.read_reports(office.ledger, scope=Scope.district())
    [doubt] = records.records_of(known[known["state"] == records.DOUBT])
    assert (doubt["household_id"], doubt["why"]) == ("H2", "case_goes_on")
    said: dict[str, Any] = {"village_code": VILLAGE, "counts": True, "recorded_by": "刘主任", "scope": Scope.district()}
    records.decide(office.ledger, report_no=doubt["report_no"], **said)
    office.post()
    assert states() == [closed, closed, never_there]
