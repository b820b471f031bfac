"""The households of the chosen place: all of them, or those a metric counts."""

from data_access.metrics import load_metrics
from pages.components import list_table, switch, view
from pages.components.places.division import Division
from pages.components.texts import language, t
from pages.components.view import View

METRICS = (
    "households",
    "monitored_households",
    "open_households",
    "red_households",
    "yellow_households",
    "undetermined_households",
    "red_not_included",
    "measures_overdue",
    "clues_overdue",
    "zero_employment_households",
)
"""What can be listed; all households first."""


def show(now: View, parts: Division | None) -> None:
    """A choice of list, and the list."""
    names = {key: load_metrics()[key].label[language()] for key in METRICS}
    metric = switch.choose("of", names, label=t("places.list"))
    filters = () if parts is None else parts.filters
    list_table.show(metric, now=now, scope=view.scope().narrowed(now.place), filters=filters)
