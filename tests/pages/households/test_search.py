"""The search field of every page and the page of results."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import OpenApp, says, wording, words
from tests.support.households import VILLAGE, Rows, household, merged, village

pytestmark = pytest.mark.facts("households")

HEAD_ID = "61090219670322471X"


def town() -> Rows:
    return merged(
        village(),
        household("H1", head_name="王小明", head_id_no=HEAD_ID, members=[{"name": "王小明", "id_no": HEAD_ID}]),
        household("H2", head_name="李四", members=[{"name": "王小"}]),
    )


def search_for(app: AppTest, text: str, *, language: str = "zh") -> AppTest:
    """The results of a text typed on the page of results."""
    app.text_input(key="search_page_text").input(text)
    app.button(key=f"FormSubmitter:search_page-{wording('search.send', language=language)}").click().run()
    assert not app.exception, app.exception[0].message
    return app


def open_search(open_app: OpenApp, text: str) -> AppTest:
    return search_for(open_app(town(), page="households/search"), text)


def test_before_anything_is_typed_the_page_says_what_can_be_searched(open_app: OpenApp) -> None:
    app = open_app(town(), page="households/search")
    assert says(app, "search.hint")
    assert not app.dataframe


def test_results_are_masked_and_say_why_they_were_found(open_app: OpenApp) -> None:
    app = open_search(open_app, "王 村6")
    rows = app.dataframe[0].value
    assert rows["way"].tolist() == [wording("search.way_head_name"), wording("search.way_member_name")]
    assert rows["head_name"].tolist() == ["王**", "李*"]
    assert rows["matched"].tolist() == ["王**", "王*"]
    assert "找到 **2** 条" in words(app)


def test_a_result_leads_to_its_household_and_a_place_to_its_page(open_app: OpenApp) -> None:
    app = open_search(open_app, "471X")
    (household_link,) = app.dataframe[0].value["open"]
    assert household_link.startswith("household?household=H1&")
    (village_link,) = search_for(app, f"村{VILLAGE}").dataframe[0].value["open"]
    assert village_link.startswith("places?")
    assert f"place={VILLAGE}" in village_link


def test_every_search_is_carried_out_and_its_text_stays_in_the_field(open_app: OpenApp) -> None:
    app = open_app(town(), page="households/search")
    for text, found in (("王小明", ["H1"]), ("王小", ["H2"]), ("李四", ["H2"]), ("471X", ["H1"])):
        app = search_for(app, text)
        assert app.dataframe[0].value["household_id"].tolist() == found
        assert app.text_input(key="search_page_text").value == text
    app.text_input(key="search_bar_text_0").input("王小")
    app.button(key="FormSubmitter:search_bar_0-搜索").click().run()
    assert app.dataframe[0].value["household_id"].tolist() == ["H2"]
    assert app.text_input(key="search_page_text").value == "王小"


def test_what_was_typed_is_not_in_the_link(open_app: OpenApp) -> None:
    app = open_search(open_app, HEAD_ID)
    assert len(app.dataframe[0].value) == 1
    assert HEAD_ID not in str(app.query_params)
    assert HEAD_ID not in str(app.dataframe[0].value.to_dict())


@pytest.mark.parametrize("text", ["没有这人", "' OR 1=1 --", "%", "\x00"])
def test_nothing_found_says_what_can_be_searched(open_app: OpenApp, text: str) -> None:
    app = open_search(open_app, text)
    assert says(app, "search.hint")
    assert not app.dataframe


@pytest.mark.facts()
@pytest.mark.parametrize("page", ["board/overview", "about/rulebook", "households/places"])
def test_the_field_stands_on_every_page_and_leads_to_the_results(open_app: OpenApp, page: str) -> None:
    app = open_app(town(), page=page)
    app.text_input(key="search_bar_text_0").input("王小明")
    app.button(key="FormSubmitter:search_bar_0-搜索").click().run()
    assert app.dataframe[0].value["household_id"].tolist() == ["H1"]
    assert "王小明" not in str(app.query_params)
    assert app.text_input(key="search_page_text").value == "王小明"
    assert app.text_input(key="search_bar_text_1").value == ""


def test_english_says_the_same_in_english(open_app: OpenApp) -> None:
    app = search_for(open_app(town(), page="households/search", lang="en"), "471X", language="en")
    assert app.dataframe[0].value["way"].tolist() == ["ID number of the head"]
