"""The download page: conditions in the link, the exact number, the file of exactly these rows, filters kept."""

import string
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from streamlit.testing.v1 import AppTest

from data_access import door
from data_access.lists import lists
from data_access.lists.selection import Condition
from data_access.scope import Scope
from pages.widgets.conditions import text_of
from pages.widgets.selection_link import condition_of
from tests.pages.conftest import OpenApp, build_file, says, wording, words
from tests.support.households import household, merged, village

pytestmark = pytest.mark.facts("households")

NAMES = st.text(string.ascii_lowercase + "_", min_size=1, max_size=12)
VALUES = st.text(string.ascii_letters + string.digits + "-_ 一二三", min_size=1, max_size=8)


def opened(open_app: OpenApp, database: object, **link: object) -> AppTest:
    return open_app(database, page="data/downloads", **link)


@given(NAMES, NAMES, st.lists(VALUES, max_size=4))
def test_a_condition_comes_back_from_the_link_as_it_was(field: str, operator: str, wanted: list[str]) -> None:
    condition = Condition(field, operator, tuple(wanted))
    assert condition_of(text_of(condition)) == condition


def test_an_empty_selection_says_what_to_change(open_app: OpenApp) -> None:
    assert says(opened(open_app, merged(village())), "downloads.none")


def test_a_link_restores_conditions_and_columns(open_app: OpenApp) -> None:
    rows = merged(village(), household("H1", indicators=[{"water_problem": True}]), household("H2"))
    app = opened(open_app, rows, f=["lamp.is.red"], c=["score", "water_problem"])
    assert says(app, "list.heading", rows=1)
    [shown] = app.dataframe[0].value.to_dict("records")
    assert (shown["household_id"], shown["water_problem"]) == ("H1", "是")
    assert "预警等级 是 红色预警" in words(app)


@pytest.mark.parametrize("forged", ["head_id_no.is.1", "lamp.is.purple", "workers_n.eq.1 or 1=1", "x", ".."])
def test_what_makes_no_sense_in_a_link_is_said_and_left_out(open_app: OpenApp, forged: str) -> None:
    app = opened(open_app, merged(village(), household("H1")), f=[forged], c=["head_id_no"])
    assert len(app.warning) == 2
    assert says(app, "list.heading", rows=1)


def test_a_condition_is_added_and_taken_off(open_app: OpenApp) -> None:
    app = opened(open_app, merged(village(), household("H1"), household("H2", household_type="lifted_out")))
    app.selectbox(key="downloads_field").select("household_type").run()
    app.multiselect(key="downloads_codes_household_type").select("lifted_out").run()
    app.button(key="downloads_add").click().run()
    assert says(app, "list.heading", rows=1)
    app.button(key="downloads_off_0").click().run()
    assert says(app, "list.heading", rows=2)


def test_columns_chosen_one_after_the_other_are_all_kept(open_app: OpenApp) -> None:
    app = opened(open_app, merged(village(), household("H1")))
    names = ["score", "lamp", "household_type", "water_problem"]
    for name in names:
        chosen = app.multiselect(key="downloads_columns")
        chosen.set_value([*chosen.value, name]).run()
    assert app.multiselect(key="downloads_columns").value == names
    assert [name for name in app.dataframe[0].value if name in names] == names


def test_the_number_is_that_of_the_metric_and_of_the_file(open_app: OpenApp, sample_url: str) -> None:
    app = opened(open_app, sample_url, f=["lamp.is.red"], c=["score", "lamp"])
    request = lists.ListRequest(metric="red_households", on=date(2022, 9, 30))
    size = door.read(lists.count_list, scope=Scope.district(), request=request)
    assert says(app, "list.heading", rows=size.rows)
    build_file(app, "selection")
    built = app.session_state["built_selection_xlsx"]
    book = CalamineWorkbook.from_path(f"{built['folder'].name}/{built['name']}")
    cells = book.get_sheet_by_index(0).to_python()
    assert len(cells) - 1 == size.rows == built["written"].rows
    assert {row[cells[0].index(wording("list.lamp"))] for row in cells[1:]} == {"红色预警"}
    about = {row[0]: row[1] for row in book.get_sheet_by_name("说明").to_python()}
    assert about[wording("download.filters")] == "预警等级 是 红色预警"
    assert about[wording("download.rows")] == str(size.rows)
    assert all(about[title] for title in cells[0]), "what may stand in each column"


def test_a_filter_is_kept_under_a_name_and_used_again(open_app: OpenApp) -> None:
    rows = merged(village(), household("H1"), household("H2", household_type="lifted_out"))
    app = opened(open_app, rows, f=["household_type.is.lifted_out"])
    app.text_input(key="downloads_name").input("脱贫户")
    app.text_input(key="downloads_by").input("张干部").run()
    app.button(key="downloads_save").click().run()
    app.button(key="downloads_off_0").click().run()
    assert says(app, "list.heading", rows=2)
    app.button(key="downloads_use").click().run()
    assert not app.exception, app.exception[0].message
    assert says(app, "list.heading", rows=1)
    app.text_input(key="downloads_removed_by").input("张干部").run()
    app.button(key="downloads_remove").click().run()
    assert not [button for button in app.button if button.key == "downloads_use"]


def test_a_file_that_was_built_for_other_conditions_is_not_handed_out(open_app: OpenApp) -> None:
    rows = merged(village(), household("H1"), household("H2", household_type="lifted_out"))
    app = opened(open_app, rows)
    build_file(app, "selection")
    assert [button for button in app.get("download_button") if button.proto.label == wording("download.save")]
    app.query_params["f"] = ["household_type.is.lifted_out"]
    app.run()
    assert says(app, "list.heading", rows=1)
    assert not [button for button in app.get("download_button") if button.proto.label == wording("download.save")]
