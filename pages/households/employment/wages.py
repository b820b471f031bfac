"""What work off the farm pays, by band and by industry."""

import pandas as pd
import streamlit as st

from charts.bars import bars
from charts.palette import BRAND, WORK_CHANNELS
from charts.series import Series
from data_access import door
from data_access.facts.metrics import load_metrics
from data_access.lists import lists
from data_access.schema.indicators import load_codes
from data_access.scope import Scope
from pages.households.employment import words
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import chart, list_link, numbers
from pages.widgets.part import part

_HEIGHT = 370
_DIVIDED = ("channel", "post_kind", "wage_band")


def read_work(view: View, *, scope: Scope) -> pd.DataFrame:
    """Workers by channel, kind of post and wage band, as far as they are collected; amount. Empty where work is not."""
    metric, coverage = load_metrics()["workers_in_work"], view.current.facts.version.coverage
    if not view_state.collects(metric):
        return pd.DataFrame(columns=[*_DIVIDED, "amount"])
    by = tuple(column for column in _DIVIDED if metric.divides(column, coverage=coverage))
    return door.read(lists.read_breakdown, scope=scope, metric=metric.key, by=by, on=view.on)


@part
def bands(work: pd.DataFrame, view: View) -> None:
    """Workers off the farm by wage band; those without a known wage are mentioned, not drawn. `work`: channel,
    wage_band, amount."""
    view.require("waged_workers", by=("wage_band",))
    off_farm = work[work["channel"].isin(WORK_CHANNELS)]
    known = off_farm.dropna(subset="wage_band")
    if known.empty:
        st.markdown(t("employment.no_wages"))
        return
    found = known.groupby("wage_band")[["amount"]].sum()
    rows = found.reindex(list(load_codes()["wage_band"]), fill_value=0)
    rows["label"] = [words.label("wage_band", band) for band in rows.index]
    series = [Series(column="amount", name=load_metrics()["waged_workers"].label[language()], colour=BRAND)]
    most = int(rows["amount"].argmax())
    total = rows["amount"].sum()
    reading = t(
        "employment.bands_reading",
        known=words.persons(total),
        unknown=words.persons(off_farm["amount"].sum() - total),
        band=rows["label"].iloc[most],
        share=words.share(rows["amount"].iloc[most], total),
    )
    lists = list_link.of_bars("waged_workers", view=view, column="wage_band", codes=rows.index)
    chart.show(bars(rows, series=series, height=_HEIGHT), reading=reading, key="wage_bands", lists=lists)
    with st.container(horizontal=True, gap="medium"):
        list_link.show("waged_workers", view=view)
        lowest = str(rows.index[0])
        list_link.show("waged_workers", view=view, text=words.label("wage_band", lowest), only={"wage_band": lowest})


@part
def industries(wages: pd.DataFrame, view: View) -> None:
    """The median wage of each industry for which enough wages are known; `wages` as returned by `read_wages`."""
    view.require("waged_workers", by=("industry",))
    rows = wages.dropna(subset="median").sort_values(["median", "industry"], ascending=[False, True])
    if rows.empty:
        st.markdown(t("employment.no_wages"))
        return
    names = [words.label("industry", code) for code in rows["industry"]]
    rows["label"] = [
        t("employment.industry", industry=name, workers=words.persons(known))
        for name, known in zip(names, rows["wage_known"], strict=True)
    ]
    rows["median"] = rows["median"].astype(int)
    series = [Series(column="median", name=t("employment.median"), colour=BRAND)]
    reading = t(
        "employment.industries_reading",
        high=names[0],
        high_wage=numbers.yuan(rows["median"].iloc[0]),
        low=names[-1],
        low_wage=numbers.yuan(rows["median"].iloc[-1]),
    )
    lists = list_link.of_bars("waged_workers", view=view, column="industry", codes=rows["industry"])
    chart.show(
        bars(rows, series=series, height=_HEIGHT),
        reading=reading,
        key="wage_industries",
        lists=lists,
        longest_first=True,
    )
    st.caption(t("employment.industries_note"))
