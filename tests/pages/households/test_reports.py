"""What the field reports of a household: recorded on its page, told what became of it, taken back; what disagrees with
the data is decided on the page of reports."""

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data_access import clock, door
from data_access.load.target import load_url, open_target
from data_access.posting.post import post_waiting
from data_access.reports import records
from data_access.reports.kinds import load_report_kinds
from data_access.reports.records import FieldReport
from data_access.schema.indicators import load_codes
from data_access.scope import Scope
from tests.pages.conftest import OpenApp, says, wording
from tests.support.databases import write_version
from tests.support.households import VILLAGE, household, load, merged, village

pytestmark = pytest.mark.facts("households")

DISTRICT = Scope.district()
CLUE = {"clue_id": "T1", "received_on": date(2022, 8, 1), "due_on": date(2022, 8, 16)}


@pytest.fixture
def url(tmp_path: Path) -> str:
    write_version(tmp_path / "household", merged(village(), household("H1", clues=[CLUE])))
    return f"duckdb:///{(tmp_path / 'household').as_posix()}"


def states(app: AppTest) -> list[str]:
    return [
        str(frame.value["state"].iloc[0]) for frame in app.dataframe if {"said", "state", "kind"} <= set(frame.value)
    ]


def test_a_result_is_recorded_once_enters_the_data_and_is_taken_back(open_app: OpenApp, url: str) -> None:
    app = open_app(url, page="households/household", household="H1")
    app.text_input(key="clue_result_by").input("李村干").run()
    app.button(key="clue_result_record").click().run()
    assert not app.exception, app.exception[0].message
    assert states(app) == [wording("reports.state_waits")]
    assert not [button for button in app.button if str(button.key).startswith("clue_result_record")], "it is reported"
    assert door.post_waiting_reports().applied == 1
    assert states(app.run()) == [wording("reports.state_posted")]
    app.text_input(key="take_back_by").input("李村干").run()
    app.button(key="take_back_press").click().run()
    assert states(app) == [wording("reports.state_taking_back")], "the data still hold it"
    assert door.post_waiting_reports().applied == 1
    assert states(app.run()) == [wording("reports.state_taken_back")]
    assert [button for button in app.button if str(button.key).startswith("clue_result_record")], (
        "it can be reported again"
    )


@pytest.mark.opens_a_database
def test_what_another_process_put_into_the_data_is_counted_before_a_reader_asks(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOUSEHOLD_DATABASE_URL", url)
    report = FieldReport("clue_result", "H1", VILLAGE, "T1", date(2022, 10, 5), "李村干", values={"result": "helped"})
    counted = door.store().current().facts.version
    records.add_reports(door.ledger(), [report], recorded_by="李村干", scope=DISTRICT)
    with open_target(load_url()):
        assert door.post_waiting_reports().applied == 0, "left for the next time: something else writes"
    assert post_waiting(door.ledger(), url=load_url()).applied == 1
    assert door.post_waiting_reports().applied == 0
    held = door.store()._facts
    assert held is not None
    assert held.version.database != counted.database


def test_what_two_people_report_otherwise_is_decided_on_the_page_of_reports(open_app: OpenApp, url: str) -> None:
    app = open_app(url, page="data/reports")
    assert says(app, "reports.no_doubts")
    for name, result in (("李村干", "helped"), ("王村干", "wrong_data")):
        report = FieldReport("clue_result", "H1", VILLAGE, "T1", date(2022, 10, 5), name, values={"result": result})
        records.add_reports(door.ledger(), [report], recorded_by=name, scope=DISTRICT)
    door.post_waiting_reports()
    app.run()
    assert says(app, "reports.doubts", count=1)
    shown = app.dataframe[0].value.iloc[0]
    assert ("数据有误" in shown["said"], "已帮扶化解" in shown["held"]) == (True, True)
    assert shown["why"] == wording("reports.why_against")
    app.text_input(key="decide_by").input("刘主任").run()
    app.button(key="decide_data").click().run()
    assert says(app, "reports.no_doubts")
    assert door.post_waiting_reports().applied == 0


def test_a_visit_is_recorded_and_one_that_met_nobody_gives_way_to_it(open_app: OpenApp, url: str) -> None:
    app = open_app(url, page="households/household", household="H1")
    for number, result in (("", "away"), ("_1", "stable")):
        app.text_input(key="visit_by").input("李村干").run()
        app.selectbox(key=f"visit_result{number}").select(result).run()
        app.button(key=f"visit_record{number}").click().run()
        assert not app.exception, app.exception[0].message
        assert door.post_waiting_reports().applied == 1
    known = door.reports(scope=DISTRICT)
    assert [content["result"] for content in known["content"]] == ["away", "stable"]
    assert known["state"].isna().all(), "neither is in doubt"


def test_a_case_is_opened_and_its_first_step_taken_on_the_page_of_the_household(open_app: OpenApp, url: str) -> None:
    app = open_app(url, page="households/household", household="H1")
    assert says(app, "household.procedure_none")
    app.text_input(key="case_opened_by").input("李村干").run()
    app.button(key="case_opened_record").click().run()
    assert not app.exception, app.exception[0].message
    step = load_codes()["case_step"]["checked"]["zh"]
    assert says(app, "cases.take_step", step=step, cases=1), "before it is in the data, too"
    app.text_input(key="case_checked_by").input("李村干").run()
    app.button(key="case_checked_record").click().run()
    assert says(app, "error.step_checked_alone", household="H1")
    app.text_input(key="case_checked_checked_by_2").input("王队员").run()
    app.button(key="case_checked_record").click().run()
    assert not app.exception, app.exception[0].message
    waits = load_report_kinds()["case_authorised"].label["zh"]
    assert says(app, "cases.take_step", step=waits, cases=1), "without it nobody compares"
    assert door.post_waiting_reports().applied == 2
    assert states(app.run()) == [wording("reports.state_posted")]
    by = next(frame.value["by"].iloc[0] for frame in app.dataframe if {"said", "by"} <= set(frame.value))
    assert by == wording("reports.by_one_person", by="李村干")
    case = door.reports(scope=DISTRICT)["thing"].iloc[0]
    signed = FieldReport("case_authorised", "H1", VILLAGE, case, clock.today(), "王村干")
    records.add_reports(door.ledger(), [signed], recorded_by="王村干", scope=DISTRICT)
    app.text_input(key="case_authorised_by").input("李村干")
    app.button(key="case_authorised_record_1").click().run()
    assert says(app, "cases.changed_since", by="王村干", kind=waits, household="H1")
    assert len(door.reports(scope=DISTRICT)) == 3, "the click on what another took takes nothing"
    app.text_input(key="visit_by").input("李村干")
    app.button(key="visit_record").click().run()
    assert len(door.reports(scope=DISTRICT)) == 4
    assert not says(app, "cases.changed_since"), "what the reader reports is nobody else's change, on no form"


def test_a_need_is_recorded_for_those_of_a_selection_whose_case_is_identified(open_app: OpenApp) -> None:
    case = {"case_id": "C1", "discovered_on": date(2022, 7, 1), "identified_on": date(2022, 7, 20), "outcome": "open"}
    homes = [household(name, indicators={"water_problem": True}) for name in ("H1", "H2")]
    homes.append(household("H3", cases=[case], indicators={"water_problem": True}))
    app = open_app(merged(village(), load(), *homes), page="board/worklist", list="red_households")
    table = next(frame.proto.id for frame in app.dataframe if "list_table_" in frame.proto.id)
    app.session_state[table.rpartition("-")[2]] = {"selection": {"rows": [0, 1, 2], "columns": [], "cells": []}}
    app.run()
    app.selectbox(key="record_what").select("need_raised").run()
    assert says(app, "reports.without_case", households=2)
    app.text_input(key="need_raised_by").input("李村干").run()
    app.button(key="need_raised_record").click().run()
    assert not app.exception, app.exception[0].message
    told = door.reports(scope=DISTRICT)
    assert [(row["household_id"], row["content"]["case_id"]) for row in told.to_dict("records")] == [("H3", "C1")]
