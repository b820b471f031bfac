"""What the first screen answers beside its name: what changed, through what, and where."""

from data_access.facts.metrics import MetricTable
from pages.shell import heading, kept
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import case_charts, movers


def show(table: MetricTable, view: View) -> None:
    """One sentence, in the heading."""
    heading.answer(kept.value("overview.answer", lambda: _text(table, view)))


def _text(table: MetricTable, view: View) -> str:
    reading = case_charts.flow_reading(table, view)
    places = movers.named(table, view)
    return t("overview.answer", reading=reading, places=places) if places else reading
