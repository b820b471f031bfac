"""How monitoring developed and what it is due to: two charts, each with one computed sentence."""

import pandas as pd
import streamlit as st

from charts.case_trend import case_trend
from charts.cause_bars import cause_bars
from charts.layout import CONFIG
from data_access.indicators import code_label
from data_access.metrics import Breakdown, MetricTable, load_metrics
from pages.components import numbers
from pages.components.texts import language, month_name, t
from pages.components.view import View

_TREND = {"monitored": "monitored_households", "eliminated": "eliminated_households", "open": "open_households"}
_CAUSES_SHOWN = 6
_HEIGHT = 290


def trend(table: MetricTable, now: View) -> None:
    """Monitored, eliminated and open households by month, with what changed and where it came from."""
    lines = pd.DataFrame({name: table.series(key, place=now.place) for name, key in _TREND.items()})
    names = {name: load_metrics()[key].label[language()] for name, key in _TREND.items()}
    st.markdown(_trend_reading(table, now))
    st.plotly_chart(case_trend(lines, names=names, chosen=now.month, height=_HEIGHT), config=CONFIG, key="case_trend")


def causes(by_cause: Breakdown, now: View) -> None:
    """The main cause of every monitored household; `by_cause` breaks them down by cause and state."""
    counts = by_cause.at(place=now.place, month=now.month)
    if counts.empty:
        st.markdown(t("causes.none"))
        return
    ordered = counts.groupby("cause").sum().sort_values(ascending=False, kind="stable")
    shown = ordered.head(_CAUSES_SHOWN).index
    bars = counts.unstack("state", fill_value=0).reindex(index=shown, columns=["open", "eliminated"], fill_value=0)
    bars["label"] = [code_label(codes="cause", code=cause, language=language()) for cause in shown]
    st.markdown(_cause_reading(ordered))
    names = {state: load_metrics()[f"{state}_households"].label[language()] for state in ("open", "eliminated")}
    st.plotly_chart(cause_bars(bars, names=names, height=_HEIGHT), config=CONFIG, key="cause_bars")


def _trend_reading(table: MetricTable, now: View) -> str:
    change = table.change("open_households", place=now.place, month=now.month)
    if change is None:
        return t("trend.reading_first", month=month_name(now.month))
    flows = {
        name: numbers.count(table.count(f"{name}_households", place=now.place, month=now.month))
        for name in ("identified", "rolled_back", "newly_eliminated")
    }
    direction = "up" if change > 0 else "down" if change < 0 else "same"
    return t(f"trend.reading_{direction}", change=numbers.count(abs(change)), **flows)


def _cause_reading(ordered: pd.Series) -> str:
    total = int(ordered.sum())
    first = code_label(codes="cause", code=str(ordered.index[0]), language=language())
    share = numbers.share(100 * ordered.iloc[0] / total)
    return t("causes.reading", cause=first, share=share, households=numbers.count(total))
