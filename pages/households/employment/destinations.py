"""Where the workers of lifted-out households work and through which channel, at present and from month to month."""

import pandas as pd
import streamlit as st

from charts.bars import bars
from charts.lines import lines
from charts.palette import WORK_CHANNEL_PATTERNS, WORK_CHANNELS, WORK_PLACE_DASHES, WORK_PLACES
from charts.series import Series
from data_access.facts.metrics import Breakdown, MetricTable
from data_access.lists.lists import NOT_RECORDED
from pages.households.employment import words
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import chart, list_link, numbers
from pages.widgets.part import part

_HEIGHT = 330
_UNSTATED = "-"
"""The bar of workers whose place was not stated."""


@part
def note(counted: Breakdown, work: pd.DataFrame, table: MetricTable, view: View) -> None:
    """What the headline includes, with and without what others might count, and who is in work through no known
    channel; `work` as returned by `wages.read_work`."""
    by_channel = counted.at(place=view.place, month=view.month, by=("channel",))
    total = table.count("off_farm_workers", place=view.place, month=view.month)
    posts = table.count("public_post_workers", place=view.place, month=view.month)
    parts = dict.fromkeys(WORK_CHANNELS, t("figure.not_collected"))
    parts |= {channel: words.persons(by_channel.get(channel, 0)) for channel in _told_apart(counted, view)}
    said = t("employment.note", **parts, total=words.persons(total), with_posts=words.persons(total + posts))
    unstated = work.loc[work["channel"].isna(), "amount"].sum()
    if unstated:
        said = f"{said} {t('employment.channel_unstated', workers=words.persons(unstated))}"
    st.markdown(f"{said} :orange-badge[{t('metric.to_confirm')}]")


@part
def by_place(counted: Breakdown, table: MetricTable, view: View) -> None:
    """One bar per place, divided by channel; workers whose place was not stated have a bar of their own."""
    counts = counted.at(place=view.place, month=view.month)
    total = table.count("off_farm_workers", place=view.place, month=view.month)
    if total == 0:
        st.markdown(t("employment.nobody_off_farm"))
        return
    by_channel = counts.unstack("channel", fill_value=0)
    unstated = by_channel[by_channel.index.isna()].sum().reindex([*WORK_CHANNELS], fill_value=0)
    told = _told_apart(counted, view)
    rows = by_channel.reindex(index=[*WORK_PLACES], columns=[*WORK_CHANNELS], fill_value=0)
    rows["label"] = [words.label("work_place", place) for place in rows.index]
    known = rows[list(WORK_CHANNELS)].sum(axis=1)
    if unstated.sum():
        rows.loc[_UNSTATED] = {**unstated.to_dict(), "label": t("value.not_stated")}
    figure = bars(rows, series=[_channel(name) for name in told], height=_HEIGHT)
    drawn = [("off_farm_workers", {"channel": channel}) for channel in told]
    places = [place if place in WORK_PLACES else NOT_RECORDED for place in rows.index]
    lists = list_link.of_bars(*drawn, view=view, column="place", codes=places)
    chart.show(figure, reading=_reading(known, total=total), key="destinations", lists=lists)
    with st.container(horizontal=True, gap="medium"):
        list_link.show("off_farm_workers", view=view)
        for channel in told:
            label = words.label("work_channel", channel)
            list_link.show("off_farm_workers", view=view, text=label, only={"channel": channel})
        for place in WORK_PLACES:
            label = words.label("work_place", place)
            list_link.show("off_farm_workers", view=view, text=label, only={"place": place})


@part
def trend(counted: Breakdown, table: MetricTable, view: View) -> None:
    """One line per place, by month."""
    months = {month: counted.at(place=view.place, month=month, by=("place",)) for month in view.months}
    rows = pd.DataFrame(months).T.reindex(columns=list(WORK_PLACES), fill_value=0).fillna(0)
    series = [
        Series(column=place, name=words.label("work_place", place), colour=colour, dash=WORK_PLACE_DASHES[place])
        for place, colour in WORK_PLACES.items()
    ]
    figure = lines(rows, series=series, chosen=view.month, height=_HEIGHT)
    drawn = [("off_farm_workers", {"place": place}) for place in WORK_PLACES]
    lists = list_link.of_months(*drawn, view=view, months=rows.index)
    chart.show(figure, reading=_trend_reading(rows, table, view), key="destinations_trend", lists=lists)


def _told_apart(counted: Breakdown, view: View) -> tuple[str, ...]:
    """The channels that the database tells apart. A mapping may know some of them only: one through which nobody here
    ever worked is not collected, which is not nobody."""
    coverage = view.current.facts.version.coverage
    if coverage is None or not coverage.is_mapped:
        return tuple(WORK_CHANNELS)
    months = [counted.at(place=view.place, month=month, by=("channel",)) for month in view.months]
    return tuple(channel for channel in WORK_CHANNELS if any(one.get(channel, 0) for one in months))


def _channel(name: str) -> Series:
    return Series(
        column=name,
        name=words.label("work_channel", name),
        colour=WORK_CHANNELS[name],
        pattern=WORK_CHANNEL_PATTERNS[name],
    )


def _reading(places: pd.Series, *, total: int) -> str:
    first = str(places.idxmax())
    said = t(
        "employment.destinations_reading",
        workers=words.persons(total),
        place=words.label("work_place", first),
        share=words.share(places[first], total),
        near=words.share(places["township"] + places["county"], total),
    )
    unknown = total - int(places.sum())
    return said if unknown == 0 else f"{said} {t('employment.place_unknown', workers=words.persons(unknown))}"


def _trend_reading(rows: pd.DataFrame, table: MetricTable, view: View) -> str:
    change = table.change("off_farm_workers", place=view.place, month=view.month)
    if change is None:
        return t("employment.trend_first", month=view.month_name())
    by_place = rows.diff().loc[view.month].astype(float).to_dict()
    place = max(by_place, key=lambda place: by_place[place] * (1 if change > 0 else -1))
    return t(
        f"employment.trend_{words.change_key(change)}",
        change=words.persons(abs(change)),
        place=words.label("work_place", place),
        place_change=numbers.change(by_place[place]),
    )
