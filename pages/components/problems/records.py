"""The problems a page speaks of, and the words for their codes."""

import pandas as pd

from data_access import cached, export
from data_access.departments import read_departments
from data_access.inspection import problems
from pages.components import view
from pages.components.texts import language
from pages.components.view import View


def all_problems(now: View) -> pd.DataFrame:
    """Every problem at the chosen place, as `problems.read_problems` gives them, judged today."""
    return problems.read_problems(cached.ledger(), scope=view.scope().narrowed(now.place), on=export.today())


def departments() -> dict[str, str]:
    """The names of departments by their code."""
    rows = cached.read(read_departments, scope=view.scope(), language=language())
    return dict(zip(rows["code"], rows["name"], strict=True))
