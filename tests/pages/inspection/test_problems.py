"""Problems on screen: opened, worked on, struck off with evidence, looked at again; the overdue ones are said first."""

from datetime import date, timedelta

import pytest
from python_calamine import CalamineWorkbook
from streamlit.testing.v1 import AppTest

from data_access import clock, door
from data_access.inspection import draws, problems
from data_access.inspection.problems import Problem, ProblemStep
from data_access.schema.indicators import code_label
from data_access.scope import Scope
from tests.pages.conftest import OpenApp, build_file, label, says, tiles, wording
from tests.support.households import TOWNSHIP, VILLAGE, household, merged, village

pytestmark = pytest.mark.facts("households")

DISTRICT = Scope.district()
ROWS = merged(village(), household("H1"))
OPEN = code_label(codes="problem_state", code="open", language="zh")


def opened(
    open_app: OpenApp,
    *,
    count: int = 1,
    due_in: int = -1,
    database: object = ROWS,
    page: str = "inspection/problems",
    **link: str,
) -> AppTest:
    """A page over some problems that are due so many days from today."""
    today = clock.today()
    found = [
        Problem(
            problem_id=f"W{number}",
            township_code=TOWNSHIP,
            village_code=VILLAGE,
            household_id="H1",
            description=f"自来水管破裂{number}",
            problem_class="work",
            source="inspection",
            source_id=f"F{number}",
            found_on=today - timedelta(days=40),
            due_on=today + timedelta(days=due_in),
        )
        for number in range(count)
    ]
    problems.open_problems(door.ledger(), found, recorded_by="张干部", scope=DISTRICT)
    return open_app(database, page=page, **link)


def state_of(number: str) -> str:
    known = problems.read_problems(door.ledger(), scope=DISTRICT, on=clock.today()).set_index("problem_id")
    return str(known.loc[number, "state"])


def test_without_problems_the_page_says_where_they_come_from(open_app: OpenApp) -> None:
    app = open_app(ROWS, page="inspection/problems")
    assert says(app, "problems.none")
    assert tiles(app)[label("problems_struck_off_share")] == wording("value.none")


@pytest.mark.parametrize(("due_in", "overdue"), [(0, 0), (-1, 2)])
def test_a_problem_is_overdue_the_day_after_it_was_due(open_app: OpenApp, due_in: int, overdue: int) -> None:
    app = opened(open_app, count=2, due_in=due_in)
    assert tiles(app)[label("problems_open")] == wording("unit.个", number=2)
    assert tiles(app)[label("problems_overdue")] == wording("unit.个", number=overdue)


def test_a_problem_is_struck_off_with_evidence_only(open_app: OpenApp) -> None:
    app = opened(open_app)
    app.selectbox(key="problems_step_open").select("struck_off")
    app.text_input(key="problems_by").input("王组长")
    app.button(key="problems_record").click().run()
    assert says(app, "error.problem_evidence_missing", problem="W0")
    app.text_input(key="problems_evidence").input("照片3张")
    app.button(key="problems_record").click().run()
    assert not app.exception, app.exception[0].message
    assert state_of("W0") == "struck_off"
    assert tiles(app)[label("problems_struck_off_share")] == "100.0%"


def test_filters_keep_what_they_say(open_app: OpenApp) -> None:
    app = opened(open_app, count=3)
    step = ProblemStep(step="struck_off", done_on=clock.today(), evidence="照片")
    problems.record_step(door.ledger(), "W1", step, recorded_by="王组长", scope=DISTRICT)
    app.selectbox(key="problems_state").select("struck_off").run()
    assert says(app, "problems.heading", rows=1)
    assert app.query_params["by_state"] == "struck_off"
    app.selectbox(key="problems_overdue").select("1").run()
    assert says(app, "problems.none_left")


def test_a_file_names_its_filters_and_is_not_handed_out_for_others(open_app: OpenApp) -> None:
    app = opened(open_app, count=2, by_state="open")
    build_file(app, "problems")
    built = app.session_state["built_problems_xlsx"]
    book = CalamineWorkbook.from_path(f"{built['folder'].name}/{built['name']}")
    about = {row[0]: row[1] for row in book.get_sheet_by_name("说明").to_python()}
    assert about[wording("download.filters")] == f"{wording('problems.column_state')} = {OPEN}"
    assert app.get("download_button")
    step = ProblemStep(step="struck_off", done_on=clock.today(), evidence="照片")
    problems.record_step(door.ledger(), "W0", step, recorded_by="王组长", scope=DISTRICT)
    app.run()
    assert not app.get("download_button"), "its rows changed"


def test_a_link_opens_a_problem_and_a_forged_one_the_first(open_app: OpenApp) -> None:
    app = opened(open_app, count=2, problem="W1")
    assert says(app, "problems.card", number="W1")
    app.query_params["problem"] = "'; drop table problem"
    app.run()
    assert not app.exception


def test_a_problem_can_be_opened_by_hand_in_a_township(open_app: OpenApp) -> None:
    app = open_app(ROWS, page="inspection/problems", part="new")
    assert says(app, "problems.choose_township")
    app.query_params["place"] = TOWNSHIP
    app.run()
    app.text_area(key="problems_new_text").input("驻村工作队缺岗")
    app.selectbox(key="problems_new_source").select("meeting")
    app.text_input(key="problems_new_by").input("张干部")
    next(button for button in app.button if button.label == wording("problems.open")).click().run()
    assert not app.exception, app.exception[0].message
    [row] = problems.read_problems(door.ledger(), scope=DISTRICT, on=date(2022, 9, 30)).to_dict("records")
    assert (row["description"], row["source"], row["township_code"]) == ("驻村工作队缺岗", "meeting", TOWNSHIP)
    assert [said.value for said in app.success] == [wording("problems.opened", number=row["problem_id"])]
    assert tiles(app)[label("problems_open")] == wording("unit.个", number=1), "the figures follow at once"
    [empty] = app.text_area
    assert empty.value == "", "the next form"


def test_whoever_looks_at_an_older_page_is_told_what_changed_and_decides(open_app: OpenApp) -> None:
    app = opened(open_app)
    step = ProblemStep(step="assigned", done_on=clock.today(), owner="张三")
    problems.record_step(door.ledger(), "W0", step, recorded_by="甲", scope=DISTRICT)
    app.text_input(key="problems_owner").input("李四")
    app.text_input(key="problems_by").input("乙")
    app.button(key="problems_record").click().run()
    [said] = app.warning
    assert "甲" in said.value
    assert "张三" in said.value
    assert len(problems.read_steps(door.ledger(), scope=DISTRICT, problem_id="W0")) == 2, "nothing was written over"
    app.button(key="problems_record").click().run()
    assert problems.read_steps(door.ledger(), scope=DISTRICT, problem_id="W0")["owner"].iloc[-1] == "李四"
    assert not app.warning


def test_what_was_struck_off_is_drawn_to_be_looked_at_again(open_app: OpenApp) -> None:
    app = opened(open_app, count=4)
    for number in range(4):
        step = ProblemStep(step="struck_off", done_on=clock.today(), evidence="照片")
        problems.record_step(door.ledger(), f"W{number}", step, recorded_by="王组长", scope=DISTRICT)
    app.query_params["part"] = "look_back"
    app.run()
    app.number_input[0].set_value(2)
    app.text_input(key="problems_called").input("3712")
    app.text_input(key="problems_drawn_by").input("张干部").run()
    app.button(key="problems_draw").click().run()
    assert not app.exception, app.exception[0].message
    [draw] = draws.read_draws(door.ledger(), scope=DISTRICT, kind="problems")["draw_id"]
    codes = draws.read_units(door.ledger(), scope=DISTRICT, draw_id=draw)["code"].tolist()
    assert len(codes) == 2
    back = ProblemStep(step="reopened", done_on=clock.today(), evidence="又坏了")
    problems.record_step(door.ledger(), codes[0], back, recorded_by="王组长", scope=DISTRICT)
    held = ProblemStep(step="held", done_on=clock.today(), evidence="完好")
    problems.record_step(door.ledger(), codes[1], held, recorded_by="王组长", scope=DISTRICT)
    app.run()
    assert says(app, "problems.look_back_reading", seen=2, back=1)


def test_the_board_adds_up_to_the_figures(open_app: OpenApp, sample_url: str) -> None:
    app = opened(open_app, count=5, database=sample_url, part="board")
    townships, departments = (table.value for table in app.dataframe)
    assert townships["problems_found"].sum() == departments["problems_found"].sum() == 5
    assert townships["problems_overdue"].sum() == 5


@pytest.mark.facts()
def test_the_first_screen_says_how_many_are_overdue(open_app: OpenApp) -> None:
    app = opened(open_app, count=2, page="board/overview")
    labels = [element.proto.label for element in app.get("page_link")]
    number = wording("unit.个", number=2)
    assert wording("strip.matter", name=label("problems_overdue"), number=number) in labels
