"""What would help and what is to be verified, for every rule that gave risk points."""

import pandas as pd
import streamlit as st

from data_access.risk.remedy import remedy_of
from data_access.scope import Scope
from data_access.warnings.explanation import Assessment
from pages.households.household import known
from pages.shell import kept
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import household_values


@kept.part
def show(household_id: str, *, scope: Scope, view: View) -> None:
    """One row per fact behind the risk: help that would change it, and what is to be verified. No target and no points:
    a number to reach would be a recipe."""
    _, explanation = known.on_register(household_id, scope=scope, view=view)
    st.subheader(t("household.clear"))
    risks = explanation.of("risk")
    if not risks:
        if explanation.lamp == "undetermined":
            st.markdown(t("household.clear_undetermined"))
        else:
            st.markdown(t("household.nothing_to_change"))
        return
    st.table(
        pd.DataFrame(
            {
                t("household.fact"): [f"**{one.rule.label[language()]}**" for one in risks],
                t("household.help"): [_said(one, "help") for one in risks],
                t("household.verify"): [_said(one, "verify") for one in risks],
            }
        ),
        hide_index=True,
    )
    st.caption(t("household.clear_note"))


def _said(assessment: Assessment, part: str) -> str:
    remedy = remedy_of(assessment.rule)
    if remedy is None:
        return t(f"household.{part}_undeclared")
    return household_values.plain(getattr(remedy, part)[language()])
