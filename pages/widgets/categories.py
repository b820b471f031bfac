"""The open households and persons of each category, in words."""

from data_access.facts.metrics import load_metrics
from data_access.schema.indicators import load_codes
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import numbers


def of_open(view: View) -> dict[str, str]:
    """Code of a category -> what is said of it; nothing where the figures in view do not tell categories apart."""
    if not view_state.divides(load_metrics()["open_households"], "category"):
        return {}
    households, persons = (
        view_state.breakdown(metric=key, by=("category",)).at(place=view.place, month=view.month)
        for key in ("open_households", "open_persons")
    )
    return {
        code: t(
            "tile.category",
            category=short[language()],
            both=numbers.households_and_persons(households.get(code, 0), persons.get(code, 0)),
        )
        for code, short in load_codes()["monitor_category_short"].items()
    }
