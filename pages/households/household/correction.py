"""Correcting an indicator of the household; the form is that of a selection from a list."""

import streamlit as st

from data_access.reports import records
from data_access.warnings.explanation import Explanation
from pages.households.household import known
from pages.shell import identity
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import correction_form, record_form
from pages.widgets.part import part


@part
def show(household_id: str, *, village_code: str, why: Explanation, view: View) -> None:
    """The form, with the indicators that give most points first; nothing for whoever may not record, and where no rule
    reads anything."""
    record_form.of(correction_form.NAME).say()
    rules = (one.rule for one in sorted(why.assessments, key=lambda one: -(one.points or 0)))
    columns = correction_form.columns_of(rules)
    if not identity.may(records.ACTION) or not columns:
        return
    home = known.row(household_id, village_code=village_code)
    with st.expander(t("corrections.form"), icon=":material/rule:"):
        correction_form.show(home, columns=columns, view=view)
