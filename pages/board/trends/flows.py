"""How cases opened and closed over a span of months, and whether the sums agree everywhere."""

import pandas as pd
import streamlit as st

from charts.bridge import bridge
from data_access.facts.flow_bridge import CAME, WENT, Bridge, broken_bridges, flow_bridge, flow_metric
from data_access.facts.metrics import MetricTable, load_metrics
from data_access.schema.indicators import code_label
from pages.board.trends import choices
from pages.shell.texts import language, t
from pages.shell.view_state import MONTH, View
from pages.widgets import chart, list_link, numbers
from pages.widgets.part import part

_HEIGHT = 330
_SHOWN = 5
"""How many broken months are named; a longer list would hide how many there are."""


@part
def show(table: MetricTable, view: View, *, unit: str) -> None:
    """Start month, sentence, bridge, the check of the identity, and the lists behind the flows in the chosen month."""
    first = choices.first_month(view)
    if first is None:
        st.markdown(t("trends.bridge_first", month=view.month_name()))
        return
    counted = flow_bridge(table, unit=unit, place=view.place, first=first, last=view.month)
    figure = bridge(_bars(counted, first=first, view=view), height=_HEIGHT)
    chart.show(
        figure,
        reading=_reading(counted, first=first, view=view, unit=unit),
        key="trends_bridge",
        lists=_lists(first, view=view, unit=unit),
    )
    st.markdown(_check(table, view, first=first))
    with st.container(horizontal=True, gap="medium"):
        st.markdown(t("trends.flows_of_month", month=view.month_name()), width="content")
        for flow in (*CAME[unit], *WENT[unit]):
            _link(flow, table=table, view=view, unit=unit)


def _bars(counted: Bridge, *, first: str, view: View) -> pd.DataFrame:
    rows = [(t("trends.bridge_start", month=view.month_name(first)), counted.start, "total")]
    for kind, flows in (("came", counted.came), ("went", counted.went)):
        rows += [(_name(flow), amount, kind) for flow, amount in flows.items()]
    rows.append((t("trends.bridge_end", month=view.month_name()), counted.end, "total"))
    return pd.DataFrame(rows, columns=["label", "amount", "kind"])


def _lists(first: str, *, view: View, unit: str) -> chart.Lists:
    """The lists of the steps: both ends, and the flows of a span of one month."""
    steps = [f"open_{unit}", *(flow_metric(flow, unit=unit) for flow in (*CAME[unit], *WENT[unit])), f"open_{unit}"]
    before = view.months[view.months.index(first) - 1]
    months = [before, *[first] * (len(steps) - 2), view.month]
    ends = (0, len(steps) - 1)
    return {
        (0, step): list_link.parameters(metric, view=view) | {MONTH: month}
        for step, (metric, month) in enumerate(zip(steps, months, strict=True))
        if step in ends or first == view.month
    }


def _reading(counted: Bridge, *, first: str, view: View, unit: str) -> str:
    metric = load_metrics()[f"open_{unit}"]
    return t(
        "trends.bridge_reading",
        first=view.month_name(first),
        last=view.month_name(),
        start=numbers.in_unit(counted.start, metric=metric),
        came=numbers.in_unit(sum(counted.came.values()), metric=metric),
        went=numbers.in_unit(sum(counted.went.values()), metric=metric),
        end=numbers.in_unit(counted.end, metric=metric),
    )


def _check(table: MetricTable, view: View, *, first: str) -> str:
    """Whether the identity holds in every township and month of the span, in households and in persons."""
    townships = view.children(view.county)
    months = view.months[view.months.index(first) : view.months.index(view.month) + 1]
    broken = broken_bridges(table, places=townships, months=months)
    counts = {"townships": len(townships), "months": len(months)}
    if not broken:
        return t("trends.checked", **counts)
    named = [t("trends.broken_place", place=view.name(place), month=view.month_name(month)) for place, month in broken]
    places = t("list.separator").join(named[:_SHOWN])
    return t("trends.broken", broken=len(broken), places=places, **counts)


def _link(flow: str, *, table: MetricTable, view: View, unit: str) -> None:
    metric = load_metrics()[flow_metric(flow, unit=unit)]
    value = numbers.in_unit(table.count(metric.key, place=view.place, month=view.month), metric=metric)
    list_link.show(metric.key, view=view, text=t("trends.link", name=_name(flow), value=value))


def _name(flow: str) -> str:
    return code_label(codes="case_flow", code=flow, language=language())
