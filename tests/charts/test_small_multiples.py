"""Small multiples: a panel for each, one scale for all."""

import json
from typing import Any

import pandas as pd
import pytest

from charts.small_multiples import small_multiples

MONTHS = pd.Index(["2022-08", "2022-09"])
PANELS = pd.DataFrame({"A": [10, 14], "B": [2, None]}, index=MONTHS)


def spec(panels: pd.DataFrame, *, columns: int = 2, top: float = 14, unit: str = "") -> dict[str, Any]:
    figure: dict[str, Any] = json.loads(
        small_multiples(panels, columns=columns, top=top, height=180, unit=unit).to_json()
    )
    return figure


def test_every_panel_has_its_title_and_its_line_with_gaps_left_open() -> None:
    figure = spec(PANELS)
    assert [title["text"] for title in figure["layout"]["annotations"]] == ["A", "B"]
    assert [line["y"] for line in figure["data"]] == [[10, 14], [2, None]]
    assert [line["yaxis"] for line in figure["data"]] == ["y", "y2"]


def test_two_panels_of_one_title_are_two() -> None:
    assert [line["y"] for line in spec(PANELS.set_axis(["A", "A"], axis="columns"))["data"]] == [[10, 14], [2, None]]


def test_all_panels_have_one_scale_from_zero_that_holds_the_largest_value_of_all() -> None:
    layout = spec(PANELS, top=20)["layout"]
    assert layout["yaxis"]["range"] == layout["yaxis2"]["range"]
    assert layout["yaxis"]["range"][0] == 0
    assert layout["yaxis"]["range"][1] > 20


def test_panels_stand_side_by_side_and_a_single_one_leaves_the_rest_empty() -> None:
    layout = spec(PANELS)["layout"]
    assert layout["xaxis"]["domain"][1] < layout["xaxis2"]["domain"][0]
    alone = spec(PANELS[["A"]])["layout"]
    assert alone["xaxis"]["domain"] == layout["xaxis"]["domain"]
    assert "xaxis2" not in alone


@pytest.mark.parametrize("top", [0, float("nan")])
def test_nothing_to_show_still_has_a_scale(top: float) -> None:
    assert spec(PANELS * float("nan"), top=top)["layout"]["yaxis"]["range"] == [0, 1]


def test_only_shares_write_their_unit_at_the_scale() -> None:
    assert spec(PANELS, unit="%")["layout"]["yaxis"]["ticksuffix"] == "%"
    assert spec(PANELS, unit="户")["layout"]["yaxis"]["ticksuffix"] == ""
