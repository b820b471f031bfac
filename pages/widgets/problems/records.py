"""The problems a page speaks of, and the words for their codes."""

import pandas as pd

from data_access import door
from data_access.clues.departments import read_departments
from data_access.files import export
from data_access.inspection import problems
from pages.shell import view_state
from pages.shell.texts import language
from pages.shell.view_state import View


def all_problems(view: View) -> pd.DataFrame:
    """Every problem at the chosen place, as `problems.read_problems` gives them, judged today."""
    return problems.read_problems(door.ledger(), scope=view_state.scope().narrowed(view.place), on=export.today())


def departments() -> dict[str, str]:
    """The names of departments by their code."""
    rows = door.read(read_departments, scope=view_state.scope(), language=language())
    return dict(zip(rows["code"], rows["name"], strict=True))
