"""Months in which a definition changed, that of the rules that judge or what a code means: figures before and after are
not of one definition."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from data_access import door
from data_access.clock import month_number, month_text
from data_access.quality.validation_rules import load_validation_rules
from data_access.risk.rulebook import RuleChange
from data_access.schema.renamed import days_of_change
from pages.shell.texts import language, month_name, t
from pages.shell.view_state import View


def of_rules(*, after: date, until: date) -> dict[str, str]:
    """Month -> what changed in it about rules, bands and their sources, in words; only months in which something
    did."""
    book = door.rulebook()
    by_month: dict[str, list[str]] = {}
    for day in book.changes(after=after, until=until):
        by_month.setdefault(_month(day), []).extend(map(_text, book.changes_on(day)))
    return {month: t("list.separator").join(found) for month, found in by_month.items() if found}


def of_validation_rules(months: Sequence[str]) -> dict[str, str]:
    """Month -> the validation rules with other values from a day of it on, of some months in a row."""
    by_month: dict[str, list[str]] = {}
    for rule in load_validation_rules().values():
        for month in _later(rule.dated_values, months):
            by_month.setdefault(month, []).append(t("breaks.rule", name=rule.label[language()]))
    return {month: t("list.separator").join(changes) for month, changes in sorted(by_month.items())}


def of_categories(months: Sequence[str]) -> dict[str, str]:
    """Month -> that categories of monitored households were renamed or added in it, of some months in a row."""
    return dict.fromkeys(_later(days_of_change("monitor_category"), months), t("breaks.categories"))


def of_line(judged: pd.Series) -> dict[str, str]:
    """Month -> that from then on the income is judged by the line of another year; `judged`: month -> the year of the
    income judged, NA where none is known."""
    years = judged.dropna().astype(int)
    lines = door.rulebook().lines
    return {
        str(month): t("breaks.line", year=int(year), value=lines[int(year)].value)
        for month, year in years[years.ne(years.shift())].iloc[1:].items()
        if int(year) in lines
    }


def together(*changed: Mapping[str, str]) -> dict[str, str]:
    """Several kinds of changes by month, in the order of the months."""
    months = sorted({month for one in changed for month in one})
    return {month: t("list.separator").join(one[month] for one in changed if month in one) for month in months}


def said(reading: str, changed: Mapping[str, str]) -> str:
    """The sentence of a chart, and behind it what its long dashed lines mean, where it has any."""
    if not changed:
        return reading
    told = [t("breaks.in_month", month=month_name(month), changes=changes) for month, changes in changed.items()]
    return f"{reading} {t('breaks.marked', changes=t('list.separator').join(told))}"


def warn(view: View) -> None:
    """Says that figures of lamps cannot be compared with the month before, if something changed in the month."""
    found = of_rules(after=view.on.replace(day=1) - timedelta(days=1), until=view.on)
    for month, changes in found.items() if view.months[0] != view.month else ():
        st.caption(t("breaks.month", month=month_name(month), changes=changes))


def _month(day: date) -> str:
    return month_text(month_number(day))


def _later(days: Iterable[date], months: Sequence[str]) -> list[str]:
    """The months in which days lie, of some in a row without the first: of what was before that nothing is shown."""
    return sorted({month for month in map(_month, days) if month in months[1:]})


def _text(change: RuleChange) -> str:
    name = "" if change.label is None else change.label[language()]
    return t(f"breaks.{change.kind}", name=name)
