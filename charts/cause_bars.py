"""Main causes of monitored households, as horizontal bars."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from charts.layout import AXIS_TEXT, common_layout
from charts.palette import STATES

_READABLE = 0.05
"""Share of the longest bar from which a number fits into its part of a bar."""


def cause_bars(causes: pd.DataFrame, *, names: Mapping[str, str], height: int) -> go.Figure:
    """Bars of open and eliminated households by main cause, the largest on top.

    Args:
        causes: one row per cause, largest first; columns label, open, eliminated (households).
        names: what to call the columns open and eliminated.
        height: pixels.
    """
    readable = _READABLE * causes[["open", "eliminated"]].sum(axis=1).max()
    bars = [
        {
            "type": "bar",
            "y": causes["label"].tolist(),
            "x": causes[state].tolist(),
            "name": names[state],
            "orientation": "h",
            "marker": {"color": STATES[state]},
            "text": [str(count) if count >= readable else "" for count in causes[state]],
            "textposition": "inside",
            "textangle": 0,
            "constraintext": "none",
            "textfont": {"size": AXIS_TEXT - 2},
            "hovertemplate": "%{y}<br>%{fullData.name} %{x}<extra></extra>",
        }
        for state in ("open", "eliminated")
    ]
    layout = common_layout(height=height)
    layout["yaxis"] |= {"autorange": "reversed", "showgrid": False}
    layout["xaxis"] |= {"showticklabels": False, "showgrid": False}
    layout |= {"barmode": "stack", "bargap": 0.25}
    layout["legend"] |= {"traceorder": "normal"}
    return go.Figure(data=bars, layout=layout)
