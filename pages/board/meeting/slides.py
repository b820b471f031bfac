"""会议模式: one thought per slide, in sequence: figures to the left, the picture that explains them to the right."""

from collections.abc import Callable

import streamlit as st

from charts.layout import WALL_TEXT
from charts.palette import LAMP_SHAPES
from data_access.dispatch.matters import load_dispatch_matters
from data_access.facts.metrics import MetricTable, load_metrics
from pages.board.meeting import figures, pictures
from pages.board.meeting.figures import LargeFigure
from pages.shell import menu, scope_bar, view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import case_charts, change_since, link_choice, numbers, rank_table, tile, township_picker

SLIDE = "slide"
"""The link parameter for the slide that is shown."""


def show(view: View) -> None:
    """The position in the meeting, the slide, and the way to the next one, also by the arrow keys."""
    names = list(VIEWS)
    chosen = view_state.remembered(SLIDE, known=set(names), default=names[0])
    position = names.index(chosen)
    with st.container(horizontal=True, vertical_alignment="center", key="wall_head"):
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


def _standing(table: MetricTable, view: View) -> None:
    """Households and persons in each state."""
    shown = []
    for state in ("monitored", "eliminated", "open"):
        metric = load_metrics()[f"{state}_households"]
        households, persons = (
            table.value(f"{state}_{unit}", place=view.place, month=view.month) for unit in ("households", "persons")
        )
        change = change_since.text(table, metric.key, view)
        shown.append(LargeFigure(metric.label[language()], tile.both(households, persons, metric=metric), change))
    figures.show(shown, lambda: pictures.month_bridge(table, view))


def _trend(table: MetricTable, view: View) -> None:
    flows = ("identified_households", "newly_eliminated_households", "rolled_back_households", "ended_households")
    figures.show(_of(flows, table, view), lambda: case_charts.trend(table, view, text=WALL_TEXT))


def _causes(table: MetricTable, view: View) -> None:
    by_cause = view_state.breakdown(metric="monitored_households", by=("cause", "state"))
    shown = _of(("monitored_households", "open_households"), table, view)
    figures.show(shown, lambda: case_charts.causes(by_cause, view, text=WALL_TEXT))


def _map(table: MetricTable, view: View) -> None:
    with st.container(key="wall_map"):
        township_picker.show(table, view)


def _warnings(table: MetricTable, view: View) -> None:
    lamps = ("red_households", "yellow_households", "undetermined_households")
    figures.show(_of(lamps, table, view), lambda: pictures.rules(view))


def _waiting(table: MetricTable, view: View) -> None:
    figures.show(_of(tuple(load_dispatch_matters()), table, view), lambda: pictures.waiting(table, view))


def _jobs(table: MetricTable, view: View) -> None:
    keys = ("off_farm_workers", "share_of_last_year", "zero_employment_households")
    figures.show(_of(keys, table, view), lambda: pictures.workers(table, view))


def _of(keys: tuple[str, ...], table: MetricTable, view: View) -> list[LargeFigure]:
    """The figures of some metrics."""
    found = []
    for key in keys:
        metric = load_metrics()[key]
        shape = LAMP_SHAPES.get(key.removesuffix("_households"), "")
        text = numbers.in_unit(table.value(key, place=view.place, month=view.month), metric=metric)
        found.append(LargeFigure(f"{shape} {metric.label[language()]}".strip(), text))
    return found


def _ranking(_table: MetricTable, view: View) -> None:
    rank_table.scheme_note(view)
    rank_table.townships(view)


VIEWS: dict[str, Callable[[MetricTable, View], None]] = {
    "standing": _standing,
    "trend": _trend,
    "causes": _causes,
    "map": _map,
    "warnings": _warnings,
    "waiting": _waiting,
    "jobs": _jobs,
    "ranking": _ranking,
}
"""The slides in the order of the meeting."""
