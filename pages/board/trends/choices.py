"""What the reader chooses on the trends page, kept in its link: the unit, how open cases are split, and where the
bridge starts."""

from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import link_choice

_FROM = "from"


def unit() -> str:
    """Households or persons: what the whole page counts."""
    names = {"households": t("trends.unit_households"), "persons": t("trends.unit_persons")}
    return link_choice.choose("unit", names, label=t("trends.unit"))


def split() -> str:
    """How the open cases are split: by the places below the chosen one, or by category and cause. Showing both at once
    would double the cost of the page."""
    names = {"places": t("trends.split_places"), "groups": t("trends.split_groups")}
    return link_choice.choose("split", names, label=t("trends.split"))


def first_month(view: View) -> str | None:
    """The first month of the bridge, January by default; None where nothing is known before the chosen month."""
    months = view.months[1 : view.months.index(view.month) + 1]
    if not months:
        return None
    january = f"{view.month[:4]}-01"
    return link_choice.select(
        _FROM,
        {month: view.month_name(month) for month in months},
        label=t("trends.from"),
        key="trends_from",
        default=january if january in months else months[0],
        width=220,
    )
