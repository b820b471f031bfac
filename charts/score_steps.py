"""How a score developed from month to month, against the bands that set the lamp."""

from collections.abc import Collection, Mapping

import pandas as pd
import plotly.graph_objects as go

from charts.layout import FILLING_TEXT, MOST_MONTHS, common_layout, upright
from charts.palette import LAMPS, MUTED

LAMP_SYMBOLS = {"red": "diamond", "yellow": "triangle-up", "none": "circle", "undetermined": "x"}
"""Markers of the same shapes as in `palette.LAMP_SHAPES`: legible in black and white."""


def score_steps(
    history: pd.DataFrame,
    *,
    lamps: Mapping[str, str],
    bands: Mapping[str, int],
    height: int,
    chosen: str | None = None,
    breaks: Collection[str] = (),
) -> go.Figure:
    """A stepped line from zero, a marker for each month in the colour and shape of its lamp, a dashed line per band.

    Args:
        history: one row per month: month (text), score (NA leaves a gap), lamp (a key of `lamps`).
        lamps: lamp -> its name, in the order of the legend; one that never occurs is left out.
        bands: short text beside the line -> the score at which the band begins.
        height: pixels.
        chosen: the month to mark; must be in the history.
        breaks: the months from which the score is of another definition; those outside the history are left out.
    """
    months = history["month"].tolist()
    scores = [None if pd.isna(score) else int(score) for score in history["score"]]
    line = {
        "type": "scatter",
        "x": months,
        "y": scores,
        "mode": "lines",
        "line": {"color": MUTED, "width": 3, "shape": "hvh"},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    layout = common_layout(height=height, text=FILLING_TEXT)
    top = max([*bands.values(), *(score for score in scores if score is not None)], default=0)
    layout["yaxis"] |= {"range": [-0.06 * top, 1.12 * top], "nticks": 5}
    layout["xaxis"] |= {"type": "category", "nticks": MOST_MONTHS, "tickangle": 0, "categoryarray": months}
    layout["margin"] |= {"r": 64}
    layout["shapes"] = [_level(value) for value in bands.values()]
    layout["annotations"] = [_name(text, value) for text, value in bands.items()]
    layout["shapes"] += [upright(month, dash="longdashdot") for month in months if month in breaks]
    if chosen is not None:
        layout["shapes"].append(upright(chosen))
    drawn = [line, *(_markers(history, scores, lamp, name) for lamp, name in lamps.items())]
    return go.Figure(data=[one for one in drawn if one["x"]], layout=layout)


def _markers(history: pd.DataFrame, scores: list[int | None], lamp: str, name: str) -> dict:
    shone = [
        (month, score) for month, score, of in zip(history["month"], scores, history["lamp"], strict=True) if of == lamp
    ]
    return {
        "type": "scatter",
        "x": [month for month, _ in shone],
        # A month without a score still has its lamp: the marker is drawn on the axis.
        "y": [0 if score is None else score for _, score in shone],
        "text": ["?" if score is None else str(score) for _, score in shone],
        "name": name,
        "mode": "markers",
        "marker": {"color": LAMPS[lamp], "symbol": LAMP_SYMBOLS[lamp], "size": 14},
        "hovertemplate": "%{x}<br>%{fullData.name} %{text}<extra></extra>",
        "showlegend": True,
    }


def _level(value: int) -> dict:
    edge = {"color": MUTED, "width": 2, "dash": "dash"}
    return {"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": value, "y1": value, "line": edge}


def _name(text: str, value: int) -> dict:
    return {
        "x": 1,
        "xref": "paper",
        "xanchor": "left",
        "xshift": 6,
        "y": value,
        "yanchor": "middle",
        "text": text,
        "showarrow": False,
        "font": {"size": FILLING_TEXT},
    }
