"""The legend of a map as a small SVG picture: colours with their limits, one below the other, and how many places have
no data."""

from itertools import pairwise
from xml.sax.saxutils import escape

from charts.classes import Classes
from charts.layout import FONT, width_of
from charts.palette import MUTED, NO_DATA

_ROW, _FONT_SIZE = 20, 13
_BOX = 25
"""Pixels of an entry, of its letters, and of a coloured box with its margin."""


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
    drawn = "".join(_entry(colour, text, top=_ROW * row) for row, (colour, text) in enumerate(entries))
    width, height = _BOX + max(width_of(text, size=_FONT_SIZE) for _, text in entries), _ROW * len(entries)
    frame = f'xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    return f"<svg {frame}>{drawn}</svg>"


def _entry(colour: str, text: str, *, top: int) -> str:
    box = f'<rect x="1" y="{top + 3}" width="18" height="14" fill="{colour}" stroke="{MUTED}" stroke-width="0.5"/>'
    font = f'font-size="{_FONT_SIZE}" font-family="{escape(FONT)}"'
    return f'{box}<text x="{_BOX}" y="{top + 15}" fill="{MUTED}" {font}>{escape(text)}</text>'
