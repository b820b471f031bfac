"""Colours by meaning, readable on a projector and in both themes; every colour is always joined by a word or a
shape."""

MUTED = "#7d8794"
BRAND = "#4f83bb"
"""In the middle of the scale: legible on the light and on the dark page."""

GRID = "rgba(128,140,155,0.35)"

LAMPS = {"red": "#b3261e", "yellow": "#c77700", "none": "#2f7d4f", "undetermined": "#6b7280"}
LAMP_SHAPES = {"red": "◆", "yellow": "▲", "none": "●", "undetermined": "？"}

STATES = {"monitored": "#7a8aa0", "open": "#3f7fca", "eliminated": "#8fb0d6"}
STATE_DASHES = {"monitored": "solid", "open": "dash", "eliminated": "dot"}
"""Colours in the middle of the scale are legible on light and on dark; the dashes tell the lines apart in print."""

RAMPS = {
    "neutral": ["#eaf2fb", "#cfe1f4", "#abcbe9", "#82b0db", "#5891c8"],
    "bad": ["#fdeee3", "#f9d3b6", "#f2b285", "#e58d58", "#d2693a"],
    "good": ["#f0f6ea", "#d5e8c6", "#b2d5a0", "#88bd7c", "#5fa35e"],
}
"""Five steps from little to much, by the direction of a metric; `good` runs from little (pale) to much (deep).
Even the deepest is light enough for a dark label."""

NO_DATA = "#b9bec6"


def rgb(colour: str) -> list[int]:
    """A #rrggbb colour as the three numbers deck.gl wants."""
    return [int(colour[position : position + 2], 16) for position in (1, 3, 5)]
