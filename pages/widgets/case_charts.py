"""How monitoring developed and its causes: two charts, each with one computed sentence, as high as the stylesheet has
them (`pages/shell/board.css`)."""

from itertools import takewhile

import pandas as pd
import streamlit as st

from charts.bars import bars
from charts.lines import lines
from charts.palette import STATE_DASHES, STATES
from charts.series import Series
from data_access.facts.metrics import Breakdown, MetricTable, load_metrics
from data_access.schema.indicators import code_label
from pages.shell import kept
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import breaks, chart, list_link, numbers
from pages.widgets.part import part

_CAUSES_SHOWN = 4


@kept.part
@part
def trend(table: MetricTable, view: View, *, reading: str | None = None, text: int | None = None) -> None:
    """Monitored, eliminated and open households by month, with what changed and where the change came from.

    Args:
        reading: the sentence above, if not that of `flow_reading`.
        text: pixels of the letters, where they are not the usual ones.
    """
    rows = pd.DataFrame({state: table.series(f"{state}_households", place=view.place) for state in STATES})
    ends = {state: t("trend.end", name=_series(state).name, number=_last(rows[state])) for state in STATES}
    changed = breaks.of_categories(view.months)
    series = [_series(state) for state in STATES]
    figure = lines(rows, series=series, chosen=view.month, breaks=changed, height=None, ends=ends, text=text)
    lists = list_link.of_months(*(f"{state}_households" for state in STATES), view=view, months=rows.index)
    reading = breaks.said(reading or flow_reading(table, view), changed)
    chart.show(figure, reading=reading, key="case_trend", lists=lists)


@kept.part
@part
def causes(by_cause: Breakdown, view: View, *, text: int | None = None) -> None:
    """The main cause of every monitored household; `by_cause` breaks them down by cause and state."""
    counts = by_cause.at(place=view.place, month=view.month)
    if counts.empty:
        st.markdown(t("causes.none"))
        return
    ordered = counts.groupby("cause").sum().sort_values(ascending=False, kind="stable")
    shown = ordered.head(_CAUSES_SHOWN).index
    rows = counts.unstack("state", fill_value=0).reindex(index=shown, columns=["open", "eliminated"], fill_value=0)
    rows["label"] = [code_label(codes="cause", code=cause, language=language()) for cause in shown]
    figure = bars(rows, series=[_series("open"), _series("eliminated")], height="fill", named=True, text=text)
    lists = list_link.of_bars("open_households", "eliminated_households", view=view, column="cause", codes=shown)
    chart.show(figure, reading=_cause_reading(ordered), key="cause_bars", lists=lists, longest_first=True)


def faster_reading(table: MetricTable, view: View) -> str:
    """What the lines show: since which month more households left the open ones than came to them, if they do."""
    months = view.months[: view.months.index(view.month) + 1]
    change = {month: table.change("open_households", place=view.place, month=month) for month in months}
    falling = list(takewhile(lambda month: (change[month] or 0) < 0, reversed(months)))
    return t("trend.falling", month=view.month_name(falling[-1])) if len(falling) > 1 else t("trend.by_month")


def _last(values: pd.Series) -> str:
    known = values.dropna()
    return t("value.none") if known.empty else numbers.count(known.iloc[-1])


def _series(state: str) -> Series:
    name = load_metrics()[f"{state}_households"].label[language()]
    return Series(column=state, name=name, colour=STATES[state], dash=STATE_DASHES[state])


def flow_reading(table: MetricTable, view: View) -> str:
    """The change of the open households since the month before, and through what they came and went."""
    change = table.change("open_households", place=view.place, month=view.month)
    if change is None:
        return t("trend.reading_first", month=view.month_name())
    flows = {
        name: numbers.count(table.value(f"{name}_households", place=view.place, month=view.month))
        for name in ("identified", "rolled_back", "newly_eliminated", "ended")
    }
    direction = "up" if change > 0 else "down" if change < 0 else "same"
    return t(f"trend.reading_{direction}", change=numbers.count(abs(change)), **flows)


def _cause_reading(ordered: pd.Series) -> str:
    total = int(ordered.sum())
    first = code_label(codes="cause", code=str(ordered.index[0]), language=language())
    share = numbers.share(100 * ordered.iloc[0] / total)
    return t("causes.reading", cause=first, share=share, households=numbers.count(total))
