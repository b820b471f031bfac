"""The dots: one per unit and item, the lowest told apart and named, the target where it belongs."""

import json

import pandas as pd

from charts.dots import dots

ROWS = pd.DataFrame(
    [("及时率", "甲镇", 100.0, "100%"), ("及时率", "乙<镇", 25.0, "70%"), ("完整率", "甲镇", 50.0, "85%")],
    columns=["item", "unit", "share", "text"],
)
MARKS = pd.DataFrame({"item": ["完整率", "及时率"], "share": [80.0, 90.0]})


def test_the_lowest_of_each_item_is_named_and_the_others_are_dots_in_their_row() -> None:
    spec = json.loads(dots(ROWS, marks=MARKS, low="起评线", high="满分线", mark="目标").to_json())
    others, lowest, targets = spec["data"]
    assert (others["x"], others["y"], others["mode"]) == ([100.0], [0], "markers")
    assert sorted(zip(lowest["x"], lowest["y"], lowest["text"], strict=True)) == [
        (25.0, 0, "乙&lt;镇"),
        (50.0, 1, "甲镇"),
    ]
    assert dict(zip(lowest["x"], lowest["textposition"], strict=True)) == {25.0: "top right", 50.0: "top right"}
    assert (targets["x"], targets["y"]) == ([80.0, 90.0], [1, 0])
    assert spec["layout"]["yaxis"]["ticktext"] == ["及时率", "完整率"]
    assert spec["layout"]["xaxis"]["ticktext"] == ["起评线", "满分线"]
