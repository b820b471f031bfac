"""The households of the chosen place: all of them, or those a metric counts."""

from data_access.facts.metrics import load_metrics
from data_access.lists.lists import ListRequest
from pages.households.places.division import Division
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import link_choice, list_table

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


def show(view: View, parts: Division | None) -> None:
    """A choice of list, and the list itself."""
    names = {key: load_metrics()[key].label[language()] for key in METRICS}
    metric = link_choice.choose("of", names, label=t("places.list"))
    filters = () if parts is None else parts.filters
    list_table.show(
        ListRequest(metric, view.on, filters=filters), view=view, scope=view_state.scope().narrowed(view.place)
    )
