"""The figures of the page, counted once by department, month or village, and the columns they appear in."""

import pandas as pd

from data_access import door
from data_access.lists.figures import read_figures
from pages.shell import view_state
from pages.shell.view_state import View
from pages.widgets import figure_table
from pages.widgets.figure_table import Column

COUNTS = (
    "department_clues_received",
    "department_clues_matched",
    "department_clues_unmatched",
    "department_clues_agree",
    "department_clues_conflict",
    "department_clues_not_comparable",
    "department_clues_passed",
    "department_clues_checked",
    "department_clues_checked_in_time",
    "department_clues_led",
)
SHARE = "department_clues_led_share"
COLUMNS = tuple(Column(metric) for metric in (*COUNTS, SHARE))


def counts(view: View, *, by: str) -> pd.DataFrame:
    """Every count at the chosen place; one row per department, month of receipt (2022-09) or village."""
    scope = view_state.scope().narrowed(view.place)
    return door.read(read_figures, scope=scope, metrics=COUNTS, by=(by,), on=view.on)


def total(view: View) -> pd.Series:
    """Every count at the chosen place, all departments together."""
    return figure_table.sums(counts(view, by="department"), of=COUNTS)


def values(row: pd.Series) -> list[float | None]:
    """The figures of a row in the order of `COLUMNS`; a share of nothing is missing."""
    received, led = row["department_clues_received"], row["department_clues_led"]
    share = 100 * led / received if received > 0 and led == led else None
    return [*(figure_table.amount(row[name]) for name in COUNTS), share]
