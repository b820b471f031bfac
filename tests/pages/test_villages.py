"""In the village: from the draw to a household in three clicks, what is found there, and the problems it opens."""

from datetime import date

from streamlit.testing.v1 import AppTest

from data_access import cached
from data_access.inspection import draws, findings, problems
from data_access.scope import Scope
from tests.pages.conftest import ROOT, OpenApp, words
from tests.pages.test_draw import make
from tests.support.households import household, merged, village

DISTRICT = Scope.district()


def in_village(open_app: OpenApp, database: object) -> AppTest:
    app = make(open_app(database, page="inspection/draw"))
    app.switch_page(str(ROOT / "pages/inspection/villages.py")).run()
    assert not app.exception, app.exception[0].message
    return app


def one_household(open_app: OpenApp) -> AppTest:
    app = in_village(open_app, merged(village(), household("H1", indicators=[{"water_problem": True}])))
    app.query_params["unit"] = "H1"
    app.run()
    return app


def record(app: AppTest, *, by: str = "李组长") -> AppTest:
    app.text_input(key="villages_by").input(by)
    next(button for button in app.button if button.label == "登记核查结果").click().run()
    assert not app.exception, app.exception[0].message
    return app


def test_without_a_draw_the_page_says_where_to_make_one(open_app: OpenApp) -> None:
    assert "还没有抽样" in words(open_app(merged(village()), page="inspection/villages"))


def test_a_household_is_shown_with_its_lamp_and_what_the_system_says(open_app: OpenApp) -> None:
    app = one_household(open_app)
    [row] = [row for row in app.dataframe[-1].value.to_dict("records") if row["unit"] == "户"]
    assert "红色预警" in row["lamp"]
    assert "household=H1" in row["household"]
    assert "**饮水安全**（政策落实）：系统为 是" in words(app)


def test_a_day_is_shown_as_a_day(open_app: OpenApp) -> None:
    app = in_village(open_app, merged(village(), household("H1", indicators=[{"last_visit": date(2022, 8, 9)}])))
    app.query_params["unit"] = "H1"
    app.run()
    assert "系统为 2022-08-09" in words(app)


def test_what_was_not_collected_is_said_and_is_no_zero(open_app: OpenApp) -> None:
    app = in_village(open_app, merged(village(), household("H1", indicators=[{"dropout_n": None}])))
    app.query_params["unit"] = "H1"
    app.run()
    assert "**义务教育**（政策落实）：系统为 未采集" in words(app)


def test_a_difference_is_recorded_with_the_value_of_the_system_and_opens_a_problem(open_app: OpenApp) -> None:
    app = one_household(open_app)
    app.radio(key="villages_H1_water_answer").set_value("differs")
    app.text_input(key="villages_H1_water_text").input("已通自来水")
    app.radio(key="villages_H1_housing_answer").set_value("agrees")
    record(app)
    [draw] = draws.read_draws(cached.ledger(), scope=DISTRICT)["draw_id"]
    found = findings.read_findings(cached.ledger(), scope=DISTRICT, draw_id=draw).set_index("question")
    assert (found.loc["water", "system_value"], found.loc["water", "found_value"]) == ("是", "已通自来水")
    assert found["agrees"].astype(bool).to_dict() == {"water": False, "housing": True}
    [opened] = problems.read_problems(cached.ledger(), scope=DISTRICT, on=date(2022, 9, 30)).to_dict("records")
    assert (opened["household_id"], opened["problem_class"], opened["source"]) == ("H1", "policy", "inspection")
    assert "与系统不一致的比例：**50.0%" in words(app)


def test_a_difference_without_a_word_is_refused_and_nothing_is_kept(open_app: OpenApp) -> None:
    app = one_household(open_app)
    app.radio(key="villages_H1_water_answer").set_value("differs")
    record(app)
    assert "不一致的事项须写明" in words(app)
    assert problems.read_problems(cached.ledger(), scope=DISTRICT, on=date(2022, 9, 30)).empty


def test_nothing_checked_is_nothing_recorded(open_app: OpenApp) -> None:
    assert "没有已核的事项" in words(record(one_household(open_app)))


def test_a_household_nobody_meets_is_replaced_by_the_next_in_reserve(open_app: OpenApp) -> None:
    app = in_village(open_app, merged(village(), *(household(f"H{number:02}") for number in range(14))))
    [draw] = draws.read_draws(cached.ledger(), scope=DISTRICT)["draw_id"]
    units = draws.read_units(cached.ledger(), scope=DISTRICT, draw_id=draw)
    homes = units[units["kind"] == "household"]
    first, spare = homes["code"].iloc[0], homes.loc[homes["replacement"].astype(bool), "code"].iloc[0]
    app.query_params["unit"] = first
    app.run()
    app.text_input(key="villages_replace_reason").input("整户外出")
    app.text_input(key="villages_replace_by").input("李组长")
    app.button(key="villages_replace").click().run()
    assert not app.exception, app.exception[0].message
    after = draws.read_units(cached.ledger(), scope=DISTRICT, draw_id=draw).set_index("code")
    assert after.loc[first, "replaced_by"] == spare
    assert after["active"].sum() == units["active"].sum()


def test_the_full_sample_leads_from_group_to_village_to_household(open_app: OpenApp, sample_url: str) -> None:
    app = in_village(open_app, sample_url)
    assert len(app.selectbox(key="villages_village").options) >= 52
    table = app.dataframe[-1].value
    assert set(table["unit"]) >= {"村（社区）", "户"}
    assert table.loc[table["unit"] == "户", "lamp"].notna().all()
