"""What figures are compared with: the last edition, or the previous month if there is none."""

from datetime import date, timedelta

from data_access import door
from data_access.clock import month_number, month_text
from data_access.facts.metrics import MetricTable
from pages.shell import view_state
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import numbers


def change(table: MetricTable, key: str, *, place: str, view: View) -> float | None:
    """The change of a metric since the last edition, or the previous month; None where either value is missing."""
    earlier = view.last_edition
    if earlier is not None and not table.compares(key, earlier=earlier.day, later=view.on):
        return None
    if earlier is None:
        return table.change(key, place=place, month=view.month)
    frozen = door.metric_table(scope=view_state.scope(), edition=earlier.edition_id)
    value = table.value(key, place=place, month=view.month)
    before = frozen.value(key, place=place, month=month_text(month_number(earlier.day)))
    return None if value is None or before is None else value - before


def text(table: MetricTable, key: str, view: View) -> str:
    """The change of a count of households at the chosen place, and since when: 比上月 +23户, 比9-25定稿 +3户.

    Where there is no history to compare it with, that is said.
    """
    number = change(table, key, place=view.place, view=view)
    if number is None and not table.compares(key, earlier=before(view), later=view.on):
        return t("since.no_history")
    amount = t("value.none") if number is None else numbers.change(number)
    return t("since.text", since=words(view), change=amount)


def before(view: View) -> date:
    """The day that figures are compared with."""
    earlier = view.last_edition
    return view.on.replace(day=1) - timedelta(days=1) if earlier is None else earlier.day


def words(view: View) -> str:
    """What the figures are compared with, in words."""
    earlier = view.last_edition
    return t("since.month") if earlier is None else t("since.edition", day=f"{earlier.day.month}-{earlier.day.day}")
