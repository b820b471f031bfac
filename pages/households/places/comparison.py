"""The same metrics of the chosen place and of every place above it, side by side; each number opens its list."""

import streamlit as st
from streamlit.elements.lib.grid_container import GridContainer

from data_access.facts.metrics import Metric, MetricTable, load_metrics
from pages.households.places import crumbs, division, figures
from pages.households.places.division import Division
from pages.households.places.figures import COMPARED, Figure
from pages.shell import menu
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import list_link, metric_words, numbers

_COLUMN_WIDTH = 93
"""Width in pixels that a column keeps on a narrow screen, where the table scrolls; a metric's name takes two."""


def show(table: MetricTable, view: View, parts: Division | None) -> None:
    """One line per metric: this place, the places above it, and how it compares with the highest of them."""
    places = crumbs.levels(view)[::-1]
    part = parts if parts is not None and parts.chosen is not None else None
    columns = 3 + len(places) + (part is not None)
    grid = st.grid(columns, wrap=False, min_column_width=_COLUMN_WIDTH, gap=("xsmall", "xxsmall"))
    _head(grid, view=view, places=places, part=part)
    for key in COMPARED:
        _line(grid, load_metrics()[key], table=table, view=view, places=places, part=part)


def _head(grid: GridContainer, *, view: View, places: list[str], part: Division | None) -> None:
    names = [view.name(place) for place in places]
    if part is not None:
        names.insert(0, part.names[str(part.chosen)])
    grid.cell(column_span=2).markdown(f"**{t('places.metric')}**")
    for name in names:
        grid.markdown(f"**{name}**")
    last = t("places.change") if len(names) == 1 else t("places.against", place=view.name(places[-1]))
    grid.markdown(f"**{last}**")


def _line(
    grid: GridContainer, metric: Metric, *, table: MetricTable, view: View, places: list[str], part: Division | None
) -> None:
    of_places = [figures.of_place(metric.key, table=table, view=view, place=place) for place in places]
    grid.cell(column_span=2).markdown(metric.label[language()], help=metric_words.definition(metric))
    here = of_places[0]
    with grid:
        if part is not None:
            here = figures.of_part(metric.key, part.row)
            _part_link(here, view=view, part=part)
        for place, figure in zip(places, of_places, strict=True):
            list_link.show(metric.key, view=view, place=place, text=f"**{figure.text}**")
    if len(places) == 1:
        grid.markdown(_change(table.change(metric.key, place=view.place, month=view.month), metric=metric))
    else:
        grid.markdown(_against(here, district=of_places[-1], whole=view.name(places[-1])))


def _part_link(figure: Figure, *, view: View, part: Division) -> None:
    """The list for a part of a village is on this page."""
    link = view.link
    here = {division.LINK[part.by]: str(part.chosen), "section": "households", "of": figure.metric.key}
    st.page_link(
        menu.page_path("households", "places"),
        label=f"**{figure.text}**",
        query_params=link | here,
        icon=":material/arrow_downward:",
    )


def _change(change: float | None, *, metric: Metric) -> str:
    """The change of a metric since the previous month."""
    if change is None:
        return t("value.none")
    if metric.unit == "%":
        return t("places.points", number=numbers.points(change))
    return t(f"unit.{metric.unit}", number=numbers.change(change))


def _against(here: Figure, *, district: Figure, whole: str) -> str:
    """A share in percentage points above or below the district's; a count as a percentage of the district's."""
    if here.value is None or district.value is None:
        return t("value.none")
    if here.metric.unit == "%":
        return t("places.points", number=numbers.points(here.value - district.value))
    if district.value == 0:
        return t("value.none")
    share = 100 * here.value / district.value
    # A few are not none: rounding would show zero.
    if 0 < share < 0.1:
        return t("places.of_district_few", whole=whole)
    return t("places.of_district", whole=whole, share=numbers.share(share))
