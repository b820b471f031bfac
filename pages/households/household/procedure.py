"""监测程序: which step the household's cases wait for, who takes it, the form for it; or the form that opens a case."""

import streamlit as st

from data_access.cases import recording
from data_access.schema.indicators import code_label
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import case_forms
from pages.widgets.part import part


@part
def show(household_id: str, *, view: View) -> None:
    """One line per case that is not over, and the form for the next step."""
    cases = case_forms.cases_of([household_id])
    for case in cases:
        due = recording.due_step(case, on=view.on)
        if due is not None:
            flag = f" :orange-badge[{t('household.helped_first')}]" if case["helped_first"] else ""
            st.markdown(
                t(
                    "household.procedure_waits",
                    case=case["case_id"],
                    step=case_forms.step_name(due, view=view),
                    acts=code_label(codes="step_level", code=due.acts, language=language()),
                    found=case["discovered_on"],
                )
                + flag
            )
    if cases:
        case_forms.take_steps([household_id], view=view)
    else:
        st.markdown(t("household.procedure_none"))
        case_forms.open_cases([household_id], view=view)
