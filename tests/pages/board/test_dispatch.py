"""The dispatch: ranking with its reasons, the five lists, the weeks, the year, and editions with their corrections."""

import re
from datetime import date
from urllib.parse import parse_qsl, urlsplit

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook
from streamlit.testing.v1 import AppTest

from data_access import door
from data_access.dispatch import editions
from data_access.lists import lists
from data_access.scope import Scope
from pages.board.dispatch.assessment import year_to_date
from tests.pages.conftest import OpenApp, build_file, says, wording, words
from tests.support.editions import of_metrics
from tests.support.households import household, merged, village

DISTRICT = Scope.district()
PARTS = ("ranking", "five_lists", "weekly", "assessment", "edition")


def opened(open_app: OpenApp, database: object, *, part: str, **link: str) -> AppTest:
    return open_app(database, page="board/dispatch", part=part, **link)


@pytest.mark.parametrize("part", PARTS)
def test_an_empty_database_and_one_household_are_no_trouble(open_app: OpenApp, part: str) -> None:
    opened(open_app, merged(village()), part=part)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("place", ["610902", "610902107", "610902104001"])
def test_the_full_sample_shows_every_part_at_every_kind_of_place(
    open_app: OpenApp, sample_url: str, part: str, place: str
) -> None:
    opened(open_app, sample_url, part=part, place=place)


def test_townships_are_ranked_with_what_the_score_is_made_of(open_app: OpenApp, sample_url: str) -> None:
    app = opened(open_app, sample_url, part="ranking")
    townships = app.dataframe[0].value
    apart = next(str(note.value) for note in app.caption if "%" in str(note.value))
    assert len(townships) + len(re.findall(r" \d+%", apart)) == 26
    assert townships["rank"].is_monotonic_increasing
    assert says(app, "dispatch.not_rural", places="老城街道、恒口镇")
    assert says(app, "dispatch.scheme", since="2021-01-01")
    value, count, base = (townships[f"completeness:{part}"] for part in ("value", "count", "base"))
    assert (100 * count.astype(float) / base.astype(float)).tolist() == pytest.approx(value.tolist())
    points = townships[[name for name in townships.columns if name.endswith(":points")]]
    assert (points.sum(axis=1) <= 100).all()


def test_every_lost_point_opens_the_list_of_what_cost_it(open_app: OpenApp, sample_url: str) -> None:
    row = opened(open_app, sample_url, part="ranking").dataframe[0].value.iloc[-1]
    link = urlsplit(row["completeness:lost"])
    asked = dict(parse_qsl(link.query))
    assert (link.path, asked["list"]) == ("worklist", "incomplete_households")
    assert float(link.fragment) == pytest.approx(row["completeness:points"] - 40, abs=0.05)
    listed = open_app(sample_url, page="board/worklist", **asked)
    assert set(listed.dataframe[0].value["township"]) == {row["name"]}


def test_what_is_never_ranked_is_named_with_the_reason(open_app: OpenApp, sample_url: str) -> None:
    app = opened(open_app, sample_url, part="ranking")
    refused = app.table[0].value
    assert "风险消除率（按户）" in refused[wording("dispatch.metric")].tolist()
    assert all("不能" in reason for reason in refused[wording("dispatch.why")])


@pytest.mark.parametrize("five", ["tasks", "problems", "rectification", "progress", "assessment"])
def test_each_of_the_five_lists_can_be_seen(open_app: OpenApp, sample_url: str, five: str) -> None:
    opened(open_app, sample_url, part="five_lists", five=five)


def test_the_week_in_progress_says_so(open_app: OpenApp, sample_url: str) -> None:
    app = opened(open_app, sample_url, part="weekly")
    assert says(app, "dispatch.week_in_progress", first="2022-09-26", last="2022-09-30")


def test_what_was_reported_after_the_cut_off_stands_in_the_week_of_its_day(open_app: OpenApp) -> None:
    days = (date(2022, 9, 29), date(2022, 10, 1), date(2022, 10, 5))
    rows = merged(
        village(),
        household("H1", screenings=[{"round": str(day), "screened_on": day} for day in days]),
    )
    app = opened(open_app, rows, part="weekly")
    weeks = app.dataframe[0].value.reset_index().iloc[:2]
    assert weeks["screened"].tolist() == [1, 2]
    assert weeks["identified"].isna().tolist() == [True, False], "nobody is identified before a sheet says so"
    first = wording("dispatch.week_reported", first="2022-10-03", last="2022-10-05", cut_off="2022-09-30")
    assert weeks["name"].iloc[0] == first
    assert says(app, "dispatch.week_reading_reported", week=first, screened=1, clues=0, checked=0, measures=0)
    earlier = opened(open_app, rows, part="weekly", month="2022-08")
    assert earlier.dataframe[0].value["screened"].sum() == 0


def test_the_year_is_summed_over_the_months_a_unit_was_judged_in() -> None:
    def month(*rows: tuple[str, int | None, float | None]) -> pd.DataFrame:
        frame = pd.DataFrame(rows, columns=["unit", "rank", "score"]).astype({"rank": "Int64", "score": "float64"})
        return frame.set_index("unit")

    found = year_to_date(
        {
            "2022-01": month(("A", 1, 90.0), ("B", 2, 50.0), ("C", 3, 10.0)),
            "2022-02": month(("A", 2, 70.0), ("B", 1, 80.0), ("C", None, None)),
        }
    ).set_index("unit")
    assert found["mean"].to_dict() == {"A": 80.0, "B": 65.0, "C": 10.0}
    assert found["last_third"].to_dict() == {"A": 1, "B": 0, "C": 1}
    assert found.index.tolist() == ["A", "B", "C"]


def test_an_edition_is_frozen_and_compared_with_the_data_of_now(open_app: OpenApp) -> None:
    rows = merged(
        village(),
        household("H1", cases=[{"identified_on": date(2022, 3, 1)}]),
        household("H2", cases=[{"identified_on": date(2022, 9, 28)}]),
    )
    app = opened(open_app, rows, part="edition")
    assert says(app, "dispatch.no_edition")
    assert app.button(key="edition_freeze").disabled
    app.date_input(key="edition_day").set_value(date(2022, 9, 25))
    app.text_input(key="edition_by").input("张主任").run()
    with of_metrics("open_households"):
        app.button(key="edition_freeze").click().run()
    assert not app.exception, app.exception[0].message
    [number] = editions.read_editions(door.ledger(), scope=DISTRICT)["edition_id"]
    kept = editions.load_edition(door.ledger(), number, scope=DISTRICT)
    assert kept.day == date(2022, 9, 25)
    said = words(app)
    assert kept.sha256 in said
    assert "定稿时未消除1户，更正0户，此后增加1户、减少0户，现有2户" in said
    assert says(app, "dispatch.corrections_none")
    shown = [row for row in app.table[0].value.to_numpy().tolist() if row[0] == "未消除风险"]
    assert shown == [["未消除风险", "1户", "1户", "无", "2户"]]


def test_the_public_figures_of_the_sample_tell_no_small_count(open_app: OpenApp, sample_url: str) -> None:
    app = open_app(sample_url, page="board/dispatch", part="documents")
    build_file(app, "public")
    built = app.session_state["built_public_xlsx"]
    cells = CalamineWorkbook.from_path(f"{built['folder'].name}/{built['name']}").get_sheet_by_index(0).to_python()
    rows = {str(row[0]): [int(str(cell).removesuffix(".0")) for cell in row[1:]] for row in cells[1:]}
    assert all(number == 0 or number >= 5 for numbers in rows.values() for number in numbers)
    total = rows.pop(wording("public.total"))
    request = lists.ListRequest(metric="monitored_households", on=date(2022, 9, 30))
    size = door.read(lists.count_list, scope=Scope.district(), request=request)
    assert total[0] == size.rows
    assert rows == {}, "the sample of the tests is so small that all townships stand together"
