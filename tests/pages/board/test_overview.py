"""The first screen: figures, sentences, places and months; empty, tiny and full."""

from datetime import date
from pathlib import Path

import pytest

from data_access import door
from data_access.ledger import demonstration, ledger
from data_access.scope import Scope
from tests.pages.conftest import ROOT, OpenApp, freeze, label, says, tiles, wording, words
from tests.support.households import TOWNSHIP, VILLAGE, household, merged, village

CASE = {"identified_on": date(2022, 9, 5)}


def both(households: int, persons: int) -> str:
    return wording("tile.both", households=households, persons=persons)


def test_an_empty_database_shows_zeros_and_says_there_is_nothing(open_app: OpenApp) -> None:
    app = open_app(merged(village()))
    assert tiles(app)[label("monitored_households")] == both(0, 0)
    assert says(app, "causes.none")
    assert says(app, "map.reading_none")


def test_one_household_is_counted_in_households_and_persons(open_app: OpenApp) -> None:
    app = open_app(merged(village(), household(cases=[CASE], members=3)))
    assert tiles(app)[label("monitored_households")] == both(1, 3)
    assert tiles(app)[label("open_households")] == both(1, 3)
    assert "未消除比上月**多1户**：新识别1、回退0，消除0" in words(app)


def test_the_change_of_the_open_is_what_came_less_what_went_and_a_place_without_households_says_why(
    open_app: OpenApp,
) -> None:
    before = {"identified_on": date(2022, 5, 2)}
    rows = merged(
        village(),
        village("610902101201", township="610902101"),
        household("H1", cases=[CASE]),
        household("H2", cases=[before | {"eliminated_on": date(2022, 9, 20)}]),
        household("H3", cases=[before], closed_on=date(2022, 9, 20), closed_reason="died"),
    )
    app = open_app(rows)
    assert says(app, "trend.reading_down", change=1, identified=1, rolled_back=0, newly_eliminated=1, ended=1)
    assert wording("map.no_households") in str(app.get("deck_gl_json_chart")[0].proto.json)


def test_the_full_sample_shows_every_tile_from_the_facts_with_cut_off_rule_version_and_the_badge(
    open_app: OpenApp, sample_url: str
) -> None:
    app = open_app(sample_url)
    assert says(app, "bar.provenance", cut_off="2022-09-30", rules="2022.1")
    assert says(app, "badge.sample")
    table = door.metric_table(scope=Scope.district())

    def count(key: str) -> int:
        return table.count(key, place="610902", month="2022-09")

    assert count("monitored_households") == 54
    changes = [table.change(key, place="610902", month="2022-09") for key in ("open_households", "red_households")]
    assert None not in changes, "all its sources deliver from the first month on"
    assert tiles(app)[label("monitored_households")] == both(count("monitored_households"), count("monitored_persons"))
    assert tiles(app)[label("eliminated_households")] == both(
        count("eliminated_households"), count("eliminated_persons")
    )
    assert tiles(app)[label("open_households")] == both(count("open_households"), count("open_persons"))
    assert tiles(app)["◆ 红色预警"] == wording("unit.户", number=count("red_households"))
    assert tiles(app)[label("off_farm_workers")] == wording("unit.人", number=count("off_farm_workers"))
    assert tiles(app)[label("zero_employment_households")] == wording(
        "unit.户", number=count("zero_employment_households")
    )


def test_the_demonstration_ledger_is_marked_and_no_other_is_made_beside_it(
    open_app: OpenApp, sample_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own.sqlite"
    monkeypatch.setattr(demonstration, "DEMONSTRATION_FILE", tmp_path / "ledger.sqlite")
    monkeypatch.setattr(demonstration, "ONES_OWN", ("LEDGER_DATABASE_URL",))
    for module in (demonstration, ledger):
        monkeypatch.setattr(module, "DEFAULT_FILE", own)
    monkeypatch.delenv("LEDGER_DATABASE_URL")
    app = open_app(sample_url)
    assert says(app, "badge.demonstration")
    assert not own.exists()


def test_a_link_restores_month_and_place(open_app: OpenApp, sample_url: str) -> None:
    app = open_app(sample_url, month="2022-03", place="610902111")
    table = door.metric_table(scope=Scope.district())
    expected = table.count("open_households", place="610902111", month="2022-03")
    assert tiles(app)[label("open_households")].startswith(wording("unit.户", number=expected))
    assert app.selectbox(key="bar_month").value == "2022-03"
    assert app.selectbox(key="bar_township").value == "610902111"


def test_choosing_a_township_is_kept_in_the_link_and_what_back_takes_out_of_it_stays_out(
    open_app: OpenApp, sample_url: str
) -> None:
    app = open_app(sample_url)
    app.selectbox(key="bar_township").select("610902111").run()
    assert app.query_params["place"] == "610902111"
    assert app.selectbox(key="bar_village").value == ""
    app.selectbox(key="bar_month").select("2022-03").run()
    del app.query_params["month"]  # as the browser's Back does
    app.run()
    assert (app.selectbox(key="bar_month").value, app.selectbox(key="bar_township").value) == ("2022-09", "610902111")
    assert "month" not in app.query_params
    app.selectbox(key="bar_township").select("").run()
    assert "place" not in app.query_params


def test_choosing_a_village_and_going_back_to_its_township(open_app: OpenApp) -> None:
    app = open_app(merged(village(), household()), place=VILLAGE)
    assert says(app, "table.no_places_below")
    app.selectbox(key="bar_village").select("").run()
    assert app.query_params["place"] == TOWNSHIP


def test_a_click_on_the_map_selects_the_township_and_a_second_takes_it_back(open_app: OpenApp, sample_url: str) -> None:
    app = open_app(sample_url)
    chosen = {"townships": [{"properties": {"code": "610902111"}}]}
    app.session_state["township_map"] = {"selection": {"objects": chosen, "indices": {}}}
    app.run()
    assert "610902111" in str(app.get("deck_gl_json_chart")[0].proto.json)


@pytest.mark.parametrize(
    "link", [{"month": "<script>", "place": "' OR 1=1 --", "lang": "xx"}, {"month": "", "place": ""}]
)
def test_a_link_that_makes_no_sense_shows_the_whole_district_now(
    open_app: OpenApp, sample_url: str, link: dict[str, str]
) -> None:
    app = open_app(sample_url, **link)
    assert app.selectbox(key="bar_month").value == "2022-09"
    assert app.selectbox(key="bar_township").value == ""


@pytest.mark.parametrize(
    ("link", "shown"),
    [({"place": "610902111999"}, "吉河镇"), ({"month": "2030-01"}, "2022年9月"), ({"edition": "D1"}, "实时数据")],
)
def test_what_a_link_names_and_is_not_there_is_said_with_what_is_shown_instead(
    open_app: OpenApp, sample_url: str, link: dict[str, str], shown: str
) -> None:
    app = open_app(sample_url, **link)
    [(key, value)] = link.items()
    what = {"place": wording("table.place"), "month": wording("bar.month"), "edition": wording("bar.edition")}[key]
    names = door.regions(scope=Scope.district()).names["zh"]
    instead = names["610902111"] if key == "place" else shown
    assert says(app, "bar.missed", what=what, value=value, shown=instead)
    assert not says(app.run(), "bar.missed", what=what)


def test_a_bar_and_a_point_open_their_lists(open_app: OpenApp, sample_url: str) -> None:
    for key, curve, point, listed in (
        ("cause_bars", 1, 0, "eliminated_households"),
        ("case_trend", 0, 2, "monitored_households"),
    ):
        app = open_app(sample_url)
        chosen = {
            "points": [{"curve_number": curve, "point_index": point}],
            "point_indices": [point],
            "box": [],
            "lasso": [],
        }
        app.session_state[key] = {"selection": chosen}
        app.run()
        assert not app.exception
        assert says(app, "list.heading")
        assert label(listed) in words(app)


def test_month_and_place_are_carried_to_another_page_and_back(open_app: OpenApp, sample_url: str) -> None:
    app = open_app(sample_url, month="2022-03", place="610902111")
    app.query_params.clear()  # as a click in the menu does
    app.switch_page(str(ROOT / "pages/about/rulebook/page.py")).run()
    assert app.query_params["month"] == "2022-03"
    assert app.query_params["place"] == "610902111"


def test_english_says_the_same_in_english(open_app: OpenApp, sample_url: str) -> None:
    app = open_app(sample_url, lang="en")
    assert tiles(app)["Monitored"] == wording("tile.both", language="en", households=54, persons=184)
    assert says(app, "badge.sample")
    assert "Open cases" in words(app)


def test_every_choice_of_the_map_draws(open_app: OpenApp, sample_url: str) -> None:
    app = open_app(sample_url)
    for metric in app.selectbox(key="map_metric").options:
        app.selectbox(key="map_metric").select(metric).run()
        assert not app.exception
        assert metric.split("（")[0] in words(app)


def test_an_edition_keeps_its_figures_and_the_data_of_now_is_compared_with_it(open_app: OpenApp) -> None:
    early, late = date(2022, 3, 1), date(2022, 9, 28)
    rows = merged(village(), household("H1", cases=[{"identified_on": early}]))
    rows = merged(rows, household("H2", cases=[{"identified_on": late}]))
    app = open_app(rows)
    assert f"未消除风险 {both(2, 4)}" in words(app)
    assert says(app, "since.text", since=wording("since.month"), change="+1")
    number = freeze(on=date(2022, 9, 25), name="9月调度会", metrics=("open_persons", "monitored_households"))
    app.run()
    assert "比9-25定稿 +1户" in words(app)
    app.selectbox(key="bar_edition").set_value(number).run()
    assert not app.exception, app.exception[0].message
    assert app.query_params["edition"] == number
    assert f"未消除风险 {both(1, 2)}" in words(app)
    assert says(app, "bar.frozen", name="9月调度会", day="2022-09-25")
    app.selectbox(key="bar_edition").set_value("").run()
    assert f"未消除风险 {both(2, 4)}" in words(app)


def test_an_edition_of_a_forged_link_is_the_data_of_now(open_app: OpenApp) -> None:
    app = open_app(merged(village(), household()), edition="D20220925-FFFFFF")
    assert not says(app, "bar.frozen")
    assert "edition" not in app.query_params
