"""Eliminations under way, by their own steps; nothing here is eliminated before it is marked in the national system."""

import streamlit as st

from data_access.cases.procedure import load_steps
from data_access.schema.indicators import code_label
from pages.households.cases import figures
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import case_steps, figure_table, numbers
from pages.widgets.figure_table import Column, Row
from pages.widgets.part import part

METRIC = "elimination_open"


@part
def show(view: View) -> None:
    """The sentence, the steps with who acts, and the places."""
    found = figures.counts(view, metrics=(METRIC,), by=("elimination_step",))
    st.markdown(t("cases.elimination_reading", count=numbers.count(found[METRIC].sum())))
    held = found.set_index("elimination_step")[METRIC]
    rows = [
        Row(
            name=t(
                "cases.step_open",
                step=code_label(codes="elimination_step", code=step.key, language=language()),
                acts=code_label(codes="step_level", code=step.acts, language=language()),
            ),
            counts=[int(held.get(step.key, 0))],
            only={"elimination_step": step.key},
        )
        for step in load_steps(on=view.on).elimination[1:]
    ]
    figure_table.show(
        rows,
        columns=[Column(METRIC)],
        heading=t("cases.step"),
        title=t("page.cases"),
        view=view,
        key="cases_elimination_steps",
    )
    labels = {METRIC: t("cases.open")}
    figures.by_place(view, metrics=labels, column="acts", codes="step_level", key="cases_elimination")
    case_steps.source(view)
