"""Which cases wait for which step: who takes it, within how many days, how many are late; by step and by place."""

import streamlit as st

from data_access.cases.procedure import Step, load_steps
from data_access.schema.indicators import code_label
from data_access.schema.limits import limit_if_any
from pages.households.cases import figures
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import case_steps, figure_table, list_link, numbers
from pages.widgets.figure_table import Column, Row
from pages.widgets.part import part

METRICS = ("step_overdue", "step_open")


@part
def show(view: View) -> None:
    """The sentence, the steps with who acts, the places, and the cases that have been open for long."""
    found = figures.counts(view, metrics=METRICS, by=("step",))
    late, waiting = (int(found[metric].sum()) for metric in METRICS)
    st.markdown(t("cases.reading", overdue=numbers.count(late), open=numbers.count(waiting)) + _limits(view))
    _long_open(view)
    held = found.set_index("step")
    rows = [
        Row(
            name=_name(step, view),
            counts=[int(held[metric].get(step.key, 0)) for metric in METRICS],
            only={"step": step.key},
        )
        for step in case_steps.kept(view)[1:]
    ]
    columns = [Column(metric) for metric in METRICS]
    figure_table.show(
        rows, columns=columns, heading=t("cases.step"), title=t("page.cases"), view=view, key="cases_steps"
    )
    labels = dict(zip(METRICS, (t("cases.overdue"), t("cases.open")), strict=True))
    figures.by_place(view, metrics=labels, column="acts", codes="step_level", key="cases")
    case_steps.source(view)


def _name(step: Step, view: View) -> str:
    name = load_steps(on=view.on).name(step.key, language=language())
    acts = code_label(codes="step_level", code=step.acts, language=language())
    if step.limit == "measure_within_months":
        return t("cases.step_months", step=name, acts=acts, months=limit_if_any(step.limit, on=view.on))
    whole = None if step.limit is None else limit_if_any(step.limit, on=view.on)
    days = None if step.within is None or whole is None else limit_if_any(step.within, on=view.on)
    if days is None:
        return t("cases.step_open", step=name, acts=acts)
    return t("cases.step_days", step=name, acts=acts, days=days)


def _limits(view: View) -> str:
    whole = limit_if_any("identify_within_days", on=view.on)
    return t("cases.no_limit") if whole is None else t("cases.limit", days=whole)


@part
def _long_open(view: View) -> None:
    found = figures.counts(view, metrics=("long_open_households",), by=("category",))
    count = numbers.count(found["long_open_households"].sum())
    months = limit_if_any("open_long_after_months", on=view.on)
    text = t("cases.long_open", count=count, months=months)
    list_link.show("long_open_households", view=view, text=text)
