"""How figures develop from month to month."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from charts.layout import MOST_MONTHS, common_layout, plain, upright, width_of
from charts.series import Series

_APART = 0.18
"""Of the highest value: how far two texts at the ends of lines stand apart."""


def lines(
    trend: pd.DataFrame,
    *,
    series: Sequence[Series],
    height: int | None,
    chosen: str | None = None,
    breaks: Collection[str] = (),
    unit: str = "",
    ends: Mapping[str, str] | None = None,
    text: int | None = None,
    axes: tuple[str, str] = ("", ""),
) -> go.Figure:
    """One line per column, on a scale from zero, with the chosen month marked.

    Args:
        trend: one row per month (index, text such as 2022-09); NaN leaves a gap.
        series: the columns to draw.
        height: pixels; None: that of its place on the screen.
        chosen: the month to mark; must be in the index.
        breaks: the months from which the figures are of another definition; those outside the index are left out.
        unit: shown after the numbers in the tooltip.
        text: pixels of the letters, where they are not the usual ones.
        axes: what runs to the right and what upwards, where the months and the names do not say it.
        ends: what stands at the right end of the line of each column, instead of a legend.
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
    layout = common_layout(height=height, text=text)
    layout["yaxis"] |= {
        "rangemode": "tozero",
        "nticks": 5,
        "exponentformat": "none",
        "ticksuffix": unit if unit == "%" else "",
    }
    layout["xaxis"] |= {"type": "category", "nticks": MOST_MONTHS, "tickangle": 0}
    for axis, title in zip(("xaxis", "yaxis"), axes, strict=True):
        layout[axis] |= {"title": {"text": title, "font": layout["font"]}} if title else {}
    layout["showlegend"] = len(series) > 1 and ends is None
    if ends is not None:
        layout["annotations"] = _ends(trend, series=series, ends=ends, size=layout["font"]["size"])
        layout["margin"] |= {"r": 16 + max(width_of(end, size=layout["font"]["size"]) for end in ends.values())}
    layout["shapes"] = [upright(month, dash="longdashdot") for month in trend.index if month in breaks]
    if chosen is not None:
        layout["shapes"].append(upright(chosen))
    return go.Figure(data=drawn, layout=layout)


def _ends(trend: pd.DataFrame, *, series: Sequence[Series], ends: Mapping[str, str], size: int) -> list[dict[str, Any]]:
    """A text beside the last value of each line, in its colour; where two would touch, the upper one moves up."""
    apart = _APART * max(trend.max().max(), 1)
    last = {one.column: trend[one.column].dropna().iloc[-1:].sum() for one in series}
    texts: list[dict[str, Any]] = []
    lowest = float("-inf")
    for one in sorted(series, key=lambda one: last[one.column]):
        lowest = max(lowest + apart, last[one.column])
        font = {"size": size, "color": one.colour}
        place = {"xref": "paper", "x": 1, "xanchor": "left", "y": lowest, "yanchor": "middle"}
        texts.append({"text": plain(ends[one.column]), "font": font, "showarrow": False, "xshift": 8, **place})
    return texts
