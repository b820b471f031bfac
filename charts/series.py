"""How a figure draws a column: its name in the legend, its colour, and what distinguishes it in black and white."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Series:
    """One column of a frame as one line or one part of every bar."""

    column: str
    name: str
    colour: str
    dash: str = "solid"
    """How a line is drawn: solid, dash, dot, dashdot."""
    pattern: str = ""
    """How a bar is hatched: empty for plain, else one of / \\ x - | + . as plotly names them."""
