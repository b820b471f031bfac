"""The histogram: classes side by side from zero, the line where it belongs, the last class without an end."""

import json
from typing import Any

import pandas as pd

from charts.histogram import histogram
from charts.layout import AXIS_TEXT
from charts.palette import STATES
from charts.series import Series

SERIES = Series("households", "户", STATES["open"])
CLASSES = pd.DataFrame({"low": [0, 2_000, 4_000], "high": [2_000, 4_000, None], "households": [3, 5, 1]})


def spec_of(classes: pd.DataFrame = CLASSES, **marks: float) -> dict[str, Any]:
    figure = histogram(classes, series=SERIES, height=300, marks=marks, unit="元")
    spec: dict[str, Any] = json.loads(figure.to_json())
    return spec


def test_every_class_is_a_bar_in_its_middle_and_the_last_says_that_it_has_no_end() -> None:
    bar = spec_of()["data"][0]
    assert (bar["x"], bar["y"]) == ([1_000, 3_000, 5_000], [3, 5, 1])
    assert bar["customdata"] == ["0 – 2000元", "2000 – 4000元", "≥ 4000元"]
    assert bar["width"] < 2_000


def test_a_mark_stands_at_its_amount_with_its_words() -> None:
    layout = spec_of(监测线=2_500.0)["layout"]
    assert [(shape["x0"], shape["x1"], shape["line"]["dash"]) for shape in layout["shapes"]] == [(2_500, 2_500, "dash")]
    assert [(note["x"], note["text"]) for note in layout["annotations"]] == [(2_500, "监测线")]
    assert layout["annotations"][0]["font"]["size"] >= 16


def test_bars_start_at_zero_and_the_axes_are_readable_on_a_projector() -> None:
    layout = spec_of()["layout"]
    assert layout["yaxis"]["rangemode"] == "tozero"
    assert min(layout[axis]["tickfont"]["size"] for axis in ("xaxis", "yaxis")) == AXIS_TEXT
    assert (layout.get("shapes", []), layout["height"]) == ([], 300)


def test_no_class_makes_an_empty_figure() -> None:
    assert spec_of(CLASSES.head(0))["data"][0]["x"] == []
