"""The lists behind the figures: a number is the sum over its list, whatever restricts it."""

from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from data_access import door
from data_access.facts.metrics import load_metrics
from data_access.lists import lists
from data_access.scope import Scope
from tests.pages.conftest import ROOT, OpenApp, build_file, conclude, says, wording, words
from tests.support.households import household, merged, village

pytestmark = pytest.mark.facts("households")

MONTHLY = ("measures_overdue", "clues_overdue", "red_unchecked", "open_persons", "off_farm_workers", "factories")
RED = {"water_problem": True}
ROWS = merged(
    village(),
    household("H1", indicators=RED),
    household("H2", indicators=RED, head_name="欧阳小明", phone="13812345678"),
    household("H3", cases=[{"identified_on": date(2022, 9, 5)}]),
)
"""Two red households, and a monitored one without a lamp."""


@pytest.mark.parametrize("metric", MONTHLY)
@pytest.mark.parametrize(("month", "place"), [("2022-09", "610902"), ("2021-12", "610902104")])
def test_the_figure_is_what_its_list_adds_up_to(
    open_app: OpenApp, sample_url: str, metric: str, month: str, place: str
) -> None:
    app = open_app(sample_url, page="board/worklist", month=month, place=place, list=metric)
    number = door.metric_table(scope=Scope.district()).count(metric, place=place, month=month)
    assert says(app, "list.heading", rows=number) or f"合计 **{number}" in words(app)
    assert app.subheader[0].value == load_metrics()[metric].label["zh"]


def test_a_filter_of_the_link_restricts_the_list_and_can_be_taken_off(open_app: OpenApp) -> None:
    app = open_app(ROWS, page="board/worklist", list="households", by_lamp="red")
    assert says(app, "list.heading", rows=3), "this list has no lamps to filter by"
    app.query_params["list"], app.query_params["by_lamp"] = "completeness", "red"
    app.run()
    assert says(app, "list.heading", rows=2)
    app.selectbox(key="list_completeness_lamp").select("").run()
    assert says(app, "list.heading", rows=3)
    assert "by_lamp" not in app.query_params


def test_a_filter_that_makes_no_sense_is_no_filter(open_app: OpenApp) -> None:
    app = open_app(ROWS, page="board/worklist", list="red_households", by_household_type="' OR 1=1 --")
    assert says(app, "list.heading", rows=2)


@pytest.mark.parametrize("metric", ["", "nothing", "' OR 1=1 --"])
def test_a_list_that_is_not_there_falls_back_to_the_first(open_app: OpenApp, sample_url: str, metric: str) -> None:
    app = open_app(sample_url, page="board/worklist", list=metric)
    assert app.subheader[0].value == load_metrics()["measures_overdue"].label["zh"]


def test_an_empty_list_says_what_to_change(open_app: OpenApp) -> None:
    app = open_app(merged(village(), household()), page="board/worklist")
    assert says(app, "list.empty")


def test_reasons_stand_in_words_names_and_telephones_are_masked_and_the_number_leads_to_the_household(
    open_app: OpenApp,
) -> None:
    shown = open_app(ROWS, page="board/worklist", list="red_households").dataframe[0].value
    [row] = shown[shown["household_id"].str.contains("H2")].to_dict("records")
    assert (row["head_name"], row["phone"]) == ("欧阳**", "138****5678")
    assert row["household_id"].startswith("household?household=H2&month=2022-09&")
    assert row["reasons"].startswith("饮水安全存在问题 +")


def test_a_conclusion_takes_a_household_off_the_unchecked_and_off_the_overview(open_app: OpenApp) -> None:
    app = open_app(ROWS, page="board/worklist", list="red_unchecked")
    assert says(app, "list.heading", rows=2)
    conclude(["H1"], month="2022-09")
    app.run()
    assert says(app, "list.heading", rows=1)
    assert app.dataframe[0].value["household_id"].item().startswith("household?household=H2")
    app.query_params["list"] = "red_households"
    app.run()
    assert app.dataframe[0].value["disposition"].dropna().tolist() == ["继续关注"]


def test_the_file_of_a_list_has_its_rows_columns_and_masking(open_app: OpenApp, sample_url: str) -> None:
    app = open_app(sample_url, page="board/worklist", list="red_households", place="610902107")
    assert "built_list_red_households_xlsx" not in app.session_state
    build_file(app, "list_red_households")
    built = app.session_state["built_list_red_households_xlsx"]
    cells = CalamineWorkbook.from_path(f"{built['folder'].name}/{built['name']}").get_sheet_by_index(0).to_python()
    scope = Scope.district().narrowed("610902107")
    size = door.read(
        lists.count_list, scope=scope, request=lists.ListRequest(metric="red_households", on=date(2022, 9, 30))
    )
    assert len(cells) - 1 == built["written"].rows == size.rows > 0
    assert cells[0][:3] == [wording(f"list.{column}") for column in ("household_id", "head_name", "phone")]
    assert all(str(row[1]).endswith("*") and "****" in str(row[2]) for row in cells[1:])
    assert built["name"].endswith("_红色预警_2022-09-30.xlsx")


@pytest.mark.parametrize(("kind", "suffix"), [("csv", "csv"), ("csv_about", "zip"), ("parquet", "parquet")])
def test_a_list_can_be_had_in_other_formats_too(open_app: OpenApp, kind: str, suffix: str) -> None:
    app = open_app(ROWS, page="board/worklist", list="households")
    build_file(app, "list_households", kind=kind)
    built = app.session_state[f"built_list_households_{kind}"]
    assert built["name"].endswith(f".{suffix}")
    assert built["written"].rows == 3


@pytest.mark.facts()
def test_the_way_back_leads_to_the_page_one_came_from(open_app: OpenApp) -> None:
    app = open_app(ROWS, page="board/trends")
    for page in ("board/worklist", "households/household/page", "board/worklist"):
        app.switch_page(str(ROOT / f"pages/{page}.py")).run()
        assert not app.exception
    assert wording("page.trends") in [link.proto.label for link in app.get("page_link")]
    direct = open_app(ROWS, page="board/worklist")
    assert wording("page.overview") in [link.proto.label for link in direct.get("page_link")]
