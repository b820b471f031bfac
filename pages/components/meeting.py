"""会议模式: one figure a view, large, one after the other; nothing else on the screen."""

from collections.abc import Callable
from urllib.parse import urlencode

import streamlit as st

from charts.palette import LAMP_SHAPES
from data_access.metrics import MetricTable, load_metrics
from pages.components import case_charts, numbers, since, township_picker, view
from pages.components.dispatch import ranking
from pages.components.texts import language, month_name, t
from pages.components.view import View

SLIDE = "slide"
"""What the link calls the view that is shown."""


def show(now: View) -> None:
    """Where the meeting is, the view, and the way to the next one: with the arrow keys too."""
    names = list(VIEWS)
    chosen = view.remembered(SLIDE, known=set(names), default=names[0])
    position = names.index(chosen)
    with st.container(horizontal=True, vertical_alignment="center"):
        title = t("meeting.title", place=now.name(now.place), month=month_name(now.month))
        st.markdown(f"#### {title}", width="content")
        st.space("stretch")
        _turn(names, position - 1, key="meeting_previous", text=t("meeting.previous"), shortcut="Left")
        st.markdown(t("meeting.position", position=position + 1, of=len(names)), width="content")
        _turn(names, position + 1, key="meeting_next", text=t("meeting.next"), shortcut="Right")
    st.header(t(f"meeting.view_{chosen}"))
    VIEWS[chosen](view.metric_table(), now)


def link(now: View) -> None:
    """The way to the meeting: without menu and bar, in a tab of its own."""
    st.link_button(
        t("meeting.open"), f"meeting?{urlencode({'embed': 'true', **now.link})}", icon=":material/slideshow:"
    )


def _turn(names: list[str], position: int, *, key: str, text: str, shortcut: str) -> None:
    inside = 0 <= position < len(names)
    st.button(
        text,
        key=key,
        disabled=not inside,
        shortcut=shortcut,
        on_click=_keep,
        args=(names[position] if inside else "",),
    )


def _keep(chosen: str) -> None:
    st.query_params[SLIDE] = chosen


def _headline(*states: str) -> Callable[[MetricTable, View], None]:
    """Households and persons of some states, each as large as the screen allows."""

    def draw(table: MetricTable, now: View) -> None:
        for state in states:
            households, persons = (
                table.count(f"{state}_{unit}", place=now.place, month=now.month) for unit in ("households", "persons")
            )
            _large(
                load_metrics()[f"{state}_households"].label[language()],
                numbers.households_and_persons(households, persons),
                second=since.text(table, f"{state}_households", now),
            )

    return draw


def _figures(*keys: str) -> Callable[[MetricTable, View], None]:
    """Some metrics, each as large as the screen allows."""

    def draw(table: MetricTable, now: View) -> None:
        for key in keys:
            metric = load_metrics()[key]
            value = table.value(key, place=now.place, month=now.month)
            text = t("value.none") if value is None else numbers.in_unit(value, metric=metric)
            shape = LAMP_SHAPES.get(key.split("_")[0], "") if key.endswith("_households") else ""
            _large(f"{shape} {metric.label[language()]}".strip(), text)

    return draw


def _large(label: str, value: str, *, second: str = "") -> None:
    with st.container(border=True, gap=None):
        st.markdown(f"### {label}")
        st.title(value)
        if second:
            st.markdown(f"### :gray[{second}]")


def _trend(table: MetricTable, now: View) -> None:
    case_charts.trend(table, now)


def _causes(_table: MetricTable, now: View) -> None:
    case_charts.causes(view.breakdown(metric="monitored_households", by=("cause", "state")), now)


def _map(table: MetricTable, now: View) -> None:
    township_picker.show(table, now)


def _ranking(_table: MetricTable, now: View) -> None:
    ranking.townships(now)


VIEWS: dict[str, Callable[[MetricTable, View], None]] = {
    "standing": _headline("monitored", "eliminated", "open"),
    "trend": _trend,
    "causes": _causes,
    "map": _map,
    "warnings": _figures("red_households", "yellow_households", "undetermined_households"),
    "waiting": _figures("measures_overdue", "clues_overdue", "red_not_included"),
    "jobs": _figures("off_farm_workers", "share_of_last_year", "zero_employment_households"),
    "ranking": _ranking,
}
"""The views in the order of the meeting."""
