"""Large figures: every one in its own row, the value larger than everything else."""

import json

from charts.large_figures import LABEL, SECOND, VALUE, LargeFigure, large_figures


def test_every_figure_has_its_name_its_value_and_what_is_behind_it_in_order() -> None:
    figures = [LargeFigure("监测对象", "5408户18392人", "比上月 +57户"), LargeFigure("未消除", "2332户7784人")]
    spec = json.loads(large_figures(figures, height=800).to_json())["layout"]
    texts = [one["text"] for one in spec["annotations"]]
    assert texts == ["监测对象", "<b>5408户18392人</b>", "比上月 +57户", "未消除", "<b>2332户7784人</b>", ""]
    heights = [one["y"] for one in spec["annotations"]]
    assert heights == sorted(heights, reverse=True)
    assert spec["height"] == 800


def test_the_value_can_be_read_from_the_end_of_a_room() -> None:
    assert VALUE >= 88 > LABEL > SECOND >= 28


def test_nothing_is_drawn_of_nothing() -> None:
    assert not json.loads(large_figures([], height=100).to_json())["layout"].get("annotations")
