"""Public-welfare posts: which kinds, and how many from month to month."""

import pandas as pd
import streamlit as st

from charts.bars import bars
from charts.lines import lines
from charts.palette import BRAND
from charts.series import Series
from data_access.clock import last_day
from data_access.facts.metrics import MetricTable, load_metrics
from pages.households.employment import words
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import chart, list_link, numbers
from pages.widgets.part import part

_HEIGHT = 330
_POSTS = "public_post_workers"


@part
def kinds(work: pd.DataFrame, view: View) -> None:
    """Workers by kind of post, largest first. `work`: channel, post_kind, amount."""
    view.require("workers_in_work", by=("channel", "post_kind"))
    posts = work[work["channel"] == "public_post"]
    if posts.empty:
        st.markdown(t("employment.no_posts"))
        return
    rows = posts.groupby("post_kind", dropna=False)[["amount"]].sum()
    rows = rows.sort_values("amount", ascending=False, kind="stable")
    rows["label"] = [words.label("post_kind", kind) for kind in rows.index]
    reading = t(
        "employment.posts_reading",
        posts=words.persons(rows["amount"].sum()),
        kind=rows["label"].iloc[0],
        share=words.share(rows["amount"].iloc[0], rows["amount"].sum()),
    )
    public = ("workers_in_work", {"channel": "public_post"})
    lists = list_link.of_bars(public, view=view, column="post_kind", codes=rows.index)
    figure = bars(rows, series=[_series("amount")], height=_HEIGHT)
    chart.show(figure, reading=reading, key="post_kinds", lists=lists, longest_first=True)
    list_link.show("workers_in_work", view=view, text=_label(), only={"channel": "public_post"})


@part
def trend(table: MetricTable, view: View) -> None:
    """Posts by month, compared with the preceding December."""
    rows = pd.DataFrame({_POSTS: table.series(_POSTS, place=view.place)})
    december = f"{int(view.month[:4]) - 1}-12"
    compared = table.compares(_POSTS, earlier=last_day(december), later=view.on)
    if december in view.months and compared:
        then = table.count(_POSTS, place=view.place, month=december)
        change = numbers.change(table.count(_POSTS, place=view.place, month=view.month) - then)
        reading = t("employment.posts_trend", month=view.month_name(december), change=change)
    else:
        reading = t("employment.posts_trend_first", month=view.month_name())
    figure = lines(rows, series=[_series(_POSTS)], chosen=view.month, height=_HEIGHT)
    lists = list_link.of_months(_POSTS, view=view, months=rows.index)
    chart.show(figure, reading=reading, key="posts_trend", lists=lists)


def _series(column: str) -> Series:
    return Series(column=column, name=_label(), colour=BRAND)


def _label() -> str:
    return load_metrics()[_POSTS].label[language()]
