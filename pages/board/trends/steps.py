"""各环节在办、超期: where cases wait between the discovery of a risk and its elimination, and for how long."""

from collections.abc import Hashable
from typing import Any

import pandas as pd
import streamlit as st

from data_access import door
from data_access.cases.procedure import Step, load_steps
from data_access.facts.metrics import load_metrics
from data_access.schema.limits import limit_if_any
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import case_steps, list_link, numbers
from pages.widgets.part import part

_WIDTH = 208
"""Width of a step in pixels: five fill a row at 1366 pixels."""


@part
def show(waiting: pd.DataFrame, view: View) -> None:
    """One box per step with what waits, how long and past which limit; `waiting` as returned by `read_steps`."""
    view.require("step_open", "step_overdue")
    st.markdown(_reading(waiting))
    found = {row["step"]: row for row in waiting.to_dict("records")}
    with st.container(horizontal=True, gap="xsmall"):
        for number, step in enumerate(case_steps.kept(view)):
            with st.container(border=True, height="stretch", width=_WIDTH, gap="xsmall"):
                _step(step, found.get(step.key), view=view, is_first=number == 0)
    _early(view)
    case_steps.source(view)


def _step(step: Step, row: dict[Hashable, Any] | None, *, view: View, is_first: bool) -> None:
    st.markdown(f"**{load_steps(on=view.on).name(step.key, language=language())}**")
    if is_first:
        st.markdown(t("trends.step_found"))
        return
    _link("step_open", 0 if row is None else row["households"], step=step, view=view)
    if row is not None:
        st.markdown(t("trends.step_days", median=row["median_days"], longest=row["longest_days"]))
    limit = None if step.limit is None else limit_if_any(step.limit, on=view.on)
    if limit is None:
        st.markdown(f":gray[{t('trends.step_no_limit')}]")
    else:
        st.markdown(f":gray[{_limit_text(step, limit)}]")
        _link("step_overdue", 0 if row is None else row["overdue"], step=step, view=view)


def _limit_text(step: Step, limit: int) -> str:
    if step.limit == "measure_within_months":
        return t("trends.limit_months", limit=limit)
    return t("trends.limit_days", limit=limit)


def _link(metric: str, count: int, *, step: Step, view: View) -> None:
    value = numbers.in_unit(count, metric=load_metrics()[metric])
    text = t("trends.step_open", value=value) if metric == "step_open" else t("trends.step_overdue", value=value)
    list_link.show(metric, view=view, text=text, only={"step": step.key})


def _early(view: View) -> None:
    metric = load_metrics()["early_eliminations"]
    count = door.amounts(metric=metric.key, on=view.on, scope=view_state.scope()).count(place=view.place)
    value = numbers.in_unit(count, metric=metric)
    list_link.show(metric.key, view=view, text=t("trends.link", name=metric.label[language()], value=value))


def _reading(waiting: pd.DataFrame) -> str:
    if waiting.empty:
        return t("trends.steps_none")
    unit = load_metrics()["step_open"]
    before = waiting[waiting["step"] != "eliminated"]
    return t(
        "trends.steps_reading",
        all=numbers.in_unit(waiting["households"].sum(), metric=unit),
        before=numbers.in_unit(before["households"].sum(), metric=unit),
        overdue=numbers.in_unit(waiting["overdue"].sum(), metric=unit),
    )
