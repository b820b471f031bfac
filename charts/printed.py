"""Charts for paper: drawn as images, with a Chinese font installed on the machine."""

import io
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import pandas as pd

from charts.palette import MUTED
from charts.series import Series

if TYPE_CHECKING:  # it takes half a second, for which nobody should wait who only looks at a page
    from matplotlib.axes import Axes

CJK_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Microsoft YaHei",
    "SimHei",
    "PingFang SC",
    "WenQuanYi Micro Hei",
)
"""Fonts with Chinese characters; the first one installed is used."""

_STYLES = {"solid": "-", "dash": "--", "dot": ":", "dashdot": "-."}
_INCHES = (7.2, 3.2)
_MAP_INCHES = (7.2, 5.4)
_ASPECT = 1.2
"""The ratio of a degree of latitude to one of longitude at 33 degrees north."""
_DOTS = 200
_BAR = "#1f4e8c"


class NoFontError(LookupError):
    """None of `CJK_FONTS` is installed on the machine."""


@cache
def cjk_font() -> str:
    """The name of a font with Chinese characters. Raises NoFontError if none is installed."""
    from matplotlib.font_manager import fontManager

    known = {font.name for font in fontManager.ttflist}
    found = next((name for name in CJK_FONTS if name in known), None)
    if found is None:
        raise NoFontError(", ".join(CJK_FONTS))
    return found


@dataclass(frozen=True)
class PrintedPlace:
    """A township on a printed map."""

    label: str
    value_text: str
    colour: str
    outlines: Sequence[Sequence[tuple[float, float]]]
    """Longitude and latitude of the corners, one sequence per part."""


@contextmanager
def _sheet(size: tuple[float, float], picture: io.BytesIO, *, font_size: int) -> Iterator["Axes"]:
    """Empty axes; what is drawn on them goes into the picture, as PNG. Raises NoFontError."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.use("agg")
    with mpl.rc_context({"font.family": [cjk_font()], "axes.unicode_minus": False, "font.size": font_size}):
        figure = Figure(figsize=size, layout="constrained")
        yield figure.subplots()
        figure.savefig(picture, format="png", dpi=_DOTS)


def places_on_map(places: Sequence[PrintedPlace], *, title: str) -> bytes:
    """Places in the colour of their class, each with its name and value, as PNG. Raises NoFontError."""
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Polygon

    picture = io.BytesIO()
    with _sheet(_MAP_INCHES, picture, font_size=10) as axes:
        for place in places:
            patches = [Polygon(outline, closed=True) for outline in place.outlines]
            axes.add_collection(PatchCollection(patches, facecolor=place.colour, edgecolor="white", linewidth=0.8))
            largest = max(place.outlines, key=len)
            middle = [sum(values) / len(largest) for values in zip(*largest, strict=True)]
            text = f"{place.label}\n{place.value_text}"
            axes.annotate(text, (middle[0], middle[1]), ha="center", va="center", fontsize=6)
        axes.autoscale_view()
        axes.set_aspect(_ASPECT)
        axes.set_axis_off()
        axes.set_title(title, fontsize=10)
    return picture.getvalue()


def bars_by_name(values: pd.Series, *, unit: str) -> bytes:
    """A bar for each name, the first on top, with its number beside it, as PNG: dark on white, legible without colour.

    Raises NoFontError.
    """
    picture = io.BytesIO()
    with _sheet(_MAP_INCHES, picture, font_size=11) as axes:
        bars = axes.barh([str(name) for name in values.index], values.to_numpy(), color=_BAR, edgecolor="black")
        axes.bar_label(bars, fmt="{:g}", padding=4)
        axes.invert_yaxis()
        axes.margins(x=0.15)
        axes.axvline(0, color="black", linewidth=0.8)
        axes.set_title(unit, loc="left", fontsize=10)
        axes.spines[["top", "right", "bottom", "left"]].set_visible(False)
        axes.tick_params(left=False, bottom=False, labelbottom=False)
    return picture.getvalue()


def lines_by_month(values: pd.DataFrame, *, series: list[Series], unit: str, breaks: Collection[str] = ()) -> bytes:
    """Lines over months, as PNG.

    Args:
        values: one row per month; `month` and the columns of the series.
        series: columns, their names and colours.
        unit: shown above the axis.
        breaks: the months from which the figures are of another definition.

    Raises NoFontError.
    """
    picture = io.BytesIO()
    with _sheet(_INCHES, picture, font_size=10) as axes:
        for month in breaks:
            axes.axvline(list(values["month"]).index(month), color=MUTED, linewidth=1, linestyle="-.")
        for one in series:
            axes.plot(
                values["month"],
                values[one.column],
                label=one.name,
                color=one.colour,
                linestyle=_STYLES[one.dash],
                linewidth=2,
            )
            axes.annotate(f"{values[one.column].iloc[-1]:g}", (len(values) - 1, values[one.column].iloc[-1]))
        axes.set_ylim(bottom=0)
        axes.set_title(unit, loc="left", fontsize=9)
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(axis="x", rotation=45)
        axes.legend(frameon=False, ncols=len(series), loc="upper center", bbox_to_anchor=(0.5, 1.15))
    return picture.getvalue()
