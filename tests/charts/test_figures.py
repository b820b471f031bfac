"""The figures: what they show of a frame, in which colours, in whose words."""

import json
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import plotly.graph_objects as go
import pytest

from charts.bars import bars
from charts.classes import classes_of
from charts.layout import AXIS_TEXT, CONFIG
from charts.lines import lines
from charts.map_legend import map_legend
from charts.palette import LAMP_SHAPES, LAMPS, NO_DATA, STATE_DASHES, STATES
from charts.series import Series

NAMES = {"monitored": "监测对象", "eliminated": "已消除", "open": "未消除"}
TREND = pd.DataFrame(
    {"monitored": [10, 14], "eliminated": [2, 6], "open": [8, 8]}, index=pd.Index(["2022-08", "2022-09"])
)
SERIES = {
    state: Series(column=state, name=name, colour=STATES[state], dash=STATE_DASHES[state])
    for state, name in NAMES.items()
}
PARTS = [SERIES["open"], SERIES["eliminated"]]
SVG = "{http://www.w3.org/2000/svg}"


def _causes(*rows: tuple[str, int, int]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["label", "open", "eliminated"])


def _spec(figure: go.Figure) -> dict[str, Any]:
    spec: dict[str, Any] = json.loads(figure.to_json())
    return spec


def test_the_trend_draws_a_line_of_its_own_colour_dash_and_name_for_each_state() -> None:
    drawn = {
        line["name"]: line
        for line in _spec(lines(TREND, series=[*SERIES.values()], chosen="2022-09", height=200))["data"]
    }
    for state, name in NAMES.items():
        assert drawn[name]["x"] == ["2022-08", "2022-09"]
        assert drawn[name]["y"] == TREND[state].tolist()
        assert drawn[name]["line"]["color"] == STATES[state]
    assert len({line["line"]["dash"] for line in drawn.values()}) == 3


def test_the_trend_marks_the_chosen_month_and_counts_from_zero() -> None:
    layout = _spec(lines(TREND, series=[*SERIES.values()], chosen="2022-08", height=200))["layout"]
    assert [(shape["x0"], shape["x1"]) for shape in layout["shapes"]] == [("2022-08", "2022-08")]
    assert layout["yaxis"]["rangemode"] == "tozero"
    assert layout["height"] == 200


def test_the_trend_of_a_single_month_still_shows_its_points() -> None:
    data = _spec(lines(TREND.tail(1), series=[*SERIES.values()], chosen="2022-09", height=200))["data"]
    assert [line["y"] for line in data] == [[14], [6], [8]]
    assert all("markers" in line["mode"] for line in data)


def test_bars_stack_open_and_eliminated_with_the_largest_cause_on_top() -> None:
    figure = _spec(bars(_causes(("因病", 9, 15), ("因残", 4, 5)), series=PARTS, height=200))
    assert [(bar["name"], bar["customdata"], bar["x"]) for bar in figure["data"]] == [
        ("未消除", ["因病", "因残"], [9, 4]),
        ("已消除", ["因病", "因残"], [15, 5]),
    ]
    assert [bar["marker"]["color"] for bar in figure["data"]] == [STATES["open"], STATES["eliminated"]]
    assert (figure["layout"]["barmode"], figure["layout"]["yaxis"]["autorange"]) == ("relative", "reversed")


def test_two_bars_of_one_name_are_two_and_a_name_is_shown_letter_by_letter() -> None:
    figure = _spec(bars(_causes(("<b>甲</b>", 1, 0), ("<b>甲</b>", 2, 0)), series=[SERIES["open"]], height=200))
    assert (figure["data"][0]["y"], figure["data"][0]["x"]) == ([0, 1], [1, 2])
    assert figure["layout"]["yaxis"]["ticktext"] == ["&lt;b&gt;甲&lt;/b&gt;"] * 2


def _numbers(figure: dict[str, Any]) -> list[tuple[str, float, int]]:
    """The numbers beside the bars: text, and where they begin."""
    return [(text["text"], text["x"], text["y"]) for text in figure["layout"]["annotations"]]


def test_every_number_stands_behind_its_bar_never_over_a_pattern_however_small_its_part() -> None:
    figure = _spec(bars(_causes(("因病", 60, 40), ("因学", 5, 4), ("因灾", 0, 1)), series=PARTS, height=200))
    assert all("text" not in bar for bar in figure["data"])
    assert _numbers(figure) == [("60 · 40", 100, 0), ("5 · 4", 9, 1), ("0 · 1", 1, 2)]
    assert figure["layout"]["showlegend"]
    named = _spec(bars(_causes(("因病", 60, 40)), series=PARTS, height=200, named=True))
    assert _numbers(named) == [("未消除 60 · 已消除 40", 100, 0)]
    assert not named["layout"]["showlegend"]


def test_the_numbers_of_one_figure_have_one_format() -> None:
    rows = pd.DataFrame({"label": ["甲", "乙", "丙"], "open": [2.0, 1.84, None]})
    figure = _spec(bars(rows, series=[SERIES["open"]], height=200, unit="%"))
    assert [text for text, *_ in _numbers(figure)] == ["2.0%", "1.8%", ""]


def test_the_number_of_a_single_column_stands_behind_its_bar_however_short() -> None:
    figure = _spec(bars(_causes(("因病", 900, 0), ("因学", 1, 0)), series=[SERIES["open"]], height=200, unit="%"))
    assert _numbers(figure) == [("900%", 900, 0), ("1%", 1, 1)]
    assert figure["layout"]["xaxis"]["range"] == [0, 900]


def test_values_below_zero_stand_to_the_left_of_it_and_keep_their_number() -> None:
    figure = _spec(bars(_causes(("因病", 60, -40)), series=PARTS, height=200))
    assert [bar["x"] for bar in figure["data"]] == [[60], [-40]]
    assert _numbers(figure) == [("60 · -40", 60, 0)]
    assert figure["layout"]["xaxis"]["range"] == [-40, 60]
    assert figure["layout"]["barmode"] == "relative"


def test_lines_carry_their_names_at_their_ends_and_no_two_of_them_touch() -> None:
    ends = {state: f"{name} {TREND[state].iloc[-1]}" for state, name in NAMES.items()}
    layout = _spec(lines(TREND, series=[*SERIES.values()], height=None, ends=ends))["layout"]
    assert not layout["showlegend"]
    assert [text["text"] for text in layout["annotations"]] == ["已消除 6", "未消除 8", "监测对象 14"]
    heights = [text["y"] for text in layout["annotations"]]
    assert min(upper - lower for lower, upper in pairwise(heights)) > 0.15 * TREND.to_numpy().max()


def test_a_missing_value_is_a_gap_and_never_zero() -> None:
    gap = TREND.assign(open=[float("nan"), 8])
    assert _spec(lines(gap, series=[SERIES["open"]], height=200))["data"][0]["y"] == [None, 8]


def test_a_single_cause_and_no_cause_make_a_figure_too() -> None:
    assert _spec(bars(_causes(("因病", 1, 0)), series=PARTS, height=200))["data"][0]["x"] == [1]
    assert _spec(bars(_causes(), series=PARTS, height=200))["data"][0]["x"] == []


def test_bars_are_as_high_as_they_are_many_unless_a_height_is_given() -> None:
    one, two = _causes(("因病", 1, 0)), _causes(("因病", 1, 0), ("因学", 2, 0))
    heights = [_spec(bars(rows, series=PARTS, bar_height=40))["layout"]["height"] for rows in (one, two)]
    assert heights == [130, 170]
    assert _spec(bars(two, series=PARTS, height=200))["layout"]["height"] == 200


@pytest.mark.parametrize(
    "figure",
    [
        lines(TREND, series=[*SERIES.values()], chosen="2022-09", height=200),
        bars(_causes(("因病", 1, 1)), series=PARTS, height=200),
    ],
    ids=["trend", "causes"],
)
def test_axes_and_legend_are_readable_on_a_projector_and_nothing_can_be_dragged(figure: go.Figure) -> None:
    layout = _spec(figure)["layout"]
    sizes = [layout[part]["tickfont"]["size"] for part in ("xaxis", "yaxis")] + [layout["legend"]["font"]["size"]]
    assert min(sizes) >= AXIS_TEXT >= 18
    assert all(layout[axis]["fixedrange"] for axis in ("xaxis", "yaxis"))
    assert CONFIG["displayModeBar"] is False


def test_every_lamp_has_a_colour_and_a_shape_that_no_other_has() -> None:
    assert LAMPS.keys() == LAMP_SHAPES.keys() == {"red", "yellow", "none", "undetermined"}
    assert len(set(LAMPS.values())) == len(set(LAMP_SHAPES.values())) == 4


def test_the_legend_names_every_class_and_how_many_have_no_data() -> None:
    classes = classes_of([0.0, 1.0, 2.0, 3.0, 4.0, 5.0], direction="bad")
    texts = tuple(f"{limit:.0f}户" for limit in classes.limits)
    svg = ElementTree.fromstring(map_legend(classes, limit_texts=texts, no_data_text="无数据 1 镇"))
    assert [box.get("fill") for box in svg.iter(f"{SVG}rect")] == [*classes.colours, NO_DATA]
    assert [text.text for text in svg.iter(f"{SVG}text")][-2:] == ["4户 – 5户", "无数据 1 镇"]


def test_the_legend_of_one_value_says_it_once_and_no_entry_without_data_is_shown_for_nothing() -> None:
    svg = ElementTree.fromstring(
        map_legend(classes_of([2.0], direction="bad"), limit_texts=("2户", "2户"), no_data_text=None)
    )
    assert [text.text for text in svg.iter(f"{SVG}text")] == ["2户"]


def test_the_legend_without_values_shows_only_that_there_is_no_data() -> None:
    svg = ElementTree.fromstring(
        map_legend(classes_of([], direction="bad"), limit_texts=(), no_data_text="无数据 28 镇")
    )
    assert [text.text for text in svg.iter(f"{SVG}text")] == ["无数据 28 镇"]


def test_words_in_the_legend_cannot_become_markup() -> None:
    svg = map_legend(classes_of([], direction="bad"), limit_texts=(), no_data_text="<script>&")
    assert "<script" not in svg
    assert "&lt;script&gt;&amp;" in svg


@pytest.mark.parametrize(("low", "high"), [("98.8%", "100.0%"), ("206户", "327户")])
def test_the_entries_of_a_legend_stand_below_each_other_and_are_not_cut(low: str, high: str) -> None:
    svg = ElementTree.fromstring(
        map_legend(classes_of([1.0], direction="bad"), limit_texts=(low, high), no_data_text="无数据 1 镇")
    )
    text, (box, next_box) = next(svg.iter(f"{SVG}text")), svg.iter(f"{SVG}rect")
    assert float(box.get("y", 0)) + float(box.get("height", 0)) < float(next_box.get("y", 0))
    letters = sum(1 if ord(letter) > 0x2E80 else 0.55 for letter in text.text or "")
    assert float(text.get("x", 0)) + letters * float(text.get("font-size", 0)) < float(svg.get("width", 0))
