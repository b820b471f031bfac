"""What the field reports of measures, needs, screenings and self-reports moves the board, in the newest month."""

from datetime import date
from typing import Any

import pytest

from data_access.reports.kinds import load_report_kinds
from data_access.reports.records import FieldReport, add_reports
from data_access.scope import Scope
from tests.data_access.posting.district import MakeOffice
from tests.support.households import VILLAGE, household, merged, village

pytestmark = pytest.mark.opens_a_database

CASE, DAY = {"identified_on": date(2022, 3, 1)}, date(2022, 10, 5)
TO_DO = (
    "measures_overdue",
    "tasks_waiting",
    "tasks_overdue",
    "tasks_running",
    "needs_open",
    "needs_overdue",
    "red_unchecked",
    "visits_due",
    "clues_open",
    "self_reports_waiting",
)
"""What falls once a report is in the data has fallen before."""
DUE = {"started_on": None, "due_on": date(2022, 5, 1), "need_id": "N1"}
NEED = {"household_id": "H1", "need_id": "N1", "case_id": "H1-C1", "kind": "industry", "raised_on": date(2022, 4, 1)}
BASE = merged(
    village(),
    household("H1", cases=[CASE], measures=[DUE]),
    household("H3", cases=[CASE]),
    household("H2", indicators={"water_problem": True, "major_illness_n": 3, "house_grade": "D", "dropout_n": 1}),
    {"need": [NEED | {"due_on": date(2022, 6, 1)}]},
)


def test_measures_needs_screenings_and_self_reports_count_in_the_newest_month(
    make_office: MakeOffice,
) -> None:
    office = make_office(BASE)
    [measure] = [row["measure_id"] for row in office.rows("measure")]

    def report(kind: str, home: str = "H1", /, *, thing: str = "", **values: Any) -> FieldReport:
        thing = thing or load_report_kinds()[kind].number(home, on=DAY, values=values)
        return FieldReport(kind, home, VILLAGE, thing, DAY, "李村干", values=values)

    now = office.numbers(*TO_DO)

    def tell(*reports: FieldReport) -> int:
        nonlocal now
        add_reports(office.ledger, reports, recorded_by="李村干", scope=Scope.district())
        waiting, posted = office.awaited(*TO_DO), office.post()
        before, now = now, office.numbers(*TO_DO)
        assert waiting == [min(pair) for pair in zip(before, now, strict=True)]
        return posted

    assert office.numbers("measures_overdue", "tasks_overdue", "tasks_running", "needs_open") == [2, 1, 0, 1]
    assert office.numbers("red_unchecked", "self_reports", "clues_open", "visits_due") == [1, 0, 0, 2]
    assert office.board("measures_overdue", month="2022-09") == 2
    begun = report("measure_begun", thing=measure, amount=3_000), report("need_met", thing="N1")
    away = report("weekly_screening", "H2", result="away"), report("visit", kind="home", result="away")
    assert tell(*begun, *away) == 4
    assert office.numbers("measures_overdue", "tasks_overdue", "tasks_running", "needs_open") == [1, 0, 1, 0]
    assert office.numbers("red_unchecked", "visits_due") == [1, 2], "nobody was met"

    due = {"due_on": "2022-11-30"}
    raised = [report("need_raised", case_id="H1-C1", kind=kind, **due) for kind in ("health", "health", "water")]
    met = report("weekly_screening", "H2", result="suspected"), report("visit", kind="home", result="stable")
    told = report("self_report", "H2", way="hotline", kind="medical_cost", amount=9_000)
    assert tell(report("measure_done", thing=measure), *raised, *met, told) == 6, "twice the same is one need"
    assert office.numbers("tasks_running", "needs_open") == [0, 2]
    assert [(row["round"], row["result"]) for row in office.rows("screening")][-1:] == [("2022-W40", "suspected")]
    assert office.numbers("red_unchecked", "visits_due") == [0, 1]
    assert office.numbers("self_reports", "clues_open", "clues_received") == [1, 1, 1]
    assert [office.board(metric, month="2022-09") for metric in ("measures_overdue", "clues_open")] == [1, 1]
    [clue] = [row["clue_id"] for row in office.rows("clue")]
    added = report("measure_added", "H3", case_id="H3-C1", kind="health", amount=500)
    assert tell(report("clue_result", "H2", thing=clue, result="helped"), added) == 2
    assert office.numbers("clues_open", "self_reports_waiting") == [0, 0]
    assert office.numbers("measures_overdue") == [0], "where nothing was planned it begins all the same"
