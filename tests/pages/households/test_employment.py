"""The employment page: figures and sentences; empty, tiny and full, in both languages, with links of no sense."""

from datetime import date
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data_access import door
from data_access.scope import Scope
from tests.pages.conftest import OpenApp, label, says, tiles, wording, words
from tests.support.households import COUNTY, VILLAGE, Changes, Rows, factory, household, merged, village
from tests.support.situations import Situations

pytestmark = pytest.mark.facts("households", "jobs", "year_workers", "duty", "factories")

PAGE = "households/employment"


def lifted_out(household_id: str = "H1", **job: Any) -> Rows:
    members: list[Changes] = [{"wants_work": True}, {"wants_work": True, "no_work_reason": "caring"}]
    return household(household_id, household_type="lifted_out", members=members, jobs=[job])


def site(households: int) -> Rows:
    return {"resettlement_site": [{"site_id": "S1", "village_code": VILLAGE, "households": households}]}


SITUATIONS = Situations(
    one=merged(
        lifted_out(channel="community_factory", place="township", workplace_id="F1", monthly_wage=2100),
        factory(jobs=30),
        site(100),
    ),
    no_factory=merged(household(), site(120)),
    not_collected=merged(lifted_out(industry=None, monthly_wage=None, place=None), lifted_out("H2")),
    no_reason=household(household_type="lifted_out", members=[{"wants_work": True}]),
    long_at_work=lifted_out(started_on=date(2020, 1, 1)),
)


def opened(open_app: OpenApp, situation: str, **link: str) -> AppTest:
    return open_app(SITUATIONS.rows, page=PAGE, place=SITUATIONS[situation], **link)


def test_an_empty_database_says_of_every_part_that_there_is_nothing(open_app: OpenApp) -> None:
    app = open_app(merged(village()), page=PAGE)
    assert tiles(app)[label("off_farm_workers")] == wording("unit.人", number=0)
    assert tiles(app)[label("share_of_last_year")] == "—"
    assert tiles(app)[label("in_work_share")] == "—"
    for part in ("nobody_off_farm", "nobody_able", "nobody_returned", "no_wages", "no_factories", "no_posts"):
        assert says(app, f"employment.{part}")
    assert says(app, "employment.no_sites", fewest=100)
    assert says(app, "employment.without_target")


def test_a_channel_that_a_connected_source_never_names_is_not_collected(open_app: OpenApp) -> None:
    rows = merged(village(), lifted_out(channel="transfer", place="township"))
    connected = {**rows, "data_load": [{**load, "kind": "connected"} for load in rows["data_load"]]}
    unknown = wording("figure.not_collected")
    said = {"community_factory": unknown, "self": unknown, "transfer": wording("unit.人", number=1)}
    assert says(open_app(connected, page=PAGE), "employment.note", **said)


def test_one_household_is_counted_in_every_part(open_app: OpenApp) -> None:
    app = opened(open_app, "one")
    assert tiles(app)[label("off_farm_workers")] == wording("unit.人", number=1)
    assert tiles(app)[label("in_work_share")] == "100.0%"
    none, one, two = (wording("unit.人", number=number) for number in range(3))
    assert says(app, "employment.note", community_factory=one)
    assert says(app, "employment.destinations_reading", place="镇内", share="100.0%")
    idle = {"idle": one, "base": two, "share": "50.0%", "zero": none, "reason": "照料家人", "most": one}
    assert says(app, "employment.reasons_reading", **idle)
    assert says(app, "employment.months_reading", average="9.0")
    assert says(app, "employment.bands_reading", band="2000–2499元")
    open_ones = {"factories": 1, "jobs": 30, "workers": one, "filled": "3.3%", "lifted_out": one}
    assert says(app, "employment.factories_reading", **open_ones)
    assert says(app, "employment.sites_reading", covered=1, share="100.0%")


def test_a_large_site_without_a_factory_is_named(open_app: OpenApp) -> None:
    app = opened(open_app, "no_factory")
    named = wording(
        "employment.site", place=f"村{SITUATIONS['no_factory']}201", households=wording("unit.户", number=120)
    )
    assert says(app, "employment.sites_without", names=named)


def test_what_was_not_collected_is_said_and_never_zero(open_app: OpenApp) -> None:
    app = opened(open_app, "not_collected")
    one = wording("unit.人", number=1)
    assert says(app, "employment.place_unknown", workers=one)
    assert says(app, "employment.bands_reading", known=one, unknown=one)


def test_a_reason_that_was_not_collected_is_a_bar_of_its_own(open_app: OpenApp) -> None:
    app = opened(open_app, "no_reason")
    one = wording("unit.人", number=1)
    assert says(app, "employment.reasons_reading", zero=one, reason=wording("employment.unknown"), most=one)


def test_the_target_of_the_year_is_shown_as_a_placeholder(open_app: OpenApp) -> None:
    target = {"metric": "migrant_workers", "region_code": COUNTY, "year": 2022, "target": 4}
    app = open_app(merged(village(), lifted_out(), {"target": [target]}), page=PAGE)
    assert says(app, "employment.with_target", target=wording("unit.人", number=4), share="25.0%")


def test_the_full_sample_shows_the_facts_and_its_parts_add_up(open_app: OpenApp, sample_url: str) -> None:
    app = open_app(sample_url, page=PAGE)
    table = door.metric_table(scope=Scope.district())
    by_job = door.breakdown(metric="off_farm_workers", by=("channel", "place"), scope=Scope.district())
    counts = by_job.at(place=COUNTY, month="2022-09")
    total = table.count("off_farm_workers", place=COUNTY, month="2022-09")
    assert counts.groupby("place").sum().sum() == counts.groupby("channel").sum().sum() == total > 0
    assert tiles(app)[label("off_farm_workers")] == wording("unit.人", number=total)
    everybody, nobody = wording("unit.人", number=total), wording("unit.人", number=0)
    assert says(app, "employment.destinations_reading", workers=everybody)
    assert says(app, "employment.bands_reading", known=everybody, unknown=nobody)


def test_every_figure_of_work_carries_that_its_definition_is_to_be_confirmed(
    open_app: OpenApp, sample_url: str
) -> None:
    app = open_app(sample_url, page=PAGE)
    assert words(app).count(wording("metric.to_confirm")) >= 5
    assert says(app, "employment.note")


def test_a_place_narrows_every_part(open_app: OpenApp, sample_url: str) -> None:
    app = open_app(sample_url, page=PAGE, place="610902111")
    table = door.metric_table(scope=Scope.district())
    total = table.count("off_farm_workers", place="610902111", month="2022-09")
    assert tiles(app)[label("off_farm_workers")] == wording("unit.人", number=total)
    assert says(app, "employment.bands_reading", known=wording("unit.人", number=total))
    assert says(app, "employment.places_reading")


def test_a_village_has_no_places_to_compare(open_app: OpenApp) -> None:
    app = open_app(SITUATIONS.rows, page=PAGE, place=f"{SITUATIONS['long_at_work']}201")
    assert says(app, "table.no_places_below")


def test_english_says_the_same_in_english(open_app: OpenApp, sample_url: str) -> None:
    app = open_app(sample_url, page=PAGE, lang="en")
    assert "Off-farm workers" in tiles(app)
    assert says(app, "metric.to_confirm")
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in "".join(tiles(app)))


@pytest.mark.parametrize("link", [{"month": "1999-01"}, {"place": "' OR 1=1 --"}, {"lang": "xx"}])
def test_a_link_that_makes_no_sense_shows_the_whole_district_now(
    open_app: OpenApp, sample_url: str, link: dict[str, str]
) -> None:
    app = open_app(sample_url, page=PAGE, **link)
    assert app.selectbox(key="bar_month").value == "2022-09"
    assert app.selectbox(key="bar_township").value == ""


def test_the_first_month_has_nothing_to_compare_with(open_app: OpenApp) -> None:
    app = opened(open_app, "long_at_work", month="2021-05")
    assert says(app, "employment.trend_first", month="2021年5月")
