"""Eliminations: what stands in their own steps, and where the conditions seem to hold, to be verified. Nothing here is
eliminated before the national system says so."""

import streamlit as st

from data_access.cases.procedure import load_steps
from data_access.schema.indicators import code_label
from data_access.schema.limits import limit
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import case_steps, code_tables, list_link, numbers
from pages.widgets.part import part


@part
def show(view: View) -> None:
    """Where the conditions seem to hold; the steps with who acts; the places."""
    _met(view)
    _under_way(view)
    case_steps.source(view)


@part
def _met(view: View) -> None:
    st.subheader(t("cases.met"))
    found = code_tables.counts(view, metrics=("conditions_met",), by=("village_code",))
    months = limit("elimination_steady_months", on=view.on)
    st.markdown(t("cases.met_reading", count=numbers.count(found["conditions_met"].sum()), months=months))
    list_link.show("conditions_met", view=view)


@part
def _under_way(view: View) -> None:
    st.subheader(t("cases.part_elimination"))
    metrics = ("elimination_open",)
    found = code_tables.counts(view, metrics=metrics, by=("village_code", "elimination_step"))
    st.markdown(t("cases.elimination_reading", count=numbers.count(found["elimination_open"].sum())))
    marked = code_tables.counts(view, metrics=("cases_to_mark",), by=("village_code",))
    count = numbers.count(marked["cases_to_mark"].sum())
    list_link.show("cases_to_mark", view=view, text=t("cases.to_mark", count=count))
    names = {
        step.key: t(
            "cases.step_open",
            step=code_label(codes="elimination_step", code=step.key, language=language()),
            acts=code_label(codes="step_level", code=step.acts, language=language()),
        )
        for step in load_steps(on=view.on).elimination[1:]
    }
    code_tables.by_code(
        found, metrics=metrics, column="elimination_step", names=names, view=view, key="out", heading=t("cases.step")
    )
    code_tables.by_place(found, metrics=metrics, view=view, key="out")
