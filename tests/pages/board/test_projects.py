"""The projects page: money, progress, what is overdue, assets, map and places; empty, one of each, full."""

import json
from datetime import date

import pytest

from data_access import door
from data_access.facts.metrics import load_metrics
from data_access.schema.indicators import load_codes
from data_access.scope import Scope
from pages.board.projects.place_map import METRICS
from tests.pages.conftest import OpenApp, label, says, tiles, wording, words
from tests.support.households import CUT_OFF, asset, merged, project, village

pytestmark = pytest.mark.facts("households")

PAGE = "board/projects"


def counted(metric: str, *, place: str = "610902") -> float | None:
    return door.amounts(metric=metric, on=CUT_OFF, scope=Scope.district()).value(place=place)


def test_an_empty_database_shows_no_shares_and_says_there_is_nothing(open_app: OpenApp) -> None:
    app = open_app(merged(village()), page=PAGE)
    assert tiles(app)[label("projects_total")] == wording("unit.个", number=0)
    assert says(app, "projects.tile_spent", share=wording("value.none"))
    assert says(app, "projects.none")
    assert says(app, "projects.no_assets")


def test_one_project_and_one_asset_are_shown_with_their_money(open_app: OpenApp) -> None:
    works = project(budget=1_250_000, spent=500_000, progress=40, started_on=date(2021, 9, 30))
    card = asset(value=900_000, annual_income=40_000, distributed=10_000)
    app = open_app(merged(village(), works, card), page=PAGE)
    assert tiles(app)[label("project_budget")] == "125.0万元"
    assert tiles(app)[label("projects_overdue")] == wording("unit.个", number=1)
    assert tiles(app)[label("asset_income")] == wording("unit.元", number=40000)
    assert says(app, "projects.tile_spent", share="40.0%")
    assert says(app, "projects.tile_distributed", share="25.0%")
    overdue = wording("projects.tile_overdue", months=12)
    assert f"{overdue}] :orange-badge[{wording('badge.placeholder')}]" in words(app)
    assert says(app, "projects.as_of", cut_off="2022-09-30")


def test_a_project_without_reported_money_draws_no_bar_of_money(open_app: OpenApp) -> None:
    app = open_app(merged(village(), project(progress=100)), page=PAGE)
    assert tiles(app)[label("projects_total")] == wording("unit.个", number=1)
    assert len(app.get("plotly_chart")) == 1


def test_what_is_not_recorded_is_shown_apart(open_app: OpenApp) -> None:
    blank = project("XM2", fund=None, kind=None, budget=100_000, spent=0)
    cards = asset("ZC2", value=10_000, owner=None, **{"class": None})
    known = project(budget=200_000, spent=0, progress=100)
    app = open_app(merged(village(), known, blank, asset(value=20_000), cards), page=PAGE)
    labels = [json.loads(chart.proto.spec)["data"][0]["customdata"] for chart in app.get("plotly_chart")]
    blank_label = wording("projects.unknown")
    whole = load_codes()["progress_band"]["whole"]["zh"]
    named: tuple[list[str], ...] = (["中央衔接资金"], ["产业发展"], [whole], ["经营性资产"])
    assert labels == [[*names, blank_label] for names in named]


def test_the_full_sample_shows_the_metrics(open_app: OpenApp, sample_url: str) -> None:
    app = open_app(sample_url, page=PAGE)
    for key in ("projects_total", "projects_overdue", "asset_cards"):
        assert tiles(app)[load_metrics()[key].label["zh"]] == wording("unit.个", number=f"{counted(key):.0f}")
    assert says(app, "projects.tile_spent", share=f"{counted('project_spending_share'):.1f}%")


def test_the_charts_and_the_table_add_up_to_the_district(open_app: OpenApp, sample_url: str) -> None:
    app = open_app(sample_url, page=PAGE)
    by_fund, by_kind, progress, _ = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
    budget = (counted("project_budget") or 0) / 10_000
    for figure in (by_fund, by_kind):
        assert sum(sum(bar["x"]) for bar in figure["data"]) == pytest.approx(budget, abs=1)
    assert sum(float(text["text"]) for text in progress["layout"]["annotations"]) == counted("projects_total")
    table = app.dataframe[0].value
    assert table["project_budget"].sum() == pytest.approx(budget)
    assert table["projects_total"].sum() == counted("projects_total")
    assert len(table) == 28


def test_figures_do_not_depend_on_the_month_and_do_on_the_place(open_app: OpenApp, sample_url: str) -> None:
    view, before = tiles(open_app(sample_url, page=PAGE)), tiles(open_app(sample_url, page=PAGE, month="2021-12"))
    assert view == before
    place = tiles(open_app(sample_url, page=PAGE, place="610902111"))
    assert (
        place[label("projects_total")]
        == f"{counted('projects_total', place='610902111'):.0f}个"
        != view[label("projects_total")]
    )


def test_every_choice_of_the_map_draws(open_app: OpenApp, sample_url: str) -> None:
    app = open_app(sample_url, page=PAGE)
    names = app.selectbox(key="projects_metric").options
    assert names == [load_metrics()[key].label["zh"] for key in METRICS]
    for name in names:
        app.selectbox(key="projects_metric").select(name).run()
        assert not app.exception
        assert f"{name}：" in words(app)


def test_a_click_on_the_map_chooses_the_township(open_app: OpenApp, sample_url: str) -> None:
    app = open_app(sample_url, page=PAGE)
    chosen = {"townships": [{"properties": {"code": "610902111"}}]}
    app.session_state["projects_map"] = {"selection": {"objects": chosen, "indices": {}}}
    app.run()
    assert "610902111" in str(app.get("deck_gl_json_chart")[0].proto.json)


def test_english_says_the_same_in_english(open_app: OpenApp, sample_url: str) -> None:
    app = open_app(sample_url, page=PAGE, lang="en")
    assert tiles(app)["Projects"] == f"{counted('projects_total'):.0f}"
    assert "they carry no history" in words(app)
