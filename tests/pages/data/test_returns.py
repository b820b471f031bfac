"""A list goes out split by township, comes back filled in, and is merged row by row."""

import io
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from data_access import door
from data_access.access import purposes
from data_access.access.purposes import Purpose
from data_access.clock import last_day, today
from data_access.facts.metrics import load_metrics
from data_access.files import export
from data_access.files.errors import ReadError
from data_access.handouts import forms, handouts
from data_access.inspection.problems import read_problems
from data_access.ledger.file_passwords import file_password
from data_access.lists import lists
from data_access.reports import approval
from data_access.scope import Scope
from data_access.warnings.dispositions import read_dispositions
from pages.data.returns import collect
from tests.pages.conftest import OpenApp, says, told_of_export, wording, words
from tests.support.databases import write_version
from tests.support.households import VILLAGE, household, load, merged, village
from tests.support.protected import opened_workbook, protected_workbook

pytestmark = pytest.mark.facts("households")

DISTRICT = Scope.district()
OTHER = "610902101201"
ON = date(2022, 10, 7)
RED = [{"water_problem": True}]


def rows() -> dict:
    return merged(
        village(),
        village(OTHER, township="610902101"),
        household("H1", indicators=RED, phone="13800000000"),
        household("H2", village_code=OTHER, indicators=RED),
        household("H3"),
    )


def sent_out(app: AppTest, *, metric: str) -> bytes:
    """Build a handout and give back its ZIP file."""
    app.query_params["list"] = metric
    app.run()
    app.text_input(key="returns_sent_by").input("张干部").run()
    app.button(key="build_handout").click().run()
    assert not app.exception, app.exception[0].message
    told = told_of_export()
    assert "household_id" in told["columns"]
    assert any(load_metrics()[metric].label["zh"] in line for line in told["about"])
    assert told["handout"].startswith("H")
    built = app.session_state["built_handout"]
    return (io.BytesIO(open(f"{built['folder'].name}/{built['name']}", "rb").read())).getvalue()  # noqa: PTH123


def parts(content: bytes) -> dict[str, list[list]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {
            name: CalamineWorkbook.from_filelike(io.BytesIO(archive.read(name))).get_sheet_by_index(0).to_python()
            for name in archive.namelist()
        }


def filled_in(cells: list[list], **answers: str) -> bytes:
    """A part of a handout with the same answer in every row."""
    stream = io.BytesIO()
    titles = [str(title) for title in cells[2]]
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet()
        for position, row in enumerate(cells):
            for column, value in enumerate(row):
                answer = answers.get(titles[column]) if position > 2 else None
                sheet.write(position, column, answer if answer is not None else value)
    return stream.getvalue()


def returned(app: AppTest, *contents: bytes) -> AppTest:
    app.query_params["part"] = "collect"
    app.run()
    files = [(f"回收{at or ''}.xlsx", content, "application/octet-stream") for at, content in enumerate(contents)]
    app.file_uploader(key="returns_file").set_value(files).run()
    assert not app.exception, app.exception[0].message
    return app


def test_nothing_sent_out_is_said(open_app: OpenApp) -> None:
    app = open_app(rows(), page="data/returns", part="collect")
    assert says(app, "returns.nothing_sent")


def test_an_empty_list_is_not_sent_out(open_app: OpenApp) -> None:
    app = open_app(merged(village()), page="data/returns")
    assert "没有" in words(app)
    assert not [button for button in app.button if button.key == "build_handout"]


def test_a_list_that_is_not_of_households_is_not_split(open_app: OpenApp) -> None:
    app = open_app(rows(), page="data/returns", list="projects_overdue")
    assert says(app, "returns.not_of_households")


def test_every_township_gets_its_own_workbook_and_all_rows_are_recorded(open_app: OpenApp) -> None:
    app = open_app(rows(), page="data/returns")
    files = parts(sent_out(app, metric="red_unchecked"))
    assert len(files) == 2
    assert all(name.endswith("2022-09-30.xlsx") for name in files)
    households = sorted(row[2] for cells in files.values() for row in cells[3:])
    assert households == ["H1", "H2"]
    assert [[row[0] for row in cells[3:]] for cells in files.values()] == [[1], [1]], "each file is numbered from 1"
    [sent] = handouts.read_handouts(door.ledger(), scope=DISTRICT).to_dict("records")
    assert all(sent["handout_id"] in str(cells[0][0]) for cells in files.values())
    kept = handouts.read_rows(door.ledger(), handout_id=sent["handout_id"], scope=DISTRICT)
    assert sorted(kept["household_id"]) == households
    assert (
        sent["row_count"]
        == door.read(
            lists.count_list, scope=DISTRICT, request=lists.ListRequest(metric="red_unchecked", on=last_day("2022-09"))
        ).rows
    )


def test_answers_about_warnings_become_conclusions(open_app: OpenApp) -> None:
    app = open_app(rows(), page="data/returns")
    files = parts(sent_out(app, metric="red_unchecked"))
    cells = next(cells for cells in files.values() if cells[3][2] == "H1")
    returned(app, filled_in(cells, 核实情况="不纳入", 不符原因="有资产需说明", 核实人="李村干"))
    assert says(app, "returns.found", rows=1, answers=1)
    app.text_input(key="returns_by").input("王镇干").run()
    app.button(key="returns_merge").click().run()
    assert not app.exception, app.exception[0].message
    [conclusion] = read_dispositions(door.ledger(), scope=DISTRICT).to_dict("records")
    assert (conclusion["household_id"], conclusion["conclusion"], conclusion["reason"]) == (
        "H1",
        "not_include",
        "assets",
    )
    assert says(app, "returns.reading", complete=1)


def test_of_several_files_each_has_its_own_verdict_and_all_are_merged(open_app: OpenApp) -> None:
    app = open_app(rows(), page="data/returns")
    first, second = parts(sent_out(app, metric="red_unchecked")).values()
    one, other = {"核实情况": "继续关注", "核实人": "李村干"}, {"核实情况": "继续关注", "核实人": "王村干"}
    returned(app, filled_in(first, **one), b"torn", filled_in(second, **one), filled_in(second, **other))
    assert [error.value for error in app.error] == [ReadError("wrong_extension", name="回收1.xlsx").text("zh")]
    assert words(app).count("可并入**1**行") == 2
    assert says(app, "returns.found", answers=0, rejected=1)  # the same row, answered in another way
    assert says(app, "rejected.files", files=3, entries=2)
    [reminder] = [code.value for code in app.code]
    for place in ("镇610902100", "镇610902101"):
        assert wording("returns.reminder_place", place=place, waiting=1, sent=1) in reminder
    app.text_input(key="returns_by").input("王镇干").run()
    app.button(key="returns_merge").click().run()
    assert not app.exception, app.exception[0].message
    assert [done.value for done in app.success] == [wording("returns.merged", answers=2)]
    assert not app.code, "nobody is left to be reminded"


def test_the_same_file_again_changes_nothing(open_app: OpenApp) -> None:
    app = open_app(rows(), page="data/returns")
    files = parts(sent_out(app, metric="red_unchecked"))
    content = filled_in(next(iter(files.values())), 核实情况="继续关注", 核实人="李村干")
    returned(app, content)
    app.text_input(key="returns_by").input("王镇干").run()
    app.button(key="returns_merge").click().run()
    returned(app, content)
    assert says(app, "returns.found", answers=0, unchanged=1)


def test_a_row_nobody_filled_in_is_blank_whatever_the_list_says_of_the_household(open_app: OpenApp) -> None:
    app = open_app(rows(), page="data/returns")
    files = parts(sent_out(app, metric="red_unchecked"))
    cells = next(cells for cells in files.values() if cells[3][2] == "H1")
    phones = [column for column, title in enumerate(cells[2]) if title in ("电话", "核实人电话")]
    assert [bool(cells[3][column]) for column in phones] == [True, False]
    assert "可并入**0**行，无变化0行，未填写1行" in words(returned(app, filled_in(cells)))


def test_what_is_confirmed_with_a_date_becomes_a_problem(open_app: OpenApp) -> None:
    app = open_app(rows(), page="data/returns")
    files = parts(sent_out(app, metric="households"))
    cells = next(cells for cells in files.values() if "H1" in [row[2] for row in cells[3:]])
    returned(app, filled_in(cells, 核实情况="属实", 核实人="李村干", 整改时限="2022-10-31"))
    app.text_input(key="returns_by").input("王镇干").run()
    app.button(key="returns_merge").click().run()
    assert not app.exception, app.exception[0].message
    found = read_problems(door.ledger(), scope=DISTRICT, on=date(2022, 11, 1))
    assert set(found["source"]) == {"returned"}
    assert found["overdue"].all()
    assert sorted(found["household_id"]) == sorted(str(row[2]) for row in cells[3:])


def test_a_file_that_is_no_workbook_is_refused(open_app: OpenApp) -> None:
    app = open_app(rows(), page="data/returns")
    sent_out(app, metric="red_unchecked")
    returned(app, b"not a workbook")
    assert [error.value for error in app.error] == [ReadError("wrong_extension", name="回收.xlsx").text("zh")]


def test_a_workbook_of_another_handout_is_refused(open_app: OpenApp) -> None:
    app = open_app(rows(), page="data/returns")
    cells = next(iter(parts(sent_out(app, metric="red_unchecked")).values()))
    cells[0][0] = "附件1　下发编号：H20200101-ABCDEF"
    returned(app, filled_in(cells))
    assert says(app, "error.file_of_other_handout", found="H20200101-ABCDEF")


def test_the_full_list_is_split_without_losing_a_row(open_app: OpenApp, sample_url: str) -> None:
    app = open_app(sample_url, page="data/returns")
    files = parts(sent_out(app, metric="red_households"))
    split = [str(row[2]) for cells in files.values() for row in cells[3:]]
    with door.stream(
        lists.stream_list,
        scope=DISTRICT,
        request=lists.ListRequest(metric="red_households", on=last_day("2022-09")),
        language="zh",
        rows=export.CHUNK_ROWS,
    ) as frames:
        whole = [number for frame in frames for number in frame["household_id"]]
    assert sorted(split) == sorted(whole)
    assert len(whole) > 10


CLUE = {"received_on": date(2022, 8, 1), "due_on": date(2022, 8, 16)}


def with_clues() -> dict:
    """Two overdue clues of one household, one of another in another township; one red household."""
    two = [{**CLUE, "clue_id": "T1"}, {**CLUE, "clue_id": "T2"}]
    there = household("H2", village_code=OTHER, clues=[{**CLUE, "clue_id": "T1"}], indicators=RED)
    return merged(village(), village(OTHER, township="610902101"), household("H1", clues=two), there)


def test_results_of_clues_come_back_in_mixed_files_and_close_exactly_those(open_app: OpenApp, tmp_path: Path) -> None:
    write_version(tmp_path / "household", with_clues())
    app = open_app(f"duckdb:///{(tmp_path / 'household').as_posix()}", page="data/returns")
    clues = list(parts(sent_out(app, metric="clues_overdue")).values())
    red = list(parts(sent_out(app, metric="red_unchecked")).values())
    columns = [str(title) for title in clues[0][2]]
    assert "整改时限" not in columns
    assert len(set(columns)) == len(columns), "a heading twice could not be read back"
    assert [row[columns.index("线索编号")] for row in clues[0][3:]] == ["T1", "T2"]
    done = {"核查日期": "2022-10-08", "核实人": "李村干"}
    helped, away = {"核查结果": "已帮扶化解", "核查说明": "已报销", **done}, {"核查结果": "未见到人", **done}
    clues[0][4][columns.index("线索编号")] = "T9"
    assert says(returned(app, filled_in(clues[0], **helped)), "returns.found", answers=1, rejected=1)
    clues[0][4][columns.index("线索编号")] = "T2"
    nobody = {"核实情况": "继续关注", "核实人": "李村干"}
    returned(app, filled_in(clues[0], **helped), filled_in(clues[1], **away), filled_in(red[0], **nobody))
    app.text_input(key="returns_by").input("张干部").run()
    app.button(key="returns_merge").click().run()
    assert app.success[0].value == wording("returns.merged", answers=4)
    assert door.post_waiting_reports().applied == 2
    request = lists.ListRequest("clues_overdue", date(2022, 9, 30))
    [left] = door.read(lists.read_list, scope=DISTRICT, request=request, language="zh").to_dict("records")
    assert (left["household_id"], left["clue_id"]) == ("H2", "T1"), "nobody was met there: it stays open"
    checked = lists.ListRequest("clues_checked", date(2022, 9, 30))
    found = door.read(lists.read_list, scope=DISTRICT, request=checked, language="zh")
    assert [(row["clue_id"], row["result"]) for row in found.to_dict("records")] == [("T1", "helped"), ("T2", "helped")]
    assert read_dispositions(door.ledger(), scope=DISTRICT)["household_id"].to_list() == ["H2"]
    assert says(returned(app, filled_in(clues[0], **helped)), "returns.found", answers=0, unchanged=2)


def test_a_list_of_clues_sent_out_before_its_rows_named_them_is_still_read(open_app: OpenApp) -> None:
    app = open_app(with_clues(), page="data/returns", part="collect")
    sent = handouts.Handout("H20220930-ABCDEF", "clues_overdue", "", "610902", date(2022, 9, 30), "township", ON)
    kept = [{"household_id": "H1", "village_code": VILLAGE}]
    split = handouts.split(pd.DataFrame(kept), level="township")
    handouts.send_out(door.ledger(), sent, rows=split, recorded_by="张干部", scope=DISTRICT)
    titles = ["交办序号", "户编号", "核实情况", "不符原因", "整改时限", "核实人", "核实人电话"]
    cells: list[list] = [["H20220930-ABCDEF"], [""], titles, [1, "H1", "属实", "", "2022-10-31", "李村干", ""]]
    app.run()
    assert says(returned(app, filled_in(cells)), "returns.found", answers=1, rejected=0)


def test_names_in_full_go_out_under_a_password_with_which_the_form_opens_when_it_comes_back(open_app: OpenApp) -> None:
    number = purposes.approve(
        door.ledger(),
        Purpose(
            *("入户核查", "逐户上门核实", "red_unchecked"),
            columns=("head_name", "phone"),
            until=today(),
            place="610902",
            day=date(2022, 9, 30),
            rows=2,
        ),
        on=today(),
        recorded_by="主管",
        scope=DISTRICT,
    )
    app = open_app(rows(), page="data/returns", list="red_unchecked")
    app.text_input(key="returns_sent_by").input("张干部").run()
    app.selectbox(key="purpose_red_unchecked").set_value(number).run()
    assert not [button for button in app.button if button.key == "build_handout"], "without a password"
    app.button(key="returns_make").click().run()
    password = app.code[0].value
    with zipfile.ZipFile(io.BytesIO(sent_out(app, metric="red_unchecked"))) as archive:
        [name] = [name for name in archive.namelist() if "H1" in str(opened(archive.read(name), password=password))]
        cells = opened(archive.read(name), password=password)
    assert "13800000000" in str(cells)
    kept = door.ledger().read(select(file_password))
    assert password not in str(kept.to_dict("records"))
    answer = filled_in(cells, 核实情况="不纳入", 不符原因="有资产需说明", 核实人="李村干")
    assert says(returned(app, protected_workbook(answer, password=password)), "returns.found", rows=1, answers=1)


def opened(content: bytes, *, password: str) -> list[list]:
    plain = io.BytesIO(opened_workbook(content, password=password))
    return CalamineWorkbook.from_filelike(plain).get_sheet_by_index(0).to_python()


def test_households_with_the_same_signature_are_sent_out_and_those_confirmed_are_problems(open_app: OpenApp) -> None:
    app = open_app(rows(), page="data/returns", f="water_problem.is.True")
    app.text_input(key="returns_sent_by").input("张干部").run()
    app.button(key="build_handout").click().run()
    assert not app.exception, app.exception[0].message
    built = app.session_state["built_handout"]
    with open(f"{built['folder'].name}/{built['name']}", "rb") as file:  # noqa: PTH123
        sheets = parts(file.read())
    assert sorted(row[2] for cells in sheets.values() for row in cells[3:]) == ["H1", "H2"]
    [kept] = handouts.read_handouts(door.ledger(), scope=DISTRICT).to_dict("records")
    assert all(kept["filters"] in cells[1][0] for cells in sheets.values()), "what they have in common"
    first = next(cells for cells in sheets.values() if "H1" in str(cells))
    returned(app, filled_in(first, 核实情况="属实", 核实人="李村干", 整改时限="2022-10-31"))
    assert says(app, "returns.found", rows=1, answers=1)
    app.text_input(key="returns_by").input("王镇干").run()
    app.button(key="returns_merge").click().run()
    assert not app.exception, app.exception[0].message
    assert read_problems(door.ledger(), scope=DISTRICT, on=date(2022, 11, 1))["household_id"].tolist() == ["H1"]


def with_work() -> dict:
    """A monitored household with a measure and a need that wait, due for a visit; in another township one whose case
    waits for its check."""
    due = {"started_on": None, "measure_id": "M1", "due_on": date(2022, 5, 1)}
    need = {
        "household_id": "H1",
        "need_id": "N1",
        "case_id": "H1-C1",
        "kind": "industry",
        "raised_on": date(2022, 4, 1),
    }
    found = {"case_id": "J1", "discovered_on": date(2022, 9, 20), "identified_on": None}
    return merged(
        village(),
        village(OTHER, township="610902101"),
        household("H1", cases=[{"identified_on": date(2022, 3, 1)}], measures=[due]),
        household("H2", village_code=OTHER, cases=[found]),
        {"need": [need | {"raised_on": date(2022, 4, 1)}]},
    )


WORK = ("visits_due", "tasks_waiting", "needs_open", "step_open")


def counts_of_work() -> list[int]:
    return [
        door.read(lists.count_list, scope=DISTRICT, request=lists.ListRequest(metric, date(2022, 9, 30))).amount
        for metric in WORK
    ]


def test_visits_measures_needs_and_steps_come_back_in_mixed_files_that_are_read_once(
    open_app: OpenApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_version(tmp_path / "household", with_work())
    app = open_app(f"duckdb:///{(tmp_path / 'household').as_posix()}", page="data/returns")
    assert counts_of_work() == [1, 1, 1, 2]
    sent = {metric: list(parts(sent_out(app, metric=metric)).values()) for metric in WORK}
    checked = next(cells for cells in sent["step_open"] if cells[3][3] == "H2")
    assert "第二核实人" in checked[2]
    done = {"办理日期": "2022-10-05", "办理人": "李村干"}
    visit = filled_in(sent["visits_due"][0], 办理结果="情况稳定", 走访方式="入户走访", **done)
    work = filled_in(sent["tasks_waiting"][0], **{"办理结果": "已开始", "金额（元）": "3000"}, **done)
    need = filled_in(sent["needs_open"][0], 办理结果="已满足", **done)
    signed = {"办理结果": "已办", "承诺授权日期": "2022-10-05", **done}
    alone = filled_in(checked, 第二核实人="李村干", **signed)
    assert words(returned(app, alone)).count(
        wording("returns.found", rows=1, answers=0, rejected=1, blank=0, unchanged=0)
    )
    wrong = app.dataframe[-1].value.iloc[0].tolist()
    assert wrong[-1] == wording("returns.rule.step_checked_alone")
    read = Counter[str]()

    def read_returned(content: bytes, *, name: str, **others: Any) -> Any:
        read[name] += 1
        return forms.read_returned(content, name=name, **others)

    monkeypatch.setattr(collect, "read_returned", read_returned)
    returned(app, visit, work, need, filled_in(checked, 第二核实人="王队员", **signed))
    app.text_input(key="returns_by").input("张干部").run()
    before = sum(read.values())
    app.run()
    assert sum(read.values()) == before, "a rerun reads no file"
    app.button(key="returns_merge").click().run()
    assert app.success[0].value == wording("returns.merged", answers=4)
    assert door.post_waiting_reports().applied == 4
    assert counts_of_work() == [0, 0, 0, 2], "the case waits for its next step"
    request = lists.ListRequest("step_open", date(2022, 9, 30), filters=(("step", "compared"),))
    [case] = door.read(lists.read_list, scope=DISTRICT, request=request, language="zh").to_dict("records")
    assert case["case_id"] == "J1"
    said = door.reports(scope=DISTRICT).set_index("kind")["content"]
    assert said["measure_begun"] == {"amount": 3000}
    assert said["case_checked"]["authorised_on"] == "2022-10-05"
    assert says(returned(app, work), "returns.found", answers=0, unchanged=1)

    app.query_params["part"] = "send_out"
    app.run()
    ends = next(cells for cells in parts(sent_out(app, metric="step_open")).values() if cells[3][3] == "H1")
    assert says(returned(app, filled_in(ends, 办理结果="已办", **done)), "returns.found", answers=1, rejected=0)
    app.text_input(key="returns_by").input("张干部").run()
    app.button(key="returns_merge").click().run()
    assert door.post_waiting_reports().applied == 1
    asked = lists.ListRequest("elimination_open", date(2022, 9, 30))
    [checked_again] = door.read(lists.read_list, scope=DISTRICT, request=asked, language="zh").to_dict("records")
    assert checked_again["elimination_step"] == "elimination_publicised"


def test_a_case_is_opened_once_by_the_answer_that_wants_a_household_included(open_app: OpenApp, tmp_path: Path) -> None:
    write_version(tmp_path / "household", with_clues())
    app = open_app(f"duckdb:///{(tmp_path / 'household').as_posix()}", page="data/returns")
    first, other = parts(sent_out(app, metric="clues_overdue")).values()
    cause = wording("returns.column.cause_1")
    include = {"核查结果": "拟纳入", "核查日期": "2022-10-08", "核实人": "李村干"}
    returned(app, filled_in(first, **include | {"核查日期": "2022-07-31", cause: "因病"}))
    assert app.dataframe[-1].value.iloc[0].tolist()[-1] == wording("returns.rule.before_the_thing")

    def merge(*contents: bytes) -> dict[str, int]:
        returned(app, *contents)
        app.text_input(key="returns_by").input("张干部").run()
        app.button(key="returns_merge").click().run()
        assert not app.exception, app.exception[0].message
        door.post_waiting_reports()
        metrics = ("clues_overdue", "cases_to_open", "step_open")
        asked = [lists.ListRequest(metric, date(2022, 9, 30)) for metric in metrics]
        sizes = [door.read(lists.count_list, scope=DISTRICT, request=one).amount for one in asked]
        return dict(zip(metrics, sizes, strict=True))

    counts = merge(filled_in(first, **include, **{cause: "因病"}), filled_in(other, **include))
    assert counts == {"clues_overdue": 0, "cases_to_open": 1, "step_open": 1}, "without a cause it is to be opened"
    said = door.reports(scope=DISTRICT)
    [case] = said[said["kind"] == "case_opened"].to_dict("records")
    assert (case["household_id"], case["thing"], case["happened_on"]) == ("H1", "H1-20220801", CLUE["received_on"])
    assert (case["content"]["cause_1"], case["content"]["channel"]) == ("illness", "department")
    assert says(returned(app, filled_in(first, **include, **{cause: "因病"})), "returns.found", unchanged=2)

    app.query_params["part"] = "send_out"
    app.run()
    [opening] = parts(sent_out(app, metric="cases_to_open")).values()
    opened = {"办理结果": "已立案", "办理日期": "2022-10-09", "办理人": "李村干"}
    assert says(returned(app, filled_in(opening, **opened)), "returns.found", answers=0, rejected=1)
    assert merge(filled_in(opening, **opened, **{cause: "因残"}))["step_open"] == 2


def test_an_indicator_is_corrected_by_a_returned_form_and_waits_for_a_second_person(open_app: OpenApp) -> None:
    homes = [household(name, indicators={"dropout_n": 1, "water_problem": True}) for name in ("H1", "H2", "H3")]
    app = open_app(merged(village(), load(), *homes), page="data/returns")
    app.query_params["list"] = "red_households"
    app.run()
    app.selectbox(key="returns_asks_red_households").select("dropout_n").run()
    [cells] = parts(sent_out(app, metric="red_households")).values()
    at = {str(title): column for column, title in enumerate(cells[2])}
    assert [str(title) for title in cells[2][at["指标"] : at["自哪天起"] + 1]] == [
        "指标",
        "原值",
        "新值",
        "依据",
        "自哪天起",
    ]
    indicator = "义务教育失学辍学人数"
    assert [(row[at["指标"]], str(row[at["原值"]])) for row in cells[3:]] == [(indicator, "1 人")] * 3
    answers = {"H1": ("0", "入户查看"), "H2": ("1", "入户查看"), "H3": ("", "")}
    for row in cells[3:]:
        new, basis = answers[row[at["户编号"]]]
        row[at["新值"]], row[at["依据"]] = new, basis
        row[at["办理人"]], row[at["自哪天起"]] = ("李村干", "2022-09-20") if new else ("", "")
    returned(app, filled_in(cells))
    assert says(app, "returns.found", rows=3, answers=1, unchanged=0, blank=1, rejected=1)
    app.text_input(key="returns_by").input("王镇干").run()
    app.button(key="returns_merge").click().run()
    assert not app.exception, app.exception[0].message
    [told] = approval.waiting_for_approval(door.reports(scope=DISTRICT)).to_dict("records")
    assert (told["household_id"], told["thing"], told["content"]) == (
        "H1",
        "dropout_n",
        {"old": 1, "new": 0, "basis": "visit"},
    )
    returned(app, filled_in(cells))
    assert says(app, "returns.found", rows=3, answers=0, unchanged=1, blank=1, rejected=1)
