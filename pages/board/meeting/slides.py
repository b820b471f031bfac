"""会议模式: one large figure per slide, in sequence, with nothing else on the screen."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from charts.large_figures import LargeFigure, large_figures
from charts.layout import CONFIG
from charts.palette import BRAND, LAMP_SHAPES, LAMPS
from data_access.dispatch.matters import load_dispatch_matters
from data_access.facts.metrics import MetricTable, load_metrics
from pages.shell import menu, scope_bar, view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import case_charts, change_since, link_choice, numbers, rank_table, township_picker

_HEIGHT = 800
"""Height of a figure in pixels: the space left on a wall display of 1080."""

SLIDE = "slide"
"""The link parameter for the slide that is shown."""


def show(view: View) -> None:
    """The position in the meeting, the slide, and the way to the next one, also by the arrow keys."""
    names = list(VIEWS)
    chosen = view_state.remembered(SLIDE, known=set(names), default=names[0])
    position = names.index(chosen)
    with st.container(horizontal=True, vertical_alignment="center"):
        title = t("meeting.title", place=view.name(view.place), month=view.month_name())
        st.markdown(f"#### {title}", width="content")
        scope_bar.provenance(view)
        st.space("stretch")
        _turn(names, position - 1, key="meeting_previous", text=t("meeting.previous"), shortcut="Left")
        st.markdown(t("meeting.position", position=position + 1, of=len(names)), width="content")
        _turn(names, position + 1, key="meeting_next", text=t("meeting.next"), shortcut="Right")
        st.page_link(menu.page_path("board", "dispatch"), label=t("meeting.close"), query_params=view.link)
    st.header(t(f"meeting.view_{chosen}"))
    VIEWS[chosen](view_state.metric_table(), view)


def _turn(names: list[str], position: int, *, key: str, text: str, shortcut: str) -> None:
    inside = 0 <= position < len(names)
    st.button(
        text,
        key=key,
        disabled=not inside,
        shortcut=shortcut,
        on_click=link_choice.keep,
        args=(SLIDE, names[position] if inside else ""),
    )


def _headline(table: MetricTable, view: View) -> None:
    """Households and persons in each state."""
    _draw(
        [
            LargeFigure(
                load_metrics()[f"{state}_households"].label[language()],
                numbers.both_in_unit(
                    table.value(f"{state}_households", place=view.place, month=view.month),
                    table.value(f"{state}_persons", place=view.place, month=view.month),
                    metric=load_metrics()[f"{state}_households"],
                ),
                change_since.text(table, f"{state}_households", view),
            )
            for state in ("monitored", "eliminated", "open")
        ],
        key="standing",
    )


def _figures(table: MetricTable, view: View, *, keys: tuple[str, ...]) -> None:
    """Several metrics, one below the other."""
    found = []
    for key in keys:
        metric = load_metrics()[key]
        value = table.value(key, place=view.place, month=view.month)
        lamp = key.removesuffix("_households")
        label = f"{LAMP_SHAPES.get(lamp, '')} {metric.label[language()]}".strip()
        found.append(LargeFigure(label, numbers.in_unit(value, metric=metric), colour=LAMPS.get(lamp, BRAND)))
    _draw(found, key="_".join(keys))


def _draw(figures: list[LargeFigure], *, key: str) -> None:
    reading = t("documents.separator").join(f"{figure.label} {figure.value}" for figure in figures)
    st.plotly_chart(
        large_figures(figures, height=_HEIGHT), config=CONFIG, key=f"meeting_{key}", alt=t("meeting.alt", text=reading)
    )


def _trend(table: MetricTable, view: View) -> None:
    case_charts.trend(table, view, height=_HEIGHT)


def _causes(_table: MetricTable, view: View) -> None:
    by_cause = view_state.breakdown(metric="monitored_households", by=("cause", "state"))
    case_charts.causes(by_cause, view, height=_HEIGHT)


def _map(table: MetricTable, view: View) -> None:
    township_picker.show(table, view)


def _ranking(_table: MetricTable, view: View) -> None:
    st.caption(t("dispatch.scheme_placeholder"))
    rank_table.townships(view)


VIEWS: dict[str, Callable[[MetricTable, View], None]] = {
    "standing": _headline,
    "trend": _trend,
    "causes": _causes,
    "map": _map,
    "warnings": partial(_figures, keys=("red_households", "yellow_households", "undetermined_households")),
    "waiting": partial(_figures, keys=tuple(load_dispatch_matters())),
    "jobs": partial(_figures, keys=("off_farm_workers", "share_of_last_year", "zero_employment_households")),
    "ranking": _ranking,
}
"""The slides in the order of the meeting."""
