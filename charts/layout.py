"""What all figures share: fonts readable on a projector, quiet grids, no controls whose words we cannot translate."""

from html import escape
from typing import Any

from charts.palette import GRID, MUTED

FONT = "'Noto Sans SC','Noto Sans CJK SC','Microsoft YaHei','PingFang SC',sans-serif"
AXIS_TEXT = 18
FILLING_TEXT = 15
"""Pixels of the letters, and of those of a figure that fills its place, which is small on a laptop."""
MOST_MONTHS = 4
"""So many are named below a figure: on a telephone, and in large letters, more would touch."""
CONFIG = {"displayModeBar": False, "displaylogo": False, "scrollZoom": False}
"""For st.plotly_chart: the mode bar is only in English and has links that leave the page."""


WALL_TEXT = 22
"""Of a figure on the wall of a meeting room."""

_AXIS = {
    "gridcolor": GRID,
    "zeroline": False,
    "fixedrange": True,
    "automargin": True,
}


def plain(text: str) -> str:
    """A name as plotly shows it letter by letter: it takes <b> and &amp; for marks of its own."""
    return escape(text, quote=False)


def width_of(text: str, *, size: int = AXIS_TEXT) -> int:
    """About how wide a text is, in pixels: Chinese characters are square, others a little wider than half that."""
    return round(sum(size if ord(letter) > 0x2E80 else size * 0.6 for letter in text))


def common_layout(*, height: int | None, text: int | None = None) -> dict[str, Any]:
    """The layout every figure starts from. `height` in pixels; None: that of its place on the screen; `text`: pixels of
    the letters, where they are not the usual ones.

    A plain dictionary: passing it to a new figure costs a tenth of changing the figure afterwards.
    """
    font = {"size": text or (FILLING_TEXT if height is None else AXIS_TEXT)}
    axis = _AXIS | {"tickfont": font}
    return ({} if height is None else {"height": height}) | {
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "font": {"family": FONT, **font},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": font},
        "hoverlabel": {"font": font},
        "separators": ".",  # no commas in thousands, as beside bars; plotly sets them from 10,000 on
        "xaxis": dict(axis),
        "yaxis": dict(axis),
    }


def upright(month: str, *, dash: str = "dot", axis: str = "") -> dict[str, Any]:
    """A line at a month from the bottom to the top of a figure; `axis`: the number of the panel."""
    edge = {"color": MUTED, "width": 1, "dash": dash}
    return {
        "type": "line",
        "x0": month,
        "x1": month,
        "xref": f"x{axis}",
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "line": edge,
    }
