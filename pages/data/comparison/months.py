"""Clues from departments by the month they were received, as known on the chosen day."""

import pandas as pd

from charts.lines import lines
from charts.palette import BRAND, STATES
from charts.series import Series
from data_access.facts.metrics import load_metrics
from data_access.lists.lists import MONTH
from pages.data.comparison import figures
from pages.shell.texts import language, month_name, t
from pages.shell.view_state import View
from pages.widgets import chart, figure_table, list_link, numbers
from pages.widgets.figure_table import Row

_DRAWN = {
    "department_clues_received": (BRAND, "solid"),
    "department_clues_conflict": (STATES["monitored"], "dash"),
    "department_clues_led": (STATES["eliminated"], "dot"),
}
_HEIGHT = 320


def show(counts: pd.DataFrame, *, view: View) -> None:
    """One line each for clues received, in conflict and leading to a case; and all figures as a table."""
    if counts.empty:
        return
    series = [
        Series(column=key, name=load_metrics()[key].label[language()], colour=colour, dash=dash)
        for key, (colour, dash) in _DRAWN.items()
    ]
    chosen = view.month if view.month in set(counts[MONTH]) else None
    figure = lines(counts.set_index(MONTH), series=series, height=_HEIGHT, chosen=chosen)
    lists = list_link.of_bars(*_DRAWN, view=view, column=MONTH, codes=counts[MONTH])
    chart.show(figure, reading=_reading(counts), key="comparison_months", lists=lists)
    figure_table.show(
        [Row(name=row[MONTH], counts=figures.values(row), only={MONTH: row[MONTH]}) for _, row in counts.iterrows()],
        columns=figures.COLUMNS,
        heading=t("comparison.month"),
        title=t("page.comparison"),
        view=view,
        key="comparison_by_month",
        note=t("comparison.months_note"),
    )


def _reading(counts: pd.DataFrame) -> str:
    received = counts["department_clues_received"]
    most = counts.sort_values("department_clues_received", kind="stable").iloc[-1]
    return t(
        "comparison.months_reading",
        month=month_name(most[MONTH]),
        most=numbers.count(most["department_clues_received"]),
        average=numbers.count(received.mean()),
        led=numbers.count(counts["department_clues_led"].sum()),
    )
