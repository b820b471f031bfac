"""The tiles of a section: figures that open their lists."""

from collections.abc import Mapping

from data_access.facts.metrics import load_metrics
from pages.shell.view_state import View
from pages.widgets import tile


def show(values: Mapping[str, float | None], *, second: Mapping[str, str], view: View, badge: str = "") -> None:
    """One tile per metric: `values` by its key, `second` the line below each, `badge` after each of these lines."""
    with tile.row(next(iter(values))):
        for key, value in values.items():
            tile.show(load_metrics()[key], value=value, second=second[key], view=view, badge=badge)
