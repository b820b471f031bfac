"""Figures large enough for a wall display: name, value and explanation, one below the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from charts.layout import common_layout
from charts.palette import BRAND, MUTED

LABEL, VALUE, SECOND = 36, 104, 32
"""Pixels of the letters."""


@dataclass(frozen=True)
class LargeFigure:
    """One figure in words."""

    label: str
    value: str
    second: str = ""
    colour: str = BRAND
    """Of the value."""


def large_figures(figures: Sequence[LargeFigure], *, height: int) -> go.Figure:
    """The figures in equal rows, the first at the top.

    Args:
        height: pixels of all of them together.
    """
    row = 1 / max(len(figures), 1)
    annotations: list[dict[str, Any]] = []
    for position, figure in enumerate(figures):
        top = 1 - position * row
        annotations += [
            _text(figure.label, y=top, size=LABEL),
            _text(f"<b>{figure.value}</b>", y=top - 0.2 * row, size=VALUE, colour=figure.colour),
            _text(figure.second, y=top - 0.74 * row, size=SECOND, colour=MUTED),
        ]
    layout = common_layout(height=height)
    for axis in ("xaxis", "yaxis"):
        layout[axis] |= {"visible": False}
    return go.Figure(data=[], layout=layout | {"annotations": annotations})


def _text(text: str, *, y: float, size: int, colour: str | None = None) -> dict[str, Any]:
    font: dict[str, Any] = {"size": size} if colour is None else {"size": size, "color": colour}
    place = {"x": 0, "y": y, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "top"}
    return {"text": text, "font": font, "showarrow": False, "align": "left", **place}
