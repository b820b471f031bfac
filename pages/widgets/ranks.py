"""How townships and departments rank, month by month: what the ranking and the year's assessment show."""

import pandas as pd

from data_access import door
from data_access.clock import last_day
from data_access.dispatch.departments import read_department_work
from data_access.dispatch.ranking import load_scheme, rank, township_figures
from data_access.facts.metrics import load_ledger_metrics, load_metrics
from pages.shell import view_state
from pages.shell.texts import language
from pages.shell.view_state import View


def townships(view: View, *, month: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rural townships in a month: their figures (one row per township and item), and their ranks."""
    scheme = load_scheme("townships")
    places = [code for code in view.children(view.county) if code in view.regions.ranked]
    table = view_state.metric_table()
    figures = township_figures(table, places=places, month=month, scheme=scheme)
    return figures, rank(figures, scheme=scheme)


def departments(view: View, *, month: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The departments in the year up to the end of a month: their figures, and their ranks."""
    on = min(last_day(month), view.current.facts.months.cut_off)
    figures = door.read(read_department_work, scope=view_state.scope(), on=on)
    return figures, rank(figures, scheme=load_scheme("departments"))


def month_before(view: View) -> str | None:
    """The month before the chosen one; None for the first known month, and where an item is not compared with it."""
    position = view.months.index(view.month)
    if not position:
        return None
    before, table = view.months[position - 1], view_state.metric_table()
    items = [item.key for item in load_scheme("townships")]
    return before if all(table.compares(key, earlier=last_day(before), later=view.on) for key in items) else None


def item_label(key: str) -> str:
    """The name of an item."""
    metric = load_metrics().get(key) or load_ledger_metrics()[key]
    return metric.label[language()]
