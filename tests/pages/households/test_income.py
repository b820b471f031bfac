"""The income page: the figures of a year, the line that judges it, places; empty, one household, full; nonsense
links."""

import json
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from data_access import door
from data_access.facts.metrics import load_metrics
from data_access.scope import Scope
from tests.pages.conftest import OpenApp, label, says, tiles, wording, words
from tests.support.households import CUT_OFF, Rows, household, merged, quarters, village
from tests.support.situations import Situations

pytestmark = pytest.mark.facts("households")

PAGE = "households/income"
ASSESSED = {"income_period_end": date(2021, 9, 30), "income_persons": 2, "business_income": 0, "business_cost": 0}


def counted(metric: str, *, place: str = "610902") -> float | None:
    return door.amounts(metric=metric, on=CUT_OFF, scope=Scope.district()).value(place=place)


def poor_household() -> Rows:
    return household(indicators={**ASSESSED, "wage_income": 10_000, "transfer_income": 998}, members=3)


SITUATIONS = Situations(
    poor=poor_household(),
    unpublished=household(indicators={**ASSESSED, "income_period_end": date(2022, 9, 30)}),
    two_years=merged(
        poor_household(), household("H2", indicators={**ASSESSED, "income_period_end": date(2020, 9, 30)})
    ),
    not_collected=merged(poor_household(), household("H2", indicators={**ASSESSED, "wage_income": None})),
    three_quarters=merged(household(), {"income_record": quarters(first=date(2022, 1, 1), count=3, wage_income=1_000)}),
    whole_year=merged(household(), {"income_record": quarters(first=date(2021, 1, 1), count=4, wage_income=1_000)}),
    no_records=household(),
)


def opened(open_app: OpenApp, situation: str, **link: str) -> AppTest:
    return open_app(SITUATIONS.rows, page=PAGE, place=SITUATIONS[situation], **link)


def test_an_empty_database_says_there_is_no_income(open_app: OpenApp) -> None:
    app = open_app(merged(village()), page=PAGE)
    assert says(app, "income.none_assessment")
    assert tiles(app) == {}


def test_a_household_below_the_line_is_counted_with_the_persons_its_income_is_of(open_app: OpenApp) -> None:
    app = opened(open_app, "poor")
    assert tiles(app)[label("below_line_households")] == wording("tile.both", households=1, persons=2)
    assert tiles(app)[label("net_income_per_head")] == wording("unit.元", number=5499)
    assert says(app, "income.period", first="2020年10月", last="2021年9月", line=6000)
    assert f":green-badge[{wording('badge.published')}]" in words(app)


def test_a_line_that_is_not_published_says_so(open_app: OpenApp) -> None:
    app = opened(open_app, "unpublished")
    badge = f" :orange-badge[{wording('badge.placeholder')}]"
    assert says(app, "income.period", line=6800)
    line = wording("income.line_mark", line=wording("unit.元", number=6800))
    assert words(app).count(badge) >= 2
    assert f"{line}]{badge}" in words(app)


def test_two_years_of_one_place_are_both_said(open_app: OpenApp) -> None:
    said = words(opened(open_app, "two_years"))
    assert "2019年10月至2020年9月" in said
    assert "2020年10月至2021年9月" in said


def test_an_income_that_is_not_collected_is_counted_apart(open_app: OpenApp) -> None:
    app = opened(open_app, "not_collected")
    assert tiles(app)[label("income_unknown_households")] == wording("unit.户", number=1)
    assert tiles(app)[label("below_line_households")] == wording("tile.both", households=1, persons=2)
    assert says(app, "income.bands_reading", share="100.0%")
    assert says(app, "income.sources_reading", post=wording("figure.not_collected"))


def test_a_calendar_year_that_is_not_over_is_not_compared_with_the_line(open_app: OpenApp) -> None:
    app = opened(open_app, "three_quarters", year="calendar")
    assert says(app, "income.period_unfinished", first="2022年1月", last="2022年9月")
    assert tiles(app)[label("calendar_below_line_households")] == "—"
    assert tiles(app)[label("calendar_net_income_per_head")] == wording("unit.元", number=1500)


def test_a_whole_calendar_year_is_compared_with_its_line(open_app: OpenApp) -> None:
    app = opened(open_app, "whole_year", year="calendar", month="2021-12")
    assert tiles(app)[label("calendar_below_line_households")] == wording("tile.both", households=1, persons=2)


def test_a_calendar_year_without_records_says_what_to_change(open_app: OpenApp) -> None:
    app = opened(open_app, "no_records", year="calendar")
    assert says(app, "income.none_calendar", year=2022)


@pytest.mark.parametrize(("year", "prefix"), [("assessment", ""), ("calendar", "calendar_")])
def test_the_full_sample_shows_the_metrics(open_app: OpenApp, sample_url: str, year: str, prefix: str) -> None:
    app = open_app(sample_url, page=PAGE, year=year)
    shown = {key: load_metrics()[f"{prefix}{key}"] for key in ("income_fell_households", "income_unknown_households")}
    for metric in shown.values():
        assert tiles(app)[metric.label["zh"]] == wording("unit.户", number=f"{counted(metric.key):.0f}")
    per_head = load_metrics()[f"{prefix}net_income_per_head"]
    assert tiles(app)[per_head.label["zh"]] == wording("unit.元", number=f"{counted(per_head.key):.0f}")


def test_the_charts_and_the_table_add_up_to_the_district(open_app: OpenApp, sample_url: str) -> None:
    app = open_app(sample_url, page=PAGE)
    specs = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
    households = (counted("income_known_households") or 0) + (counted("income_unknown_households") or 0)
    bands, histogram, sources = specs
    assert sum(float(text["text"]) for text in bands["layout"]["annotations"]) == households
    assert json.dumps(histogram["layout"]["shapes"]).count("6000") == 2
    assert [len(bar["y"]) for bar in sources["data"]] == [28] * 6
    table = app.dataframe[0].value
    assert table["below_line_households"].sum() == counted("below_line_households")
    assert len(table) == 28


def test_a_township_shows_its_villages_and_a_village_none(open_app: OpenApp, sample_url: str) -> None:
    app = open_app(sample_url, page=PAGE, place="610902111")
    expected = counted("income_unknown_households", place="610902111")
    assert tiles(app)[label("income_unknown_households")] == wording("unit.户", number=f"{expected:.0f}")
    assert app.dataframe[0].value["known"].sum() == counted("income_known_households", place="610902111")
    village_code = door.regions(scope=Scope.district()).children["610902111"][0]
    assert len(open_app(sample_url, page=PAGE, place=village_code).dataframe) == 0


def test_the_kind_of_year_is_kept_in_the_link(open_app: OpenApp, sample_url: str) -> None:
    app = open_app(sample_url, page=PAGE)
    app.segmented_control(key="switch_year").select("calendar").run()
    assert app.query_params["year"] == "calendar"
    assert label("calendar_net_income_per_head") in tiles(app)


@pytest.mark.parametrize("year", ["", "1999", "<script>", "income"])
def test_a_year_that_makes_no_sense_is_the_assessment_year(open_app: OpenApp, sample_url: str, year: str) -> None:
    assert label("net_income_per_head") in tiles(open_app(sample_url, page=PAGE, year=year))


def test_english_says_the_same_in_english(open_app: OpenApp, sample_url: str) -> None:
    app = open_app(sample_url, page=PAGE, lang="en")
    assert tiles(app)["Income fell"] == f"{counted('income_fell_households'):.0f}"
    assert "Incomes of **October 2020 to September 2021**" in words(app)
