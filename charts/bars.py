"""Amounts of named things as horizontal bars, which leave room for long names."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from charts.layout import AXIS_TEXT, common_layout, plain
from charts.series import Series

_AROUND = 90
"""Pixels above and below the bars."""

_FIRST_DIGIT, _MORE_DIGITS = 0.05, 0.03
"""Shares of the longest bar that the first digit of a number and each further one need to fit into their part of a
bar."""


def bars(
    rows: pd.DataFrame, *, series: Sequence[Series], unit: str = "", height: int | None = None, bar_height: int = 34
) -> go.Figure:
    """Bars from zero, one per row, the first at the top; several columns are stacked.

    Args:
        rows: one row per bar, in the order shown; `label` and the columns of the series; NaN draws nothing. Negative
            values extend to the left.
        series: the columns to draw. A single column has its number after the bar, several have theirs inside if they
            fit.
        unit: shown after the numbers in the tooltip, and after the drawn numbers if it is %.
        height: pixels; None: as many as the bars need.
        bar_height: pixels for a bar and the gap below it.
    """
    columns = [one.column for one in series]
    longest = rows[columns].sum(axis=1).max()
    shown_unit = unit if unit == "%" else ""
    single = len(series) == 1
    names = [plain(name) for name in rows["label"]]
    positions = list(range(len(names)))  # two bars may have one name
    drawn = [
        {
            "type": "bar",
            "y": positions,
            "customdata": names,
            "x": [None if pd.isna(value) else value for value in rows[one.column]],
            "name": one.name,
            "orientation": "h",
            "marker": {"color": one.colour, "pattern": {"shape": one.pattern, "fillmode": "overlay", "solidity": 0.2}},
            "text": [
                f"{value:g}{shown_unit}" if pd.notna(value) and (single or _fits(value, longest=longest)) else ""
                for value in rows[one.column]
            ],
            "textposition": "outside" if single else "inside",
            "textangle": 0,
            "constraintext": "none",
            "cliponaxis": False,
            "textfont": {"size": AXIS_TEXT - 2},
            "hovertemplate": f"%{{customdata}}<br>%{{fullData.name}} %{{x}}{unit}<extra></extra>",
        }
        for one in series
    ]
    layout = common_layout(height=_AROUND + bar_height * len(rows) if height is None else height)
    layout["yaxis"] |= {"autorange": "reversed", "showgrid": False, "tickvals": positions, "ticktext": names}
    layout["xaxis"] |= {"showticklabels": False, "showgrid": False, "rangemode": "tozero"}
    layout |= {"barmode": "relative", "bargap": 0.25, "showlegend": not single}
    layout["legend"] |= {"traceorder": "normal"}
    if single:
        layout["margin"] |= {"r": 80}
    return go.Figure(data=drawn, layout=layout)


def _fits(value: float, *, longest: float) -> bool:
    """Whether a number fits inside its part of a bar."""
    return abs(value) >= longest * (_FIRST_DIGIT + _MORE_DIGITS * (len(f"{abs(value):g}") - 1))
