"""The lists behind the figures: a number is the number of rows of its list."""

from datetime import date

import pytest

from data_access import cached, lists
from data_access.metrics import load_metrics
from data_access.scope import Scope
from tests.pages.conftest import OpenApp, words
from tests.support.households import household, merged, village


@pytest.mark.parametrize("kind", list(lists.LISTS))
@pytest.mark.parametrize(("month", "place"), [("2022-09", "610902"), ("2021-12", "610902104")])
def test_the_figure_is_the_number_of_rows_its_list_names(
    open_app: OpenApp, sample_url: str, kind: str, month: str, place: str
) -> None:
    app = open_app(sample_url, page="board/worklist", month=month, place=place)
    app.query_params["list"] = kind
    app.run()
    number = cached.metric_table(scope=Scope.district()).count(kind, place=place, month=month)
    assert f"共 **{number}** 行" in words(app)
    assert app.subheader[0].value == load_metrics()[kind].label["zh"]


@pytest.mark.parametrize("kind", ["", "nothing", "' OR 1=1 --"])
def test_a_list_that_is_not_there_falls_back_to_the_first(open_app: OpenApp, sample_url: str, kind: str) -> None:
    app = open_app(sample_url, page="board/worklist")
    app.query_params["list"] = kind
    app.run()
    assert app.subheader[0].value == load_metrics()["measures_overdue"].label["zh"]


def test_an_empty_list_says_what_to_change(open_app: OpenApp) -> None:
    app = open_app(merged(village(), household()), page="board/worklist")
    assert "请换一个地方或月份" in words(app)


def test_names_and_telephones_are_masked(open_app: OpenApp) -> None:
    rows = merged(
        village(),
        household(head_name="欧阳小明", phone="13812345678", cases=[{"identified_on": date(2022, 3, 1)}]),
    )
    app = open_app(rows, page="board/worklist")
    row = app.dataframe[0].value.iloc[0]
    assert (row["head_name"], row["phone"]) == ("欧阳**", "138****5678")
