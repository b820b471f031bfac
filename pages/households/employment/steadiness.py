"""Whether work lasts: months in work this year, and people who returned and have not found work again."""

from datetime import date

import pandas as pd
import streamlit as st

from charts.bars import bars
from charts.palette import BRAND, WORK_PLACES
from charts.series import Series
from data_access import door
from data_access.facts.metrics import load_metrics
from data_access.lists import lists
from data_access.schema.limits import limit
from data_access.scope import Scope
from pages.households.employment import words
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import chart, list_link, numbers
from pages.widgets.part import part

_MONTHS_HEIGHT, _HEIGHT = 420, 330
_RETURNED = "returned_not_working"


@part
def months(able: pd.DataFrame, view: View) -> None:
    """Months in work this year of people able and willing to work; `able` as returned by `read_able_members`."""
    view.require("able_members")
    if able.empty:
        st.markdown(t("employment.nobody_able"))
        return
    possible = [str(number) for number in range(view.on.month + 1)]
    rows = able.groupby("months_worked")[["persons"]].sum().reindex(possible, fill_value=0)
    rows["label"] = [words.label("months_worked", number) for number in possible]
    series = [Series(column="persons", name=load_metrics()["able_members"].label[language()], colour=BRAND)]
    figure = bars(rows, series=series, height=_MONTHS_HEIGHT)
    lists = list_link.of_bars("able_members", view=view, column="months_worked", codes=possible)
    reading = _months_reading(able, none=rows["persons"].iloc[0])
    chart.show(figure, reading=reading, key="months_worked", lists=lists)
    with st.container(horizontal=True, gap="medium"):
        list_link.show("able_members", view=view)
        list_link.show("able_members", view=view, text=rows["label"].iloc[0], only={"months_worked": "0"})


@part
def returned(view: View, *, scope: Scope) -> None:
    """People who returned from work off the farm and are not in work, by where they had worked."""
    counts = door.read(lists.read_breakdown, scope=scope, metric=_RETURNED, by=("place",), on=view.on)
    if counts.empty:
        st.markdown(t("employment.nobody_returned", months=_looked_back(view.on)))
        return
    rows = counts.set_index("place").reindex([*WORK_PLACES, *counts.loc[counts["place"].isna(), "place"]])
    rows = rows.fillna({"amount": 0}).assign(label=[words.label("work_place", place) for place in rows.index])
    series = [Series(column="amount", name=load_metrics()[_RETURNED].label[language()], colour=BRAND)]
    reading = t(
        "employment.returned_reading",
        persons=words.persons(rows["amount"].sum()),
        months=_looked_back(view.on),
        place=rows["label"].iloc[int(rows["amount"].argmax())],
        most=words.persons(rows["amount"].max()),
    )
    reading = f"{reading} :orange-badge[{t('badge.placeholder')}]"
    own = list_link.of_bars(_RETURNED, view=view, column="place", codes=rows.index)
    chart.show(bars(rows, series=series, height=_HEIGHT), reading=reading, key="returned", lists=own)
    list_link.show(_RETURNED, view=view)


def _months_reading(able: pd.DataFrame, *, none: int) -> str:
    worked = able["worked"].sum()
    average = t("value.none") if worked == 0 else numbers.one_decimal(able["months"].sum() / worked)
    said = t(
        "employment.months_reading",
        average=average,
        worked=words.persons(worked),
        none=words.persons(none),
        base=words.persons(able["persons"].sum()),
    )
    return f"{said} :orange-badge[{t('metric.to_confirm')}]"


def _looked_back(on: date) -> int:
    return limit("returned_within_months", on=on)
