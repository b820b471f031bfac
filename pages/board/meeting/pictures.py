"""The pictures of the slides that no other page shows in the same way."""

import pandas as pd
import streamlit as st

from charts.bars import bars
from charts.bridge import bridge
from charts.layout import WALL_TEXT
from charts.lines import lines
from charts.palette import LAMPS, STATES
from charts.series import Series
from data_access import door
from data_access.dispatch.matters import load_dispatch_matters
from data_access.facts.flow_bridge import flow_bridge
from data_access.facts.metrics import MetricTable, load_metrics
from data_access.schema.indicators import code_label, load_codes
from data_access.warnings.rule_counts import read_rule_counts
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import chart, numbers, tile, township_picker
from pages.widgets.part import part

_RULES = 8
_COLOURS = (STATES["open"], LAMPS["yellow"], LAMPS["red"], STATES["monitored"])
_PATTERNS = ("", "/", "x", ".")


@part
def month_bridge(table: MetricTable, view: View) -> None:
    """How the open households of last month became those of this one, and in which categories they are."""
    if view.months.index(view.month) == 0:
        st.markdown(t("trends.bridge_first", month=view.month_name()))
    else:
        counted = flow_bridge(table, unit="households", place=view.place, first=view.month, last=view.month)
        before = view.months[view.months.index(view.month) - 1]
        steps = [(t("trends.bridge_start", month=view.month_name(view.month)), counted.start, "total")]
        for kind, flows in (("came", counted.came), ("went", counted.went)):
            names = {flow: code_label(codes="case_flow", code=flow, language=language()) for flow in flows}
            steps += [(names[flow], amount, kind) for flow, amount in flows.items()]
        steps.append((t("trends.bridge_end", month=view.month_name()), counted.end, "total"))
        figure = bridge(pd.DataFrame(steps, columns=["label", "amount", "kind"]), height=None, text=WALL_TEXT)
        reading = t("meeting.bridge", month=view.month_name(), before=view.month_name(before))
        chart.show(figure, reading=reading, key="wall_chart_bridge")
    _categories(view)


def _categories(view: View) -> None:
    metric = load_metrics()["open_households"]
    if not view_state.divides(metric, "category"):
        return
    households, persons = (
        view_state.breakdown(metric=f"open_{unit}", by=("category",)).at(place=view.place, month=view.month)
        for unit in ("households", "persons")
    )
    with st.container(horizontal=True, gap="medium", key="wall_categories"):
        for code in load_codes()["monitor_category"]:
            name = code_label(codes="monitor_category", code=code, language=language())
            st.metric(name, tile.both(households.get(code, 0), persons.get(code, 0), metric=metric))


@part
def rules(view: View) -> None:
    """The rules that give points in most red households."""
    if view.edition is not None or view.current.stale:
        return
    counts = door.read(read_rule_counts, scope=view_state.scope().narrowed(view.place), on=view.on)
    shown = counts[counts["red"] > 0].sort_values(["red", "rule"], ascending=[False, True], kind="stable").head(_RULES)
    labels = {rule.id: rule.label[language()] for rule in door.rulebook().rules}
    rows = pd.DataFrame({"label": [labels[rule] for rule in shown["rule"]], "red": shown["red"].tolist()})
    series = Series("red", load_metrics()["red_households"].label[language()], LAMPS["red"])
    if not rows.empty:
        figure = bars(rows, series=[series], height="fill", text=WALL_TEXT)
        chart.show(figure, reading=t("meeting.rules"), key="wall_chart_rules")


@part
def waiting(table: MetricTable, view: View) -> None:
    """What waits, by place in the order of its code: nobody is ranked by it."""
    metrics = {key: matter.metric for key, matter in load_dispatch_matters().items()}
    found = pd.DataFrame(
        [
            {"label": township_picker.short_name(view.name(code))}
            | {key: table.value(key, place=code, month=view.month) for key in metrics}
            for code in view.children(view.place)
        ]
    )
    rows = found if found.empty else found[found[list(metrics)].sum(axis=1) > 0]
    if rows.empty:
        return
    series = [
        Series(key, metric.label[language()], colour, pattern=pattern)
        for (key, metric), colour, pattern in zip(metrics.items(), _COLOURS, _PATTERNS, strict=True)
    ]
    figure = bars(rows, series=series, height="fill")
    chart.show(figure, reading=t("meeting.waiting_places"), key="wall_chart_waiting")


@part
def workers(table: MetricTable, view: View) -> None:
    """Off-farm workers by month."""
    metric = load_metrics()["off_farm_workers"]
    rows = pd.DataFrame({metric.key: table.series(metric.key, place=view.place)})
    last = table.value(metric.key, place=view.place, month=view.month)
    series = Series(metric.key, metric.label[language()], STATES["open"])
    figure = lines(rows, series=[series], chosen=view.month, height=None, text=WALL_TEXT)
    reading = t("trend.end", name=metric.label[language()], number=numbers.in_unit(last, metric=metric))
    chart.show(figure, reading=reading, key="wall_chart_workers")
