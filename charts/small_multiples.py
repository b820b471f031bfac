"""The same line for several places or groups, each in its own panel, all on one scale."""

from collections.abc import Collection
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from charts.layout import common_layout, upright
from charts.palette import STATES

_TEXT = 16
_GAP = 0.03
"""Between two panels, as a share of the width."""
_TITLE = 52
"""Pixels above the panels, for titles of two lines."""
_HEADROOM = 1.1


def small_multiples(
    panels: pd.DataFrame, *, columns: int, top: float, height: int, unit: str = "", breaks: Collection[str] = ()
) -> go.Figure:
    """One row of panels, all from zero to the same maximum; several such rows with the same `top` can be compared.

    The months have no labels, which would be too small to read; the sentence beside the figures names them.

    Args:
        panels: one row per month (index, text), one column per panel in the order shown, named as its title; NaN
        leaves a gap.
        columns: how many panels fit side by side; if there are fewer, the rest stays empty.
        top: the largest value in all panels to be compared.
        height: pixels.
        unit: shown after the numbers in the tooltip, and after those of the scale if it is %.
        breaks: the months from which the figures are of another definition; those outside the index are left out.
    """
    layout = common_layout(height=height)
    layout["margin"] |= {"t": _TITLE, "b": _TEXT}
    across = layout.pop("xaxis") | {"type": "category", "showticklabels": False, "showgrid": False}
    upwards = layout.pop("yaxis") | {
        "range": [0, top * _HEADROOM if top > 0 else 1],
        "nticks": 4,
        "exponentformat": "none",
        "ticksuffix": unit if unit == "%" else "",
        "tickfont": {"size": _TEXT},
    }
    layout |= {"showlegend": False, "annotations": [], "shapes": []}
    broken = [month for month in panels.index if month in breaks]
    drawn: list[dict[str, Any]] = []
    for column, title in enumerate(panels.columns):  # by position: two may have one title
        left, right = column / columns + (_GAP if column else 0), (column + 1) / columns
        name = str(column + 1) if column else ""
        layout[f"xaxis{name}"] = across | {"domain": [left, right], "anchor": f"y{name}"}
        layout[f"yaxis{name}"] = upwards | {"anchor": f"x{name}", "showticklabels": column == 0}
        layout["annotations"].append(_title(title, x=left))
        layout["shapes"] += [upright(month, dash="longdashdot", axis=name) for month in broken]
        drawn.append(_line(panels.iloc[:, column], axes={"xaxis": f"x{name}", "yaxis": f"y{name}"}, unit=unit))
    return go.Figure(data=drawn, layout=layout)


def _line(values: pd.Series, *, axes: dict[str, str], unit: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": list(values.index),
        "y": [None if pd.isna(value) else value for value in values],
        "name": values.name,
        "mode": "lines+markers",
        "line": {"color": STATES["open"], "width": 3},
        "marker": {"size": 4},
        "cliponaxis": False,
        "hovertemplate": f"%{{fullData.name}}<br>%{{x}} %{{y:.4~g}}{unit}<extra></extra>",
        **axes,
    }


def _title(text: str, *, x: float) -> dict[str, Any]:
    anchors = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    return {"text": text, "x": x, "y": 1, "showarrow": False, "font": {"size": _TEXT}, "align": "left", **anchors}
