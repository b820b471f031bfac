"""The chart of a score over time: shapes that can be told apart in black and white, bands, gaps."""

from typing import Any

import pandas as pd

from charts.palette import LAMP_SHAPES, LAMPS
from charts.score_steps import LAMP_SYMBOLS, score_steps

NAMES = {"red": "Red", "yellow": "Yellow", "none": "None", "undetermined": "Undetermined"}
BANDS = {"◆ 31": 31, "▲ 15": 15}


def history(*rows: tuple[str, int | None, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["month", "score", "lamp"]).astype({"score": "Float64"})


def traces(*rows: tuple[str, int | None, str], **settings: Any) -> dict[str | None, Any]:
    figure = score_steps(history(*rows), lamps=NAMES, bands=BANDS, height=300, **settings)
    return {trace.name: trace for trace in figure.data}


def test_every_lamp_has_a_colour_and_a_shape_of_its_own() -> None:
    assert LAMP_SYMBOLS.keys() == LAMPS.keys() == LAMP_SHAPES.keys()
    assert len(set(LAMP_SYMBOLS.values())) == len(LAMP_SYMBOLS)


def test_a_month_is_marked_by_its_lamp_and_lamps_that_never_shone_are_left_out() -> None:
    drawn = traces(("2022-01", 40, "red"), ("2022-02", 20, "yellow"), ("2022-03", 5, "red"))
    assert drawn.keys() == {None, "Red", "Yellow"}
    assert (list(drawn["Red"].x), list(drawn["Red"].y)) == (["2022-01", "2022-03"], [40, 5])
    assert drawn["Red"].marker.symbol == "diamond"


def test_a_month_without_a_score_is_a_gap_in_the_line_and_not_a_zero() -> None:
    drawn = traces(("2022-01", 20, "yellow"), ("2022-02", None, "undetermined"), ("2022-03", 0, "none"))
    assert list(drawn[None].y) == [20, None, 0]
    assert list(drawn["Undetermined"].text) == ["?"]


def test_bands_stand_at_their_score_and_above_the_top_there_is_room() -> None:
    figure = score_steps(history(("2022-01", 3, "none")), lamps=NAMES, bands=BANDS, height=300, chosen="2022-01")
    assert {(note.text, note.y) for note in figure.layout.annotations} == {("◆ 31", 31), ("▲ 15", 15)}
    assert {(line.y0, line.y1) for line in figure.layout.shapes if line.xref == "paper"} == {(31, 31), (15, 15)}
    assert [line.x0 for line in figure.layout.shapes if line.yref == "paper"] == ["2022-01"]
    assert figure.layout.yaxis.range[1] > 31


def test_nothing_to_show_still_draws() -> None:
    figure = score_steps(history(), lamps=NAMES, bands={}, height=300)
    assert len(figure.data) == 0


def test_a_change_of_definition_is_marked_where_it_lies_in_the_history() -> None:
    rows = history(("2022-01", 3, "none"), ("2022-02", 20, "yellow"))
    figure = score_steps(rows, lamps=NAMES, bands={}, height=300, breaks=["2022-02", "2023-01"])
    assert [(shape.x0, shape.line.dash) for shape in figure.layout.shapes] == [("2022-02", "longdashdot")]
