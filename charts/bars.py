"""Amounts of named things as horizontal bars, which leave room for long names."""

from collections.abc import Sequence
from typing import Any, Literal

import pandas as pd
import plotly.graph_objects as go

from charts.layout import common_layout, plain, width_of
from charts.series import Series

_AROUND = 90
"""Pixels above and below the bars."""


def bars(
    rows: pd.DataFrame,
    *,
    series: Sequence[Series],
    unit: str = "",
    height: int | Literal["fill"] | None = None,
    bar_height: int = 34,
    named: bool = False,
    text: int | None = None,
) -> go.Figure:
    """Bars from zero, one per row, the first at the top; several columns are stacked.

    Args:
        rows: one row per bar, in the order shown; `label` and the columns of the series; NaN draws nothing. Negative
            values extend to the left.
        series: the columns to draw. Their numbers stand after the bar, in their order: never over a pattern.
        unit: shown after the numbers in the tooltip, and after the drawn numbers if it is %.
        height: pixels; None: as many as the bars need; fill: that of its place on the screen.
        bar_height: pixels for a bar and the gap below it.
        text: pixels of the letters, where they are not the usual ones.
        named: whether the numbers carry the names of their columns, instead of a legend.
    """
    single = len(series) == 1
    names = [plain(name) for name in rows["label"]]
    positions = list(range(len(names)))  # two bars may have one name
    texts = _texts(rows, series=series, unit=unit if unit == "%" else "", named=named)
    drawn = [
        {
            "type": "bar",
            "y": positions,
            "customdata": names,
            "x": [None if pd.isna(value) else value for value in rows[one.column]],
            "name": one.name,
            "orientation": "h",
            "marker": {"color": one.colour, "pattern": {"shape": one.pattern, "fillmode": "overlay", "solidity": 0.2}},
            "hovertemplate": f"%{{customdata}}<br>%{{fullData.name}} %{{x}}{unit}<extra></extra>",
        }
        for one in series
    ]
    high = _AROUND + bar_height * len(rows) if height is None else height
    layout = common_layout(height=None if high == "fill" else high, text=text)
    layout["yaxis"] |= {"autorange": "reversed", "showgrid": False, "tickvals": positions, "ticktext": names}
    layout["xaxis"] |= {"showticklabels": False, "showgrid": False}
    layout |= {"barmode": "relative", "bargap": 0.25, "showlegend": not (single or named)}
    layout["legend"] |= {"traceorder": "normal"}
    size = layout["font"]["size"]
    columns = rows[[one.column for one in series]]
    ends, starts = columns.clip(lower=0).sum(axis=1), columns.clip(upper=0).sum(axis=1)
    # Given, because plotly would make room for the numbers once more than the margin does.
    layout["xaxis"] |= {"range": [min(starts.min(), 0), ends.max() or 1] if len(rows) else [0, 1]}
    layout["annotations"] = [
        _after(number, x=end, y=row, size=size) for row, (number, end) in enumerate(zip(texts, ends, strict=True))
    ]
    layout["margin"] |= {"r": 16 + max((width_of(number, size=size) for number in texts), default=0)}
    return go.Figure(data=drawn, layout=layout)


def _texts(rows: pd.DataFrame, *, series: Sequence[Series], unit: str, named: bool) -> list[str]:
    """The numbers of each bar, all with the decimals that the finest of them needs."""
    values = rows[[one.column for one in series]].stack()
    decimals = 0 if (values == values.round()).all() else 1
    parts = {
        one.column: [
            "" if pd.isna(value) else f"{f'{one.name} ' if named else ''}{value:.{decimals}f}{unit}"
            for value in rows[one.column]
        ]
        for one in series
    }
    return [" · ".join(filter(None, texts)) for texts in zip(*parts.values(), strict=True)]


def _after(text: str, *, x: float, y: int, size: int) -> dict[str, Any]:
    place = {"x": x, "y": y, "xanchor": "left", "yanchor": "middle", "xshift": 6}
    return {"text": plain(text), "font": {"size": size}, "showarrow": False, **place}
