"""Open cases by category, by cause and by place: small multiples, each set on a common scale and never ranked."""

from collections.abc import Mapping, Sequence
from html import unescape
from math import isnan

import pandas as pd
import streamlit as st

from charts.layout import plain
from charts.small_multiples import small_multiples
from data_access.facts.metrics import Breakdown, Metric, MetricTable, load_metrics
from data_access.schema.indicators import code_label, load_codes
from pages.shell.texts import language, t
from pages.shell.view_state import MONTH, View
from pages.widgets import breaks, chart, list_link, numbers
from pages.widgets.part import part

PLACES_SHOWN = 28
"""As many as the district has townships; of more villages, the first by code are shown and the rest counted."""

_COLUMNS = {"monitor_category": "category", "cause": "cause"}
"""The column of the lists that a code list belongs to."""

_WIDTH, _HEIGHT = 400, 180
_LINE_BREAK = "<br>"


@part
def groups(by_group: Breakdown, view: View, *, codes: str, unit: str, beside: int) -> None:
    """One panel for each code of a list that any open case has; `by_group` breaks the open cases down by it, `beside`
    is the number of panels in one figure."""
    months = view.months[: view.months.index(view.month) + 1]
    counts = pd.DataFrame({month: by_group.at(place=view.place, month=month) for month in months}).T.fillna(0)
    found = [code for code in load_codes()[codes] if code in counts.columns]
    if not found:
        st.markdown(t("trends.no_open"))
        return
    metric = load_metrics()[f"open_{unit}"]
    last = counts.iloc[-1]
    names = {code: code_label(codes=codes, code=code, language=language()) for code in found}
    titles = [t("trends.panel", name=names[code], value=numbers.in_unit(last[code], metric=metric)) for code in found]
    rows = counts[found].set_axis(titles, axis="columns")
    first = str(last[found].idxmax())
    reading = t(
        "trends.groups_reading",
        group=names[first],
        value=numbers.in_unit(last[first], metric=metric),
        share=numbers.share(100 * last[first] / last.sum() if last.sum() else None),
    )
    st.markdown(breaks.said(reading, breaks.of_categories(months)))
    opens = [list_link.parameters(metric.key, view=view, only={_COLUMNS[codes]: code}) for code in found]
    _draw(rows, key=f"trends_{codes}", unit=metric.unit, beside=beside, opens=opens)


@part
def places(table: MetricTable, view: View, *, unit: str) -> None:
    """One panel per place below the chosen one, in the order of their codes."""
    below = view.children(view.place)
    if not below:
        st.markdown(t("table.no_places_below"))
        return
    metric = load_metrics()["open_share" if unit == "households" else "open_person_share"]
    shown = below[:PLACES_SHOWN]
    rows = pd.DataFrame({place: table.series(metric.key, place=place) for place in shown}).loc[: view.month]
    titles = [_title(plain(view.name(place)), rows[place].iloc[-1], metric=metric) for place in shown]
    reading = _places_reading(rows, left_out=len(below) - len(shown), metric=metric, view=view)
    st.markdown(breaks.said(reading, breaks.of_categories(list(rows.index))))
    opens = [list_link.parameters(metric.key, view=view, place=place) for place in shown]
    _draw(rows.set_axis(titles, axis="columns"), key="trends_places", unit=metric.unit, beside=2, opens=opens)


def _draw(panels: pd.DataFrame, *, key: str, unit: str, beside: int, opens: Sequence[Mapping[str, str]]) -> None:
    """Figures of one or two panels, which fit on a phone, as many side by side as there is room for; all on one
    scale. `opens`: the link of the list of each panel, but for its month."""
    top, changed = panels.max().max(), breaks.of_categories(list(panels.index))
    with st.container(horizontal=True, gap=None):
        for number in range(0, panels.shape[1], beside):
            part = panels.iloc[:, number : number + beside]
            figure = small_multiples(part, columns=beside, top=top, height=_HEIGHT, unit=unit, breaks=changed)
            alt = unescape(t("list.separator").join(part.columns).replace(_LINE_BREAK, " "))
            lists = {
                (panel, point): {**opens[number + panel], MONTH: month}
                for panel in range(part.shape[1])
                for point, month in enumerate(part.index)
            }
            chart.draw(figure, key=f"{key}_{number}", alt=alt, width=_WIDTH, lists=lists)


def _title(name: str, value: float, *, metric: Metric) -> str:
    text = t("map.no_households") if isnan(value) else numbers.in_unit(value, metric=metric)
    return t("trends.panel", name=name, value=text)


def _places_reading(rows: pd.DataFrame, *, left_out: int, metric: Metric, view: View) -> str:
    last = rows.iloc[-1].dropna()
    low, high = (None, None) if last.empty else (last.min(), last.max())
    reading = t(
        "trends.places_reading",
        metric=metric.label[language()],
        places=rows.shape[1],
        first=view.month_name(rows.index[0]),
        last=view.month_name(rows.index[-1]),
        low=numbers.in_unit(low, metric=metric),
        high=numbers.in_unit(high, metric=metric),
    )
    return f"{reading} {t('trends.left_out', places=left_out)}" if left_out else reading
