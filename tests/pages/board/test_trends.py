"""The trends page: what it counts, says and links to; empty, tiny and full, whatever the link holds."""

from datetime import date
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
import yaml
from streamlit.testing.v1 import AppTest

from data_access import door
from data_access.facts.metrics import load_metrics
from data_access.lists import lists
from data_access.schema import renamed
from data_access.schema.indicators import load_codes
from data_access.scope import Scope
from tests.pages.conftest import OpenApp, says, wording, words
from tests.support.households import VILLAGE, household, load, merged, village

PAGE = "board/trends"
CASE = {"identified_on": date(2022, 9, 5), "discovered_on": date(2022, 8, 25)}
ONE = merged(village(), household(cases=[CASE], members=3))
OLD = {"identified_on": date(2021, 6, 1), "eliminated_on": date(2022, 3, 1)}
ELIMINATED = merged(
    village(),
    household("H1", cases=[OLD], indicators={"no_labor_backstop": True}),
    household("H2", cases=[OLD | {"category": "unstable"}]),
)
"""Two households whose cases are over, one of them with nobody able to work."""
MANY = merged(
    *(village(f"610902100{number}") for number in range(201, 231)),
    village("610902101201", township="610902101"),
    household(cases=[CASE]),
)
"""One household in thirty villages, and a township without any."""


def links(app: AppTest) -> list[tuple[str, dict[str, str]]]:
    """What every link says and what it carries."""
    return [(link.proto.label, dict(parse_qsl(link.proto.query_string))) for link in app.get("page_link")]


def labels(app: AppTest) -> set[str]:
    return {label for label, _ in links(app)}


def panels(app: AppTest) -> list[str]:
    return [chart.proto.spec for chart in app.get("plotly_chart")]


def test_an_empty_database_says_there_is_nothing(open_app: OpenApp) -> None:
    app = open_app(merged(village()), page=PAGE, split="groups")
    assert says(app, "trends.bridge_first")
    assert says(app, "trends.no_open")
    assert says(app, "trends.nobody_followed", months=12)
    assert says(app, "trends.steps_none")


def test_one_household_is_counted_in_every_part_and_its_persons_where_the_reader_asks_for_them(
    open_app: OpenApp,
) -> None:
    app = open_app(ONE, page=PAGE)
    assert "未消除 **+1**" in words(app)
    none, one = (wording("unit.户", number=number) for number in (0, 1))
    since = {"first": "2022年1月", "last": "2022年9月"}
    assert says(app, "trends.bridge_reading", **since, start=none, end=one, came=one, went=none)
    assert says(app, "trends.checked", townships=1, months=9)
    assert says(app, "trends.steps_reading", all=one, before=one, overdue=none)
    app.segmented_control(key="switch_unit").set_value("persons").run()
    assert app.query_params["unit"] == "persons"
    none, three = (wording("unit.人", number=number) for number in (0, 3))
    assert says(app, "trends.bridge_reading", start=none, end=three, came=three, went=none)
    assert "家庭成员增加 0人" in labels(app)


def test_the_split_is_kept_in_the_link_and_shows_every_category_and_cause_on_one_scale(
    open_app: OpenApp, sample_url: str
) -> None:
    app = open_app(sample_url, page=PAGE)
    assert says(app, "trends.places_reading")
    app.segmented_control(key="switch_split").set_value("groups").run()
    assert app.query_params["split"] == "groups"
    assert not says(app, "trends.places_reading")
    table = door.metric_table(scope=Scope.district())
    by_cause = door.breakdown(metric="open_households", by=("cause",), scope=Scope.district())
    counts = by_cause.at(place="610902", month="2022-09")
    assert counts.sum() == table.count("open_households", place="610902", month="2022-09")
    most = wording("unit.户", number=counts["illness"])
    assert says(app, "trends.groups_reading", group="因病", value=most)


def test_the_month_the_bridge_starts_in_is_kept_in_the_link(open_app: OpenApp) -> None:
    app = open_app(ONE, page=PAGE)
    assert app.selectbox(key="trends_from").value == "2022-01"
    app.selectbox(key="trends_from").select("2021-06").run()
    assert app.query_params["from"] == "2021-06"
    assert says(app, "trends.bridge_reading", first="2021年6月", last="2022年9月")
    assert says(app, "trends.checked", townships=1, months=16)


def test_a_month_before_the_start_of_the_bridge_moves_the_start(open_app: OpenApp) -> None:
    app = open_app(ONE, page=PAGE, **{"from": "2022-08", "month": "2022-03"})
    assert says(app, "trends.bridge_reading", first="2022年1月", last="2022年3月")


def test_where_january_is_not_known_the_bridge_starts_as_early_as_it_can(open_app: OpenApp) -> None:
    app = open_app(ONE, page=PAGE, month="2021-08")
    assert says(app, "trends.bridge_reading", first="2021年6月", last="2021年8月")


def test_the_first_month_has_nothing_before_it(open_app: OpenApp) -> None:
    app = open_app(ONE, page=PAGE, month="2021-05")
    assert says(app, "trends.bridge_first", month="2021年5月")
    assert not [box for box in app.selectbox if box.key == "trends_from"]


def test_nothing_after_the_chosen_month_is_shown(open_app: OpenApp, sample_url: str) -> None:
    app = open_app(sample_url, page=PAGE, month="2022-03")
    assert panels(app)
    assert not [spec for spec in panels(app) if "2022-04" in spec]
    assert [spec for spec in panels(app) if "2022-03" in spec]


def test_every_number_opens_a_list_of_the_same_size(open_app: OpenApp, sample_url: str) -> None:
    app = open_app(sample_url, page=PAGE, unit="persons", month="2022-06")
    opened = [(text, carried) for text, carried in links(app) if carried.get("list") in load_metrics()]
    assert len(opened) > 20
    for text, carried in opened:
        filters = tuple((name.removeprefix("by_"), code) for name, code in carried.items() if name.startswith("by_"))
        scope = Scope.district().narrowed(carried["place"])
        on = date(2022, 6, 30)
        size = door.read(
            lists.count_list, scope=scope, request=lists.ListRequest(metric=carried["list"], on=on, filters=filters)
        )
        number = f"（{size.amount}/" if "（" in text and "/" in text else f"{size.amount}"
        assert number in text, (text, carried, size)
    assert {carried["month"] for _, carried in opened} == {"2022-06"}


@pytest.mark.parametrize(
    ("chart", "place", "listed"), [("trends_places_2", 3, "open_share"), ("trends_states", None, "open_households")]
)
def test_a_point_opens_the_list_of_its_place_and_month(
    open_app: OpenApp, sample_url: str, chart: str, place: int | None, listed: str
) -> None:
    app = open_app(sample_url, page=PAGE, month="2022-06")
    chosen = {"points": [{"curve_number": 1, "point_index": 2}], "point_indices": [2], "box": [], "lasso": []}
    app.session_state[chart] = {"selection": chosen}
    app.run()
    assert not app.exception
    regions = door.regions(scope=Scope.district())
    assert regions.county is not None
    where = regions.county if place is None else regions.children[regions.county][place]
    assert [app.query_params[name] for name in ("list", "month", "place")] == [listed, "2021-07", where]


def test_the_steps_and_their_names_are_marked_as_a_proposal(open_app: OpenApp, sample_url: str) -> None:
    app = open_app(sample_url, page=PAGE, month="2022-06")
    said = words(app)
    names = load_codes()["case_step"]
    steps = (names[step]["zh"] for step in ("discovered", "reviewed", "publicised", "approved", "eliminated"))
    assert all(f"**{step}**" in said for step in steps)
    assert f"orange-badge[{wording('badge.placeholder')}]" in said
    assert says(app, "trends.step_no_limit")
    assert not says(app, "trends.limit_days")


def test_a_limit_for_identification_is_shown_once_it_is_in_force(open_app: OpenApp) -> None:
    case = {"discovered_on": date(2023, 3, 1), "identified_on": None}
    app = open_app(merged(village(), load(cut_off=date(2023, 3, 20)), household(cases=[case])), page=PAGE)
    assert says(app, "trends.limit_days", limit=15)
    assert says(app, "trends.steps_reading", overdue=wording("unit.户", number=1))


def test_a_place_without_households_says_so_in_its_panel(open_app: OpenApp) -> None:
    app = open_app(MANY, page=PAGE)
    assert [spec for spec in panels(app) if "镇610902101<br>无涉农户" in spec.encode().decode("unicode_escape")]


def test_of_many_villages_the_rest_is_counted_and_a_village_has_no_places_below(open_app: OpenApp) -> None:
    app = open_app(MANY, page=PAGE, place="610902100")
    assert says(app, "trends.places_reading", places=28)
    assert says(app, "trends.left_out", places=2)
    assert says(open_app(MANY, page=PAGE, place=VILLAGE), "table.no_places_below")


def test_households_with_nobody_able_to_work_stand_apart(open_app: OpenApp) -> None:
    app = open_app(ELIMINATED, page=PAGE)
    assert says(app, "trends.times_reading", followed=1, median=wording("trends.months", months=9))
    assert "整户无劳动力监测对象 1户" in labels(app)
    assert "整户无劳动力、已标注消除 1户" in labels(app)
    assert app.dataframe[0].value.iloc[0].tolist() == [
        wording("trends.all"),
        1,
        9,
        100.0,
        1,
        0.0,
        1,
    ]


@pytest.mark.parametrize(
    "link", [{"unit": "<script>", "split": "x", "from": "1999-01", "place": "x"}, {"from": "2021-05", "unit": ""}]
)
def test_a_link_that_makes_no_sense_shows_households_since_january(
    open_app: OpenApp, sample_url: str, link: dict[str, str]
) -> None:
    app = open_app(sample_url, page=PAGE, **link)
    assert not app.exception
    assert app.segmented_control(key="switch_unit").value == "households"
    assert says(app, "trends.bridge_reading", first="2022年1月", last="2022年9月")


def test_english_says_the_same_in_english(open_app: OpenApp, sample_url: str) -> None:
    said = words(open_app(sample_url, page=PAGE, lang="en"))
    assert "Start + came − left = end, checked: 28 townships × 9 months, households and persons, all agree." in said
    assert "Cases waiting, step by step" in said
    assert "trends." not in said


def test_a_month_says_the_words_of_its_time_and_a_chart_marks_where_they_changed(
    open_app: OpenApp, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    name = {"zh": "新称谓户", "en": "new name", "status": "placeholder", "reference": {"zh": "文件", "en": "paper"}}
    renamed_now = {"codes": {"monitor_category": {"unstable": {date(2022, 2, 28): name}}}, "offices": []}
    (tmp_path / "renamed.yaml").write_text(yaml.safe_dump(renamed_now), encoding="utf-8")
    declared = renamed.load_renamed(tmp_path / "renamed.yaml")
    monkeypatch.setattr(renamed, "load_renamed", lambda: declared)
    for month, word, marked in (("2022-01", "脱贫监测户", False), ("2022-02", "新称谓户", True)):
        app = open_app(ELIMINATED, page=PAGE, split="groups", month=month)
        assert f"**{word}**" in words(app)
        assert says(app, "breaks.marked") is marked
        assert all(("longdashdot" in spec) is marked for spec in panels(app) if "scatter" in spec and "2021-09" in spec)
