"""How townships and departments rank, month by month: what the ranking and the year's assessment show."""

from datetime import date

import pandas as pd

from data_access import door
from data_access.clock import last_day
from data_access.dispatch.departments import read_department_work
from data_access.dispatch.ranking import Kind, Scheme, load_scheme, load_schemes, rank, township_figures
from data_access.facts.metrics import load_ledger_metrics, load_metrics
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View


def scheme(kind: Kind, view: View, *, month: str | None = None) -> Scheme:
    """The scheme in force at the end of a month, by default the chosen one."""
    return load_scheme(kind, on=_until(view, month or view.month))


def townships(view: View, *, month: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rural townships in a month: their figures (one row per township and item), and their ranks."""
    held = scheme("townships", view, month=month)
    places = [code for code in view.children(view.county) if code in view.regions.ranked]
    figures = township_figures(view_state.metric_table(), places=places, month=month, scheme=held)
    return figures, rank(figures, scheme=held)


def departments(view: View, *, month: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The departments in the year up to the end of a month: their figures, and their ranks."""
    figures = door.read(read_department_work, scope=view_state.scope(), on=_until(view, month))
    return figures, rank(figures, scheme=scheme("departments", view, month=month))


def _until(view: View, month: str) -> date:
    return min(last_day(month), view.current.facts.months.cut_off)


def month_before(view: View) -> str | None:
    """The month before the chosen one; None for the first known month, and where an item is not compared with it."""
    position = view.months.index(view.month)
    if not position:
        return None
    before, table = view.months[position - 1], view_state.metric_table()
    items = [item.key for item in scheme("townships", view).items]
    return before if all(table.compares(key, earlier=last_day(before), later=view.on) for key in items) else None


def scheme_words(view: View) -> str:
    """From when the scheme in force holds, what it is based on, and when places are shared."""
    held = scheme("townships", view)
    source = load_schemes()[held.since].reference[language()]
    return t("dispatch.scheme", since=held.since, source=source, told_apart=f"{held.told_apart:g}")


def item_label(key: str) -> str:
    """The name of an item."""
    metric = load_metrics().get(key) or load_ledger_metrics()[key]
    return metric.label[language()]
