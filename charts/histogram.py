"""The distribution of an amount: one bar per class."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from charts.layout import AXIS_TEXT, common_layout
from charts.palette import MUTED
from charts.series import Series


def histogram(
    classes: pd.DataFrame, *, series: Series, height: int, marks: Mapping[str, float], unit: str = ""
) -> go.Figure:
    """Bars side by side, starting at zero, with lines at the amounts that matter.

    Args:
        classes: one row per class, in ascending order and all equally wide; `low` and `high` (of the amount; the last
        class has no upper limit, its `high` is NaN) and the column of the series.
        series: the column to draw.
        height: pixels.
        marks: text -> the amount where it is written, marked by a dashed line.
        unit: shown after the amounts in the tooltip of a bar.
    """
    low = [float(value) for value in classes["low"]]
    width = low[1] - low[0] if len(low) > 1 else 1.0
    named = [f"{start:.0f} – {end:.0f}{unit}" for start, end in zip(low, classes["high"], strict=True)]
    named[-1:] = [f"≥ {low[-1]:.0f}{unit}"] if low else []
    drawn = {
        "type": "bar",
        "x": [start + width / 2 for start in low],
        "y": classes[series.column].tolist(),
        "width": width * 0.92,
        "name": series.name,
        "marker": {"color": series.colour, "pattern": {"shape": series.pattern}},
        "customdata": named,
        "hovertemplate": "%{customdata}<br>%{fullData.name} %{y}<extra></extra>",
    }
    layout = common_layout(height=height)
    layout["yaxis"] |= {"rangemode": "tozero", "nticks": 5, "tickformat": "d"}
    layout["xaxis"] |= {"showgrid": False, "tickformat": "d", "nticks": 8, "ticks": "outside"}
    if low:
        layout["xaxis"] |= {"range": [low[0], low[-1] + width]}
    layout["showlegend"] = False
    layout["margin"] |= {"t": 40 if marks else 8}
    edge = {"color": MUTED, "width": 3, "dash": "dash"}
    layout["shapes"] = [
        {"type": "line", "x0": amount, "x1": amount, "y0": 0, "y1": 1, "yref": "paper", "line": edge}
        for amount in marks.values()
    ]
    layout["annotations"] = [
        {
            "x": amount,
            "y": 1,
            "yref": "paper",
            "yanchor": "bottom",
            "xanchor": "left",
            "text": text,
            "showarrow": False,
            "font": {"size": AXIS_TEXT},
        }
        for text, amount in marks.items()
    ]
    return go.Figure(data=[drawn], layout=layout)
