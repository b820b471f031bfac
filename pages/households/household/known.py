"""What the data say of the household on the day in view. Parts of the page ask it themselves, so that one that is kept
(`pages.shell.kept`) is drawn anew when the answer is another one."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from data_access import door
from data_access.cases import elimination
from data_access.cases.elimination import Watched
from data_access.households import file
from data_access.scope import Scope
from data_access.warnings import explanation
from data_access.warnings.explanation import Explanation
from pages.shell import kept
from pages.shell.texts import language
from pages.shell.view_state import View


def row(household_id: str, *, village_code: str) -> pd.DataFrame:
    """The household as the only row of a selection, for the forms that record something of one."""
    of_one = {"household_id": [household_id], "village_code": [village_code]}
    return kept.value(("row", household_id), lambda: pd.DataFrame(of_one), everywhere=True)


def home(household_id: str, *, scope: Scope, view: View) -> Mapping[str, Any] | None:
    """Who it is; None outside the scope. As `file.read_household` returns it."""
    return door.read(file.read_household, scope=scope, household_id=household_id, on=view.on, language=language())


def why(household_id: str, *, scope: Scope, view: View) -> Explanation | None:
    """What the rules say of it; None while it is not on the register."""
    return door.read(explanation.read_explanation, scope=scope, household_id=household_id, on=view.on)


def watched(household_id: str, *, scope: Scope, view: View) -> Watched | None:
    """The case under which it is watched; None if there is none."""
    return door.read(elimination.read_watched, scope=scope, household_id=household_id, on=view.on)


def on_register(household_id: str, *, scope: Scope, view: View) -> tuple[Mapping[str, Any], Explanation]:
    """Who it is, and what the rules say of it; the page asks before whether it is on the register."""
    found, said = home(household_id, scope=scope, view=view), why(household_id, scope=scope, view=view)
    if found is None or said is None:  # a load took it off in this moment
        st.rerun()
    return found, said
