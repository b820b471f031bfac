"""The day for which the page says which rules are in force."""

from datetime import date

from data_access import door
from data_access.clock import today
from data_access.errors import AppError
from pages.shell import view_state


def read() -> date:
    """The day of the view; today where no data can be read, because the rules can be read without."""
    try:
        door.current_facts()
    except AppError:
        return today()
    return view_state.current().on
