"""镇村: the same figures at every level, down to a group, and the link that restores what is chosen."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pandas as pd
import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from data_access import door
from data_access.access.users import make_user
from data_access.dispatch.matters import load_dispatch_matters
from data_access.facts.metrics import load_metrics
from data_access.lists import lists
from data_access.lists.lists import ListRequest
from data_access.scope import Scope
from pages.households.places import part_table, place_map
from pages.households.places.card.behind import BESIDES
from pages.households.places.card.standing import FLOWS, SHARES, STANDS_AT
from pages.households.places.card.villages import NAMED
from pages.households.places.division import Division
from pages.households.places.figures import COMPARED
from pages.shell import identity
from tests.pages.conftest import OpenApp, says, wording
from tests.support.households import TOWNSHIP, VILLAGE, Rows, household, merged, village

pytestmark = pytest.mark.facts("households", "cases")

OTHER_VILLAGE = "610902100202"
CASE = {"identified_on": date(2022, 9, 5)}
GROUP_1, GROUP_2 = (wording("places.group", number=number) for number in (1, 2))
GRID = wording("places.grid", number="01", worker=wording("value.none"))


def open_places(open_app: OpenApp, database: str | Rows, **link: str) -> AppTest:
    return open_app(database, page="households/places", **link)


def links(app: AppTest) -> list[Any]:
    return [element.proto for element in app.get("page_link")]


def figures_of(app: AppTest, metric: str) -> dict[str, str]:
    """Place -> what the link to its list says."""
    found = {}
    for link in links(app):
        carried = dict(pair.split("=", 1) for pair in link.query_string.split("&"))
        if carried.get("list") == metric:
            found[carried["place"]] = link.label.strip("*")
    return found


def two_villages() -> Rows:
    return merged(
        village(),
        village(OTHER_VILLAGE),
        household("H1", group_no=1, grid_code=f"{VILLAGE}01", cases=[CASE], members=3, head_name="王小明"),
        household("H2", group_no=2, grid_code=f"{VILLAGE}01", phone="13812345678", head_name="李四"),
        household("H3", village_code=OTHER_VILLAGE, group_no=1),
    )


def test_an_empty_district_is_shown_without_figures(open_app: OpenApp) -> None:
    app = open_places(open_app, merged(village()))
    assert set(figures_of(app, "households").values()) == {"—"}
    assert says(app, "map.reading_none")


def test_an_empty_village_says_so(open_app: OpenApp) -> None:
    app = open_places(open_app, merged(village()), place=VILLAGE)
    assert says(app, "places.no_parts")
    assert says(app, "places.map_no_points")


@pytest.mark.parametrize("place", ["610902", "610902111", "610902111001"])
def test_every_level_shows_every_metric_of_itself_and_of_those_above(
    open_app: OpenApp, sample_url: str, place: str
) -> None:
    app = open_places(open_app, sample_url, place=place)
    table = door.metric_table(scope=Scope.district())
    levels = [code for code in ("610902", "610902111", "610902111001") if place.startswith(code)]
    for metric in COMPARED:
        assert figures_of(app, metric).keys() == set(levels)
    expected = {
        code: wording("unit.户", number=table.count("open_households", place=code, month="2022-09")) for code in levels
    }
    assert figures_of(app, "open_households") == expected


def test_against_the_district_a_count_is_a_share_and_a_share_is_points(open_app: OpenApp) -> None:
    app = open_places(open_app, two_villages(), place=VILLAGE)
    said = [str(element.value) for element in app.markdown]
    assert wording("places.of_district", whole="汉滨区", share="66.7%") in said  # two of three households
    assert wording("places.points", number="+16.7") in said  # one of two open, against one of three
    assert wording("places.of_district", whole="汉滨区", share="100.0%") in said


def test_few_of_the_district_are_not_shown_as_none(open_app: OpenApp) -> None:
    rest = [household(f"R{n}", village_code=OTHER_VILLAGE, members=1, indicators=None) for n in range(1_001)]
    app = open_places(open_app, merged(village(), village(OTHER_VILLAGE), household(), *rest), place=VILLAGE)
    said = [str(element.value) for element in app.markdown]
    few = wording("places.of_district_few", whole="汉滨区")
    none = wording("places.of_district", whole="汉滨区", share="0.0%")
    assert said.count(few) == 1  # one of 1,002 households; of persons two of 1,003
    assert said.count(none) == 1  # none of the 1,001 undetermined ones is here


@pytest.mark.facts("households", "cases", "lamps", "measures", "clues", "duty")
def test_the_district_is_compared_with_the_month_before(open_app: OpenApp) -> None:
    said = [str(element.value) for element in open_places(open_app, two_villages()).markdown]
    assert f"**{wording('places.change')}**" in said
    assert wording("unit.户", number="+1") in said


def test_a_village_is_divided_into_groups_whose_figures_add_up(open_app: OpenApp) -> None:
    app = open_places(open_app, two_villages(), place=VILLAGE)
    rows = app.dataframe[0].value
    assert rows["part"].tolist() == [GROUP_1, GROUP_2]
    assert rows["households"].tolist() == [1, 1]
    assert rows["open_households"].tolist() == [1, 0]


def test_the_link_restores_a_group_and_its_households(open_app: OpenApp) -> None:
    app = open_places(open_app, two_villages(), place=VILLAGE, group="2", section="households")
    assert app.subheader[0].value == GROUP_2
    assert app.dataframe[0].value["head_name"].tolist() == ["李*"]
    assert app.dataframe[0].value["phone"].tolist() == ["138****5678"]
    assert app.query_params["group"] == "2"


def test_the_list_of_a_group_follows_the_metric_and_may_be_empty(open_app: OpenApp) -> None:
    app = open_places(open_app, two_villages(), place=VILLAGE, group="2", section="households", of="open_households")
    assert not app.dataframe
    app.query_params["group"] = "1"
    app.run()
    assert app.dataframe[0].value["head_name"].tolist() == ["王**"]


def test_choosing_grids_and_one_of_them_is_kept_in_the_link(open_app: OpenApp) -> None:
    app = open_places(open_app, two_villages(), place=VILLAGE)
    app.button_group(key="places_by").set_value("grid_code").run()
    assert app.query_params["grid"] == "all"
    assert app.dataframe[0].value["part"].tolist() == [GRID]
    app.selectbox(key="places_part").select(f"{VILLAGE}01").run()
    assert app.query_params["grid"] == f"{VILLAGE}01"
    assert "group" not in app.query_params


def test_another_village_is_shown_whole(open_app: OpenApp) -> None:
    app = open_places(open_app, two_villages(), place=VILLAGE, group="1")
    app.selectbox(key="bar_village").select(OTHER_VILLAGE).run()
    assert app.subheader[0].value == f"村{OTHER_VILLAGE}"
    assert "group" not in app.query_params
    app.selectbox(key="bar_village").select("").run()
    assert app.subheader[0].value == f"镇{TOWNSHIP}"


@pytest.mark.parametrize(
    "link",
    [
        {"group": "99"},
        {"group": "' OR 1=1 --"},
        {"grid": "<script>"},
        {"group": "", "grid": ""},
        {"section": "nothing", "of": "nothing"},
    ],
)
def test_a_link_that_makes_no_sense_shows_the_whole_village(open_app: OpenApp, link: dict[str, str]) -> None:
    app = open_places(open_app, two_villages(), place=VILLAGE, **link)
    assert app.subheader[0].value == f"村{VILLAGE}"
    assert app.dataframe[0].value["part"].tolist()[0] in (GROUP_1, GRID)


def test_households_without_a_group_have_a_row_of_their_own(open_app: OpenApp) -> None:
    app = open_places(open_app, merged(two_villages(), household("H4")), place=VILLAGE)
    assert app.dataframe[0].value["part"].tolist() == [GROUP_1, GROUP_2, wording("places.no_part")]


def test_the_map_shows_the_villages_of_the_township_alone(open_app: OpenApp, sample_url: str) -> None:
    app = open_places(open_app, sample_url, place="610902111")
    (layer,) = (
        layer
        for layer in json.loads(app.get("deck_gl_json_chart")[0].proto.json)["layers"]
        if layer["id"] == "villages"
    )
    assert {point["code"] for point in layer["data"]} == set(door.regions(scope=Scope.district()).children["610902111"])


@pytest.fixture
def browser_state(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The session of one visitor, for callbacks, which a page without a browser never runs; its link is under
    `link`."""
    state: dict[str, Any] = {"link": {}}
    monkeypatch.setattr(streamlit, "session_state", state)
    monkeypatch.setattr(streamlit, "query_params", state["link"])
    return state


def test_a_click_on_a_village_turns_the_page_to_it_and_a_second_takes_it_back(browser_state: dict[str, Any]) -> None:
    def click(*codes: str) -> str | None:
        chosen = {"villages": [{"code": code} for code in codes]} if codes else {}
        browser_state["map"] = {"selection": {"objects": chosen, "indices": {}}}
        place_map.choose_village(key="map", township=TOWNSHIP)
        return browser_state["link"].get("place")

    assert click(VILLAGE) == VILLAGE
    assert click(OTHER_VILLAGE) == OTHER_VILLAGE
    assert click(OTHER_VILLAGE) == OTHER_VILLAGE  # chosen elsewhere before, not on this map
    assert click() == TOWNSHIP
    assert click(VILLAGE) == VILLAGE
    browser_state["link"]["place"] = TOWNSHIP  # the bar has turned the page back; the browser still holds the village
    assert click() == VILLAGE


def test_a_click_on_the_row_of_a_group_turns_the_page_to_it(browser_state: dict[str, Any]) -> None:
    rows = pd.DataFrame({"part": ["1", "2", None]})
    parts = Division(by="group_no", rows=rows, names={"1": "1组", "2": "2组"}, chosen=None)
    for row, expected in ((1, "2"), (2, "2"), (9, "2"), (0, "1")):  # those of no group cannot be chosen
        browser_state["table"] = {"selection": {"rows": [row], "columns": [], "cells": []}}
        part_table.choose(parts=parts, village=VILLAGE, key="table")
        assert browser_state["link"] == {"group": expected}


def test_the_items_show_their_metrics_and_say_where_there_is_no_data(open_app: OpenApp, sample_url: str) -> None:
    app = open_places(open_app, sample_url, section="items")
    assert says(app, "items.intro", count=15)
    assert says(app, "items.no_data")
    assert says(app, "metric.to_confirm")
    labels = [link.label for link in links(app)]
    number = door.metric_table(scope=Scope.district()).count("off_farm_workers", place="610902", month="2022-09")
    assert f"{load_metrics()['off_farm_workers'].label['zh']} {wording('unit.人', number=number)}" in labels


def test_english_says_the_same_in_english(open_app: OpenApp) -> None:
    app = open_places(open_app, two_villages(), place=VILLAGE, lang="en", group="1")
    assert app.subheader[0].value == "Group 1"
    assert "**Against Hanbin**" in [str(element.value) for element in app.markdown]


@pytest.mark.parametrize("role", [None, "township"])
def test_every_number_of_a_townships_card_is_that_of_its_list(
    open_app: OpenApp, sample_url: str, role: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if role is not None:
        reader = make_user(user_id="town", label="张三", role=role, places=("610902107",))
        monkeypatch.setattr(identity, "user", lambda: reader)
    app = open_places(open_app, sample_url, place="610902107", section="card")
    compared = any(wording("card.district", whole="汉滨区", number="").strip() in link.label for link in links(app))
    assert compared == (role is None), "the others are compared with where the reader sees them"
    table, on, found = door.metric_table(scope=Scope.district()), date(2022, 9, 30), set()
    for link in links(app):
        carried = dict(parse_qsl(link.query_string))
        if "list" not in carried:
            continue
        metric, place = carried["list"], carried["place"]
        only = tuple((name.removeprefix("by_"), code) for name, code in carried.items() if name.startswith("by_"))
        asked = ListRequest(metric, on, filters=only)
        amount = door.read(lists.count_list, scope=Scope.district().narrowed(place), request=asked).amount
        shown = re.search(r"\*\*([\d,.]+)", link.label)
        if load_metrics()[metric].unit == "%":
            assert table.count(metric, place=place, month="2022-09") == amount, link
        else:
            assert shown is not None
            assert int(shown[1].replace(",", "")) == amount, link
        found.add(metric)
    assert found >= {*STANDS_AT, *SHARES, *FLOWS, *load_dispatch_matters(), *BESIDES, "step_overdue"}
    villages = [
        link for link in links(app) if "section=below" in link.query_string and "list=" not in link.query_string
    ]
    assert 1 <= len(villages) <= NAMED


def test_a_townships_card_is_one_click_from_map_and_ranking(open_app: OpenApp, sample_url: str) -> None:
    app = open_app(sample_url, place="610902111")
    [link] = [link for link in links(app) if "section=card" in link.query_string]
    assert "place=610902111" in link.query_string
    app = open_places(open_app, sample_url, place="610902111")
    assert any(link.label == wording("card.open") for link in links(app))
    ranked = open_app(sample_url, page="board/dispatch", part="ranking").dataframe[0].value
    assert all("section=card" in address for address in ranked["card"])
    assert says(open_places(open_app, sample_url, section="card"), "card.choose")


@pytest.mark.parametrize(
    ("features", "key"),
    [
        ([], "map.no_outlines"),
        ([{"code": "420981001"}], "map.other_codes"),
        ([{"code": TOWNSHIP}], "map.outlines_missing"),
    ],
)
def test_what_outlines_lack_is_said_and_tables_and_villages_go_on(
    open_app: OpenApp, sample_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, features: list[Any], key: str
) -> None:
    ring = {"type": "Polygon", "coordinates": [[[109, 32], [110, 32], [110, 33], [109, 32]]]}
    file = tmp_path / "own.geojson"
    file.write_text(json.dumps({"features": [{"properties": one, "geometry": ring} for one in features]}))
    monkeypatch.setenv("TOWNSHIP_POLYGONS", str(file))
    app = open_places(open_app, sample_url)
    assert says(app, key)
    assert app.dataframe


def test_outlines_that_cannot_be_used_are_told_on_every_map_and_the_rest_goes_on(
    open_app: OpenApp, sample_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "wrong.geojson"
    file.write_text('{"features": [{"properties": {"XZQDM": "610902107"}, "geometry": null}]}')
    monkeypatch.setenv("TOWNSHIP_POLYGONS", str(file))
    maps = {"board/overview": None, "households/places": "610902107", "households/employment": "610902"}
    for page, place in maps.items():
        app = open_app(sample_url, page=page, place=place or "610902")
        assert ["properties.code" in error.value for error in app.error] == [True]
        assert bool(app.get("deck_gl_json_chart")) == (place is not None)
        assert app.dataframe


def test_who_sees_a_village_alone_is_offered_no_card(
    open_app: OpenApp, sample_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = make_user(user_id="cadre", label="张三", role="village", places=("610902107252",))
    monkeypatch.setattr(identity, "user", lambda: reader)
    app = open_places(open_app, sample_url, place="610902107252", section="card")
    assert not app.error
    assert not any("section=card" in link.query_string for link in links(app))
    assert not says(app, "card.behind")
