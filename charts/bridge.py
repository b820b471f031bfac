"""How one amount became another: a bridge (waterfall) chart of what was added and what was taken away."""

import pandas as pd
import plotly.graph_objects as go

from charts.layout import AXIS_TEXT, common_layout
from charts.palette import MUTED, STATES

_COLOURS = {"total": STATES["open"], "came": STATES["monitored"], "went": STATES["eliminated"]}
_PATTERNS = {"total": "", "came": "/", "went": "\\"}
"""Neutral colours, and hatching for print: neither what is added nor what is taken away is good or bad."""
_SIGNS = {"total": "", "came": "+", "went": "−"}


def bridge(steps: pd.DataFrame, *, height: int | None, unit: str = "", text: int | None = None) -> go.Figure:
    """Floating horizontal bars, the first at the top, each starting where the one above ended; the scale starts at
    zero.

    Args:
        steps: one row per bar, in order: `label`, `amount` (not negative), `kind` (`total`: drawn from zero; `came`:
            added to the amount above; `went`: subtracted from it).
        height: pixels; None: that of its place on the screen.
        text: pixels of the letters, where they are not the usual ones.
        unit: shown after the numbers in the tooltip.
    """
    bases, level = [], 0
    for kind, amount in zip(steps["kind"], steps["amount"], strict=True):
        base = {"total": 0, "came": level, "went": level - amount}[kind]
        bases.append(base)
        level = base if kind == "went" else base + amount
    bars = {
        "type": "bar",
        "orientation": "h",
        "y": steps["label"].tolist(),
        "x": steps["amount"].tolist(),
        "base": bases,
        "marker": {
            "color": [_COLOURS[kind] for kind in steps["kind"]],
            "pattern": {"shape": [_PATTERNS[kind] for kind in steps["kind"]]},
            "line": {"color": MUTED, "width": 1},
        },
        "text": [
            f"{_SIGNS[kind] if amount else ''}{amount}"
            for kind, amount in zip(steps["kind"], steps["amount"], strict=True)
        ],
        "textposition": "outside",
        "cliponaxis": False,
        "textfont": {"size": text or AXIS_TEXT},
        "hovertemplate": f"%{{y}} %{{text}}{unit}<extra></extra>",
    }
    layout = common_layout(height=height, text=text)
    layout["yaxis"] |= {"autorange": "reversed", "showgrid": False, "type": "category"}
    layout["xaxis"] |= {"rangemode": "tozero", "showticklabels": False}
    layout |= {"showlegend": False, "bargap": 0.3}
    layout["margin"] |= {"r": 80}
    return go.Figure(data=[bars], layout=layout)
