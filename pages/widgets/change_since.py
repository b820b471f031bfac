"""What figures are compared with: the last edition, or the previous month if there is none."""

from datetime import date, timedelta

from data_access import door
from data_access.clock import month_number, month_text
from data_access.dispatch.editions import EditionHead
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
    return _since(earlier, table.value(key, place=place, month=view.month), key=key, place=place)


def corrected(table: MetricTable, key: str, *, place: str, view: View) -> float | None:
    """How much of that change is correction: by how much the data of now differ from the last edition for its own day.
    None without an edition, or where it was made before the end of its month, for which alone there is a figure."""
    earlier = view.last_edition
    if earlier is None or (earlier.day + timedelta(days=1)).day != 1:
        return None
    return _since(earlier, table.value(key, place=place, month=_month(earlier)), key=key, place=place)


def _since(earlier: EditionHead, value: float | None, *, key: str, place: str) -> float | None:
    frozen = door.metric_table(scope=view_state.scope(), edition=earlier.edition_id)
    before = frozen.value(key, place=place, month=_month(earlier))
    return None if value is None or before is None else value - before


def _month(edition: EditionHead) -> str:
    return month_text(month_number(edition.day))


def text(table: MetricTable, key: str, view: View) -> str:
    """The change of a count of households at the chosen place, since when, and how much of it is correction of what the
    edition says: 比上月 +23户, 比9-30定稿 −76户（含更正 +3）.

    Where there is no history to compare it with, that is said.
    """
    number = change(table, key, place=view.place, view=view)
    if number is None:
        return t("since.no_history")
    said = t("since.text", since=words(view), change=numbers.change(number))
    own = corrected(table, key, place=view.place, view=view)
    return t("since.corrected", change=said, corrected=numbers.change(own)) if own else said


def before(view: View) -> date:
    """The day that figures are compared with."""
    earlier = view.last_edition
    return view.on.replace(day=1) - timedelta(days=1) if earlier is None else earlier.day


def words(view: View) -> str:
    """What the figures are compared with, in words."""
    earlier = view.last_edition
    return t("since.month") if earlier is None else t("since.edition", day=f"{earlier.day.month}-{earlier.day.day}")
