"""In the village: from the draw to a household in three clicks, what is found there, and the problems it opens."""

import zipfile
from datetime import date
from io import BytesIO

import pytest
import xlsxwriter
from streamlit.testing.v1 import AppTest

from data_access import door
from data_access.files.errors import ReadError
from data_access.files.parsing.messages import Cell
from data_access.inspection import draws, findings, problems
from data_access.scope import Scope
from tests.pages.conftest import ROOT, OpenApp, says, wording, words
from tests.pages.inspection.test_draw import make
from tests.support.households import TOWNSHIP, VILLAGE, household, merged, village
from tests.support.protected import opened_workbook, protected_workbook
from tests.support.sheets import read_first_sheet

pytestmark = pytest.mark.facts("households", "unchecked", "cases")

PASSWORD = "督查-open-2022"
DISTRICT = Scope.district()


def in_village(open_app: OpenApp, database: object) -> AppTest:
    app = make(open_app(database, page="inspection/draw"))
    app.switch_page(str(ROOT / "pages/inspection/villages/page.py")).run()
    assert not app.exception, app.exception[0].message
    return app


def one_household(open_app: OpenApp) -> AppTest:
    known = {"water_problem": True, "last_visit": date(2022, 8, 9), "dropout_n": None}
    app = in_village(open_app, merged(village(), household("H1", indicators=[known])))
    app.query_params["unit"] = "H1"
    app.run()
    return app


def record(app: AppTest, *, by: str = "李组长") -> AppTest:
    app.text_input(key="villages_by").input(by)
    next(button for button in app.button if button.label == wording("villages.record")).click().run()
    assert not app.exception, app.exception[0].message
    return app


def test_without_a_draw_the_page_says_where_to_make_one(open_app: OpenApp) -> None:
    assert says(open_app(merged(village()), page="inspection/villages"), "draw.none_inspection")


def test_a_household_is_shown_with_its_lamp_and_what_the_system_says(open_app: OpenApp) -> None:
    app = one_household(open_app)
    [row] = [row for row in app.dataframe[-1].value.to_dict("records") if row["unit"] == wording("draw.kind_household")]
    assert "红色预警" in row["lamp"]
    assert "household=H1" in row["household"]
    assert says(app, "villages.question", label="饮水安全", of="政策落实", system="饮水安全问题：是")
    assert says(app, "villages.question", system="最近走访日期：2022-08-09")
    missing = wording("sheet.said", label="义务教育失学辍学人数", value=wording("household.not_collected"))
    assert says(app, "villages.question", label="义务教育", of="政策落实", system=missing), "which is no zero"


def test_a_difference_is_recorded_with_the_value_of_the_system_and_opens_a_problem(open_app: OpenApp) -> None:
    app = one_household(open_app)
    app.radio(key="villages_H1_water_answer").set_value("differs")
    app.text_input(key="villages_H1_water_text").input("已通自来水")
    app.radio(key="villages_H1_housing_answer").set_value("agrees")
    record(app)
    [draw] = draws.read_draws(door.ledger(), scope=DISTRICT)["draw_id"]
    found = findings.read_findings(door.ledger(), scope=DISTRICT, draw_id=draw).set_index("question")
    assert (found.loc["water", "system_value"], found.loc["water", "found_value"]) == ("饮水安全问题：是", "已通自来水")
    assert found["agrees"].astype(bool).to_dict() == {"water": False, "housing": True}
    [opened] = problems.read_problems(door.ledger(), scope=DISTRICT, on=date(2022, 9, 30)).to_dict("records")
    assert (opened["household_id"], opened["problem_class"], opened["source"]) == ("H1", "policy", "inspection")
    assert wording("villages.rate", rate="50.0%").removesuffix("**") in words(app)
    app.query_params["place"] = TOWNSHIP
    app.run()
    [village_rate] = app.table[-1].value.iloc[-1:].to_dict("records")
    assert village_rate[wording("villages.part")] == f"村{VILLAGE}"
    assert village_rate[wording("villages.error_rate")].startswith("50.0%")
    ways = [element.proto.label for element in app.get("page_link")]
    assert {wording("signature.open", households=1), wording("returns.send_chosen")} <= set(ways)


def test_a_difference_without_a_word_is_refused_and_nothing_is_kept(open_app: OpenApp) -> None:
    app = one_household(open_app)
    app.radio(key="villages_H1_water_answer").set_value("differs")
    record(app)
    assert says(app, "error.finding_words_missing")
    assert problems.read_problems(door.ledger(), scope=DISTRICT, on=date(2022, 9, 30)).empty


def test_who_records_after_somebody_else_is_told_of_it_and_decides(open_app: OpenApp) -> None:
    app = one_household(open_app)
    [draw] = draws.read_draws(door.ledger(), scope=DISTRICT)["draw_id"]
    unit = {"kind": "household", "code": "H1", "township_code": TOWNSHIP, "village_code": VILLAGE}
    water = findings.load_questions()["household"]["water"]
    seen = findings.new_finding(water, draw_id=draw, unit=unit, agrees=True, found_on=date(2022, 9, 28))
    findings.add_findings(door.ledger(), [seen], recorded_by="王组员", scope=DISTRICT)
    app.radio(key="villages_H1_water_answer").set_value("differs")
    app.text_input(key="villages_H1_water_text").input("已通自来水")
    record(app)
    assert says(app, "villages.changed_since", by="王组员", answer=wording("villages.answer_agrees"))
    assert findings.read_findings(door.ledger(), scope=DISTRICT, draw_id=draw)["recorded_by"].tolist() == ["王组员"]
    record(app)
    [found] = findings.read_findings(door.ledger(), scope=DISTRICT, draw_id=draw).to_dict("records")
    assert (found["recorded_by"], found["found_value"]) == ("李组长", "已通自来水")


def test_nothing_checked_is_nothing_recorded(open_app: OpenApp) -> None:
    assert says(record(one_household(open_app)), "villages.nothing")


def test_a_household_nobody_meets_is_replaced_by_the_next_in_reserve(open_app: OpenApp) -> None:
    app = in_village(open_app, merged(village(), *(household(f"H{number:02}") for number in range(14))))
    [draw] = draws.read_draws(door.ledger(), scope=DISTRICT)["draw_id"]
    units = draws.read_units(door.ledger(), scope=DISTRICT, draw_id=draw)
    homes = units[units["kind"] == "household"]
    first, spare = homes["code"].iloc[0], homes.loc[homes["replacement"].astype(bool), "code"].iloc[0]
    app.query_params["unit"] = first
    app.run()
    app.text_input(key="villages_replace_reason").input("整户外出")
    app.text_input(key="villages_replace_by").input("李组长")
    app.button(key="villages_replace").click().run()
    assert not app.exception, app.exception[0].message
    after = draws.read_units(door.ledger(), scope=DISTRICT, draw_id=draw).set_index("code")
    assert after.loc[first, "replaced_by"] == spare
    assert after["active"].sum() == units["active"].sum()


def test_the_full_sample_leads_from_group_to_village_to_household(open_app: OpenApp, sample_url: str) -> None:
    app = in_village(open_app, sample_url)
    assert len(app.selectbox(key="villages_village").options) >= 52
    table = app.dataframe[-1].value
    assert set(table["unit"]) >= {wording("draw.kind_village"), wording("draw.kind_household")}
    assert table.loc[table["unit"] == wording("draw.kind_household"), "lamp"].notna().all()


def test_the_form_of_the_inspection_file_is_filled_in_uploaded_and_recorded(open_app: OpenApp) -> None:
    app = make(
        open_app(merged(village(), household("H1", indicators=[{"water_problem": True}])), page="inspection/draw")
    )
    cells = read_first_sheet(form_of_the_file(app), name="核查表.xlsx")
    head = next(position for position, row in enumerate(cells) if "核查结果" in row)
    columns = {str(title): column for column, title in enumerate(cells[head])}
    water = next(row for row in cells if row[columns["核查事项"]] == "饮水安全")
    assert (water[columns["单位编号"]], water[columns["系统值"]]) == ("H1", "饮水安全问题：是")
    for title, value in {"核查结果": "不一致", "核查值": "已通自来水", "核查日期": "2022-09-28"}.items():
        water[columns[title]] = value
    app.switch_page(str(ROOT / "pages/inspection/villages/page.py")).run()
    uploaded(app, protected_workbook(workbook(cells), password="of-the-group"))
    assert app.error[0].value == ReadError("wrong_password", name="核查表.xlsx").text("zh")
    asked = next(field for field in app.text_input if str(field.key).startswith("findings_file_password"))
    asked.input("of-the-group").run()
    assert says(app, "findings.found", findings=1, differ=1, rejected=0)
    uploaded(app, protected_workbook(workbook(cells), password=PASSWORD))  # it comes back as it was sent out
    assert says(app, "findings.found", findings=1, differ=1, rejected=0)
    assert not app.error
    app.text_input(key="findings_by").input("李组长")
    app.button(key="findings_record").click().run()
    assert not app.exception, app.exception[0].message
    [draw] = draws.read_draws(door.ledger(), scope=DISTRICT)["draw_id"]
    [found] = findings.read_findings(door.ledger(), scope=DISTRICT, draw_id=draw).to_dict("records")
    assert (found["question"], found["system_value"], found["found_value"]) == (
        "water",
        "饮水安全问题：是",
        "已通自来水",
    )
    assert len(problems.read_problems(door.ledger(), scope=DISTRICT, on=date(2022, 9, 30))) == 1
    assert says(app, "findings.found", findings=0)


def uploaded(app: AppTest, content: bytes) -> None:
    app.file_uploader(key="findings_file").set_value(("核查表.xlsx", content, "application/xlsx")).run()
    assert not app.exception, app.exception[0].message


def form_of_the_file(app: AppTest) -> bytes:
    """The form out of the file of a group."""
    for key in ("package_password", "package_again"):
        app.text_input(key=key).input(PASSWORD).run()
    app.button(key="build_package").click().run()
    built = app.session_state["built_package"]
    with zipfile.ZipFile(f"{built['folder'].name}/{built['name']}") as archive:
        return opened_workbook(archive.read("核查表_离线填写后上传.xlsx"), password=PASSWORD)


def workbook(cells: list[list[Cell]]) -> bytes:
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for position, row in enumerate(cells):
            for column, value in enumerate(row):
                sheet.write_string(position, column, str(value))
    return stream.getvalue()
