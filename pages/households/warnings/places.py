"""Lamps of the places below the chosen one."""

import pandas as pd

from charts.bars import bars
from charts.palette import LAMP_PATTERNS, LAMP_SHAPES, LAMPS
from charts.series import Series
from data_access.facts.metrics import MetricTable, load_metrics
from pages.shell import kept
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import chart, list_link, numbers, place_table
from pages.widgets.part import part

SHOWN = ("red", "yellow", "undetermined")
"""Pixels of a bar including its spacing, and of what surrounds the bars."""


@kept.part
@part
def show(table: MetricTable, view: View) -> None:
    """Red, yellow and undetermined per 100 households by township or village, and the table with clickable rows."""
    rows = _rates(table, view)
    if not rows.empty:
        figure = bars(rows, series=_series(), unit="%")
        lists = {
            (part, bar): list_link.parameters(f"{lamp}_households", view=view, place=code)
            for part, lamp in enumerate(SHOWN)
            for bar, code in enumerate(rows["code"])
        }
        chart.show(figure, reading=_reading(rows, table=table, view=view), key="lamps_by_place", lists=lists)
    place_table.show(table, view)


def _rates(table: MetricTable, view: View) -> pd.DataFrame:
    rows = []
    for code in view.children(view.place):
        base = table.count("households", place=code, month=view.month)
        if base:
            rates = {
                lamp: round(100 * table.count(f"{lamp}_households", place=code, month=view.month) / base, 1)
                for lamp in SHOWN
            }
            rows.append({"code": code, "label": view.name(code), **rates})
    return pd.DataFrame(rows)


def _series() -> list[Series]:
    return [
        Series(
            column=lamp,
            name=f"{LAMP_SHAPES[lamp]} {load_metrics()[f'{lamp}_households'].label[language()]}",
            colour=LAMPS[lamp],
            pattern=LAMP_PATTERNS[lamp],
        )
        for lamp in SHOWN
    ]


def _reading(rows: pd.DataFrame, *, table: MetricTable, view: View) -> str:
    """Only the range: lamps depend on what was collected, so places are not ranked by them."""
    warned = rows["red"] + rows["yellow"]
    here = table.value("warning_share", place=view.place, month=view.month)
    return t(
        "warnings.places_reading",
        here=numbers.share(here),
        low=numbers.share(warned.min()),
        high=numbers.share(warned.max()),
        undetermined=numbers.share(rows["undetermined"].max()),
    )
