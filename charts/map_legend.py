"""The legend of a map as a small SVG picture: colours with their limits, and how many places have no data."""

from itertools import pairwise
from xml.sax.saxutils import escape

from charts.classes import Classes
from charts.layout import FONT
from charts.palette import MUTED, NO_DATA

_HEIGHT, _FONT_SIZE = 30, 17
_BOX, _GAP = 28, 24
"""Pixels of a coloured box with its margin, and between two entries."""


def map_legend(classes: Classes, *, limit_texts: tuple[str, ...], no_data_text: str | None) -> str:
    """SVG text of the legend.

    Args:
        classes: the classes of the map.
        limit_texts: `classes.limits` as shown to the reader.
        no_data_text: the text beside the grey box; None leaves it out.
    """
    ranges = [f"{low} – {high}" if low != high else low for low, high in pairwise(limit_texts)]
    entries = list(zip(classes.colours, ranges, strict=True))
    if no_data_text:
        entries.append((NO_DATA, no_data_text))
    drawn, left = "", 0
    for colour, text in entries:
        drawn += _entry(colour, text, left=left)
        left += _BOX + _width(text) + _GAP
    frame = f'xmlns="http://www.w3.org/2000/svg" width="{left}" height="{_HEIGHT}" viewBox="0 0 {left} {_HEIGHT}"'
    return f"<svg {frame}>{drawn}</svg>"


def _entry(colour: str, text: str, *, left: int) -> str:
    box = f'<rect x="{left}" y="6" width="22" height="18" fill="{colour}" stroke="{MUTED}" stroke-width="0.5"/>'
    font = f'font-size="{_FONT_SIZE}" font-family="{escape(FONT)}"'
    return f'{box}<text x="{left + _BOX}" y="21" fill="{MUTED}" {font}>{escape(text)}</text>'


def _width(text: str) -> int:
    """The approximate width of a text in pixels: Chinese characters are square, others a little wider than half
    that."""
    return round(sum(_FONT_SIZE if ord(letter) > 0x2E80 else _FONT_SIZE * 0.6 for letter in text))
