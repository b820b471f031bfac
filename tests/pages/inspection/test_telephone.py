"""Telephone checks: coverage first, then what those who were reached said; nobody reached is nobody satisfied."""

import zipfile
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from data_access import door
from data_access.access import purposes
from data_access.access.purposes import Purpose
from data_access.clock import today
from data_access.inspection import calls, problems
from data_access.inspection.call_questions import load_call_questions
from data_access.inspection.calls import CallResult
from data_access.lists import lists
from data_access.reports.records import reports_batch
from data_access.scope import Scope
from tests.pages.conftest import OpenApp, label, says, tiles, told_of_export, wording, words
from tests.pages.inspection.test_villages import workbook
from tests.support.databases import write_version
from tests.support.households import COUNTY, TOWNSHIP, VILLAGE, household, merged, village
from tests.support.protected import opened_workbook
from tests.support.sheets import read_first_sheet

pytestmark = pytest.mark.facts("households")

FILLED_IN = {"called_on": "2022-09-28", "outcome": "接通", "note": "水压低"}
CALLED = {"called_on": date(2022, 9, 28), "outcome": "reached", "complaint": "none", "knows_helper": True}


PHONE = "13991500001"


def sheet_of(app: AppTest, *, password: str | None = None) -> str:
    """What the call sheets say once they are built; `password` opens them."""
    app.button(key="build_call_sheets").click().run()
    assert not app.exception, app.exception[0].message
    built = app.session_state["built_call_sheets"]
    with zipfile.ZipFile(f"{built['folder'].name}/{built['name']}") as archive:
        sheets = {name: archive.read(name) for name in archive.namelist()}
    if password is not None:
        sheets = {name: opened_workbook(content, password=password) for name, content in sheets.items()}
    rows = [row for name, content in sheets.items() for row in read_first_sheet(content, name=name)]
    return " ".join(str(cell) for row in rows for cell in row)


def test_where_nobody_is_to_be_called_the_page_says_so(open_app: OpenApp) -> None:
    app = open_app(merged(village(), household("H1")), page="inspection/telephone")
    assert says(app, "telephone.nobody_due")
    assert says(app, "telephone.no_calls")


def test_coverage_counts_households_and_satisfaction_only_those_who_were_asked(open_app: OpenApp) -> None:
    rows = merged(
        village(),
        household("H1", household_type="lifted_out", calls=[{**CALLED, "satisfaction": "satisfied"}]),
        household("H2", household_type="lifted_out", calls=[{**CALLED, "satisfaction": "not_satisfied"}]),
        household("H3", household_type="lifted_out", calls=[{"called_on": date(2022, 9, 29), "outcome": "no_answer"}]),
        household("H4", household_type="lifted_out", calls=[{"called_on": date(2022, 8, 31), "outcome": "reached"}]),
        household("H5"),
    )
    app = open_app(rows, page="inspection/telephone")
    shown = tiles(app)
    assert (shown[label("calls_due_households")], shown[label("calls_missing")], shown[label("calls_coverage")]) == (
        "4户",
        "1户",
        "75.0%",
    )
    assert (shown[label("calls_made")], shown[label("calls_reached_share")], shown[label("calls_satisfied_share")]) == (
        "3条",
        "66.7%",
        "50.0%",
    )
    assert "1/2" in words(app)
    [asked] = (table.value.to_dict("records") for table in app.dataframe if "satisfied" in table.value)
    [kind] = asked
    assert (kind["kind"], kind["due"], kind["called"], kind["asked"]) == (wording("draw.status_lifted_out"), 4, 3, 2)
    assert (kind["missing"], kind["satisfied"][:5]) == (50, "50.0%")


def test_the_full_sample_adds_up(open_app: OpenApp, sample_url: str) -> None:
    app = open_app(sample_url, page="inspection/telephone")
    townships = app.dataframe[-1].value
    scope = Scope.district()
    due = door.read(
        lists.count_list, scope=scope, request=lists.ListRequest(metric="calls_due_households", on=date(2022, 9, 30))
    ).amount
    complaints = door.read(
        lists.count_list, scope=scope, request=lists.ListRequest(metric="calls_complaints", on=date(2022, 9, 30))
    ).amount
    assert townships["calls_due_households"].sum() == due > 0
    assert townships["calls_complaints"].sum() == complaints


def test_a_call_sheet_is_dealt_filled_in_uploaded_and_its_complaint_becomes_a_problem(open_app: OpenApp) -> None:
    homes = [household(f"H{number}", household_type="lifted_out") for number in range(3)]
    app = open_app(merged(village(), *homes), page="inspection/telephone")
    app.text_area(key="calls_callers").input("小王\n小李\n小王").run()
    app.button(key="build_call_sheets").click().run()
    assert not app.exception, app.exception[0].message
    told = told_of_export()
    assert (told["callers"], told["rows"], "household_id" in told["columns"]) == (["小王", "小李"], 3, True)
    built = app.session_state["built_call_sheets"]
    with zipfile.ZipFile(f"{built['folder'].name}/{built['name']}") as archive:
        sheets = [read_first_sheet(archive.read(name), name=name) for name in sorted(archive.namelist())]
    assert len(sheets) == 2
    head = next(at for at, row in enumerate(sheets[0]) if wording("calls.column.household_id") in row)
    aloud = " ".join(str(cell) for row in sheets[0][:head] for cell in row)
    assert all(one.ask.zh in aloud for one in load_call_questions().values()), "read aloud, above the heading"
    rows = [dict(zip(sheet[head], row, strict=True)) for sheet in sheets for row in sheet[head + 1 :]]
    assert sorted(str(row[wording("calls.column.household_id")]) for row in rows) == ["H0", "H1", "H2"]
    cells = sheets[0]
    columns = {str(title): column for column, title in enumerate(cells[head])}
    said = {wording(f"calls.column.{name}"): value for name, value in FILLED_IN.items()}
    for title, value in (said | {"饮水有问题": "是", "吃饭有困难": "否", "诉求": "饮水"}).items():
        cells[head + 1][columns[title]] = value
    app.file_uploader(key="calls_file").set_value(("拨打表.xlsx", workbook(cells), "application/xlsx")).run()
    assert says(app, "calls.found", results=1, complaints=1)
    app.text_input(key="calls_by").input("小李")
    app.button(key="calls_record").click().run()
    assert not app.exception, app.exception[0].message
    [opened] = problems.read_problems(door.ledger(), scope=Scope.district(), on=date(2022, 9, 30)).to_dict("records")
    assert (opened["source"], opened["household_id"]) == (
        "telephone",
        cells[head + 1][columns[wording("calls.column.household_id")]],
    )
    assert opened["description"].endswith(f"饮水有问题{wording('list.separator')}饮水 水压低")
    assert says(app, "calls.known", results=1, reached=1)
    assert f"{load_call_questions()['food_problem'].label.zh} 0/1" in words(app), "which the data keep nothing of"
    assert says(app, "calls.found", results=0)


def test_calls_raise_coverage_by_what_was_called_and_the_next_sheet_deals_the_others(
    open_app: OpenApp, tmp_path: Path
) -> None:
    homes = [household(f"H{number}", household_type="lifted_out", phone=PHONE) for number in range(4)]
    write_version(tmp_path / "household", merged(village(), *homes))
    url = f"duckdb:///{(tmp_path / 'household').as_posix()}"
    app = open_app(url, page="inspection/telephone")
    assert tiles(app)[label("calls_coverage")] == "0.0%"
    called = [
        CallResult(f"H{number}", TOWNSHIP, VILLAGE, date(2022, 10, 3), "reached", "小王", satisfaction="satisfied")
        for number in (0, 1)
    ]
    follow = reports_batch(door.ledger(), calls.reports_of(called, recorded_by="小李"))
    calls.add_results(door.ledger(), called, follow, recorded_by="小李", scope=Scope.district())
    app.run()
    assert says(app, "reports.waiting", count=2)
    assert tiles(app)[label("calls_missing")] == "2户", "whom nobody has to call any more"
    assert door.post_waiting_reports().applied == 2
    app.run()
    assert (tiles(app)[label("calls_coverage")], tiles(app)[label("calls_missing")]) == ("50.0%", "2户")
    assert not says(app, "reports.waiting")
    app.text_area(key="calls_callers").input("小王").run()
    assert wording("calls.build", households=2, callers=1) in [button.label for button in app.button]
    assert says(app, "calls.masked")
    assert PHONE not in sheet_of(app)
    asked = Purpose(
        *("电话抽查", "月末电话抽查核实帮扶情况", "calls_due_households", ("head_name", "phone")),
        until=today(),
        place=COUNTY,
        day=date(2022, 9, 30),
        rows=4,
    )
    number = purposes.approve(door.ledger(), asked, on=today(), recorded_by="主管", scope=Scope.district())
    app.run()
    app.selectbox(key="purpose_calls_due_households").set_value(number).run()
    assert says(app, "calls.open")
    app.button(key="calls_make").click().run()
    assert PHONE in sheet_of(app, password=app.code[0].value)
    used = door.ledger().read(select(purposes.purpose_use))
    assert (used["purpose_id"].tolist(), used["row_count"].tolist()) == ([number], [2])
