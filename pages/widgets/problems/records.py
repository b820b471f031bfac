"""The problems a page shows."""

import pandas as pd

from data_access import clock, door
from data_access.inspection import problems
from pages.shell import view_state
from pages.shell.view_state import View


def all_problems(view: View) -> pd.DataFrame:
    """Every problem at the chosen place, as returned by `problems.read_problems`, judged as of today."""
    here = view_state.scope().narrowed(view.place)
    return door.read_records(problems.read_problems, scope=here, on=clock.today())
