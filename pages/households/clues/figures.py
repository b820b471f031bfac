"""What was received, what was checked, what waits: the tiles; and the counts of a section, counted once."""

import pandas as pd

from data_access import door
from data_access.facts.metrics import MetricTable, load_metrics
from data_access.lists.figures import read_figures
from data_access.schema.limits import is_placeholder
from pages.shell import view_state
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import change_since, numbers, tile

TILES = ("clues_open", "clues_overdue", "clues_received", "clues_checked")


def tiles(table: MetricTable, view: View) -> None:
    """Waiting clues, overdue clues, and clues received and checked in the month."""
    with tile.row("clues"):
        for key in TILES:
            value = table.value(key, place=view.place, month=view.month)
            before = change_since.change(table, key, place=view.place, view=view)
            change = t("value.none") if before is None else numbers.change(before)
            tile.show(
                load_metrics()[key],
                value=value,
                second=t("clues.tile", since=change_since.words(view), change=change),
                view=view,
            )


def counts(view: View, *, metrics: tuple[str, ...], by: str) -> pd.DataFrame:
    """Metrics at the chosen place by one column of their lists; one row per value of that column."""
    scope = view_state.scope().narrowed(view.place)
    without = view.left_out_of(*metrics)
    return door.read(read_figures, scope=scope, metrics=metrics, by=(by,), on=view.on, without=without)


def limits(*keys: str, view: View) -> str:
    """A badge if one of these limits still waits for a published source; otherwise an empty string."""
    waits = any(is_placeholder(key, on=view.on) for key in keys)
    return f" :orange-badge[{t('badge.placeholder')}]" if waits else ""
