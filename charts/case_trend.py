"""Monitored, eliminated and open households by month."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from charts.layout import common_layout
from charts.palette import STATE_DASHES, STATES


def case_trend(trend: pd.DataFrame, *, names: Mapping[str, str], chosen: str, height: int) -> go.Figure:
    """Lines of monitored, eliminated and open households, with the chosen month marked.

    Args:
        trend: one row per month (index, text such as 2022-09), columns monitored, eliminated, open (households).
        names: what to call each column.
        chosen: the month to mark; must be in the index.
        height: pixels.
    """
    months = list(trend.index)
    lines = [
        {
            "type": "scatter",
            "x": months,
            "y": trend[state].tolist(),
            "name": names[state],
            "mode": "lines+markers",
            "line": {"color": STATES[state], "width": 4, "dash": STATE_DASHES[state]},
            "marker": {"size": 7},
            "hovertemplate": "%{x}<br>%{fullData.name} %{y}<extra></extra>",
        }
        for state in ("monitored", "eliminated", "open")
    ]
    layout = common_layout(height=height)
    layout["yaxis"] |= {"rangemode": "tozero", "nticks": 5}
    layout["xaxis"] |= {"type": "category", "nticks": 6, "tickangle": 0}
    layout["shapes"] = [
        {
            "type": "line",
            "x0": chosen,
            "x1": chosen,
            "y0": 0,
            "y1": 1,
            "yref": "paper",
            "line": {"color": STATES["eliminated"], "width": 1, "dash": "dot"},
        }
    ]
    return go.Figure(data=lines, layout=layout)
