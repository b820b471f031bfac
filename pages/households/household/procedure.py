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
    if not cases:
        st.markdown(t("household.procedure_none"))
        case_forms.open_cases([household_id], view=view)
        return
    for case in cases:
        st.markdown(_line(case, view=view))
    if all(_is_open(case) for case in cases):
        with st.expander(t("household.start_elimination"), icon=":material/task_alt:"):
            case_forms.take_steps([household_id], view=view)
    else:
        case_forms.take_steps([household_id], view=view)


def _is_open(case: case_forms.Case) -> bool:
    """Whether a case is open and nobody has begun to eliminate it: then it waits for nothing but help."""
    return case["identified_on"] is not None and case["elimination_checked_on"] is None


def _line(case: case_forms.Case, *, view: View) -> str:
    if _is_open(case):
        return t("household.procedure_open", case=case["case_id"], identified=case["identified_on"])
    due = recording.due_step(case, on=view.on)
    flag = f" :orange-badge[{t('household.helped_first')}]" if case["helped_first"] else ""
    if due is None:
        return case["case_id"] + flag
    acts = code_label(codes="step_level", code=due.acts, language=language())
    step, found = case_forms.step_name(due, view=view), case["discovered_on"]
    return t("household.procedure_waits", case=case["case_id"], step=step, acts=acts, found=found) + flag
