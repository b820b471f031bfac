"""How units stand on several items: one row of dots per item, one dot per unit."""

import pandas as pd
import plotly.graph_objects as go

from charts.layout import AXIS_TEXT, common_layout, plain
from charts.palette import BRAND, MUTED, URGENCIES

_AROUND = 96
"""Pixels above and below the rows."""

_MIDDLE = 50
"""Percent of the scale beyond which a name is written to the left of its dot."""


def dots(rows: pd.DataFrame, *, marks: pd.DataFrame, low: str, high: str, mark: str, row_height: int = 64) -> go.Figure:
    """Dots between the floor and the full mark of each item; the lowest of an item is drawn as a diamond with its name.

    Args:
        rows: one row per item and unit, items in the order shown; `item`, `unit` (names), `share` (percent of the way
            from the floor to the full mark), `text` (its value).
        marks: one row per item; `item`, `share`: where its target lies.
        low, high: what the ends of the scale are called.
        mark: what the target is called.
        row_height: pixels for an item.
    """
    items = list(dict.fromkeys(rows["item"]))
    place = {item: position for position, item in enumerate(items)}
    last = rows.sort_values("share", kind="stable").drop_duplicates("item")
    others = rows.drop(index=last.index)
    drawn = [
        _points(others, place=place, marker={"color": BRAND, "size": 13, "opacity": 0.6}),
        _points(last, place=place, marker={"color": URGENCIES["overdue"], "size": 15, "symbol": "diamond"}, named=True),
        {
            "type": "scatter",
            "mode": "markers",
            "x": marks["share"].tolist(),
            "y": [place[item] for item in marks["item"]],
            "name": mark,
            "marker": {"symbol": "line-ns", "size": 30, "line": {"width": 3, "color": MUTED}},
            "hoverinfo": "skip",
        },
    ]
    layout = common_layout(height=_AROUND + row_height * len(items))
    layout["yaxis"] |= {
        "autorange": "reversed",
        "tickvals": list(place.values()),
        "ticktext": [plain(item) for item in items],
        "showgrid": True,
    }
    layout["xaxis"] |= {"range": [-3, 103], "tickvals": [0, 100], "ticktext": [low, high], "showgrid": False}
    layout["showlegend"] = False
    layout["margin"] |= {"r": 40}
    return go.Figure(data=drawn, layout=layout)


def _points(rows: pd.DataFrame, *, place: dict[str, int], marker: dict[str, object], named: bool = False) -> dict:
    names = [plain(name) for name in rows["unit"]]
    return {
        "type": "scatter",
        "mode": "markers+text" if named else "markers",
        "x": rows["share"].tolist(),
        "y": [place[item] for item in rows["item"]],
        "text": names,
        "textposition": ["top left" if share > _MIDDLE else "top right" for share in rows["share"]],
        "cliponaxis": False,
        "textfont": {"size": AXIS_TEXT - 2},
        "customdata": rows["text"].tolist(),
        "marker": marker,
        "hovertemplate": "%{text}<br>%{customdata}<extra></extra>",
    }
