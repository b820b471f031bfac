"""What takes longest is asked before the first reader does; after reports, what readers asked lately is asked again."""

from datetime import date
from pathlib import Path

import pytest

from data_access import ahead, door
from data_access.employment.able_members import read_able_members
from data_access.facts.answers import Answers
from data_access.lists import lists
from data_access.reports import records
from data_access.reports.records import FieldReport
from data_access.scope import Scope
from data_access.warnings.explanation import read_explanation
from tests.support.asking import statements_sent
from tests.support.databases import write_version
from tests.support.households import COUNTY, VILLAGE, household, merged, village

pytestmark = [pytest.mark.opens_a_database, pytest.mark.usefixtures("few_rules")]

DISTRICT = Scope.district()
OPEN = {"case_id": "C1", "identified_on": date(2022, 3, 1)}
CLUE = {"clue_id": "T1", "received_on": date(2022, 8, 1), "due_on": date(2022, 8, 16)}


def test_a_reader_waits_for_nothing_that_a_report_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_version(tmp_path / "household", merged(village(), household("H1", clues=[CLUE])))
    monkeypatch.setenv("HOUSEHOLD_DATABASE_URL", f"duckdb:///{(tmp_path / 'household').as_posix()}")
    monkeypatch.setattr(door, "_ANSWERS", Answers())  # and not those of tests before this one

    def overdue() -> int:
        listed = lists.ListRequest("clues_overdue", date(2022, 9, 30))
        return door.read(lists.count_list, scope=DISTRICT.figures, request=listed).amount

    assert (overdue(), door.metric_table(scope=DISTRICT).knows("households")) == (1, True)
    report = FieldReport("clue_result", "H1", VILLAGE, "T1", date(2022, 9, 20), "李村干", values={"result": "helped"})
    records.add_reports(door.ledger(), [report], recorded_by="李村干", scope=DISTRICT)
    assert ahead.post_waiting_reports().applied == 1
    with statements_sent(door.store().database) as asked:
        assert overdue() == 0
        door.metric_table(scope=DISTRICT)
    assert [statement for statement in asked if "clue" in statement] == []


def test_the_first_reader_of_a_load_waits_for_nothing_that_takes_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_version(tmp_path / "household", merged(village(), household("H1", cases=[OPEN])))
    monkeypatch.setenv("HOUSEHOLD_DATABASE_URL", f"duckdb:///{(tmp_path / 'household').as_posix()}")
    ahead.ask_longest()
    assert not door.store().is_counted, "who has seen nothing is not waited for"
    on = door.current_facts().facts.months.cut_off
    ahead.ask_longest()
    with statements_sent(door.store().database) as asked:
        door.read(read_able_members, scope=DISTRICT.narrowed(COUNTY), on=on)
        of_one = DISTRICT.of_household("H1", village_code=VILLAGE)
        assert door.read(read_explanation, scope=of_one, household_id="H1", on=on) is not None
    assert [statement for statement in asked if "jobs" in statement or "pointed" in statement] == []
