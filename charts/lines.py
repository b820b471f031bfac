"""How figures develop from month to month."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from charts.layout import common_layout
from charts.palette import MUTED
from charts.series import Series


def lines(
    trend: pd.DataFrame, *, series: Sequence[Series], height: int, chosen: str | None = None, unit: str = ""
) -> go.Figure:
    """One line per column, on a scale from zero, with the chosen month marked.

    Args:
        trend: one row per month (index, text such as 2022-09); NaN leaves a gap.
        series: the columns to draw.
        height: pixels.
        chosen: the month to mark; must be in the index.
        unit: shown after the numbers in the tooltip.
    """
    drawn = [
        {
            "type": "scatter",
            "x": list(trend.index),
            "y": [None if pd.isna(value) else value for value in trend[one.column]],
            "name": one.name,
            "mode": "lines+markers",
            "line": {"color": one.colour, "width": 4, "dash": one.dash},
            "marker": {"size": 7},
            "hovertemplate": f"%{{x}}<br>%{{fullData.name}} %{{y}}{unit}<extra></extra>",
        }
        for one in series
    ]
    layout = common_layout(height=height)
    layout["yaxis"] |= {
        "rangemode": "tozero",
        "nticks": 5,
        "exponentformat": "none",
        "ticksuffix": unit if unit == "%" else "",
    }
    layout["xaxis"] |= {"type": "category", "nticks": 6, "tickangle": 0}
    layout["showlegend"] = len(series) > 1
    if chosen is not None:
        edge = {"color": MUTED, "width": 1, "dash": "dot"}
        layout["shapes"] = [
            {"type": "line", "x0": chosen, "x1": chosen, "y0": 0, "y1": 1, "yref": "paper", "line": edge}
        ]
    return go.Figure(data=drawn, layout=layout)
