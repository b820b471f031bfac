"""Whether the risk may be marked as eliminated: each condition, whether it is met, and the evidence for it."""

from typing import Any

import pandas as pd
import streamlit as st

from data_access import door
from data_access.cases.elimination import CONDITIONS, Watched, condition_rules
from data_access.scope import Scope
from data_access.warnings.explanation import Explanation
from pages.households.household import known
from pages.shell import kept
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets.household_values import column_text, indicator_of, plain, rule_value

_SHAPES = {True: "●", False: "◆", None: "？"}


@kept.part
def show(household_id: str, *, scope: Scope, view: View) -> None:
    """The conditions of elimination, for a household under monitoring."""
    _, explanation = known.on_register(household_id, scope=scope, view=view)
    watched = known.watched(household_id, scope=scope, view=view)
    st.subheader(t("household.elimination"))
    if watched is None:
        st.markdown(t("household.elimination_no_case"))
        return
    st.markdown(_reading(watched))
    st.table(
        pd.DataFrame(
            {
                t("household.condition"): [t(f"elimination.{condition}") for condition in CONDITIONS],
                t("household.holds"): [_answer(watched.holds[condition]) for condition in CONDITIONS],
                t("household.because"): [_because(condition, watched, explanation) for condition in CONDITIONS],
            }
        ),
        hide_index=True,
    )
    st.caption(t("household.elimination_note"))


def _reading(watched: Watched) -> str:
    failing = [t(f"elimination.{condition}") for condition in CONDITIONS if watched.holds[condition] is False]
    unknown = sum(watched.holds[condition] is None for condition in CONDITIONS)
    if failing:
        names = t("list.separator").join(failing)
        if watched.state == "eliminated":
            return t("household.elimination_unsteady", names=names)
        return t("household.elimination_fails", count=len(failing), names=names)
    return t("household.elimination_unknown", count=unknown) if unknown else t("household.elimination_holds")


def _answer(holds: bool | None) -> str:
    answer = {True: "yes", False: "no", None: "unknown"}[holds]
    return f"{_SHAPES[holds]} {t(f'household.holds.{answer}')}"


def _because(condition: str, watched: Watched, explanation: Explanation) -> str:
    if condition == "watched_long_enough":
        return t("household.identified_on", day=watched.identified_on.isoformat())
    if condition == "has_labour":
        return t("list.separator").join(
            _named_value(name, explanation.indicators[name]) for name in ("labor_n", "weak_labor_n")
        )
    rules = {rule.id for rule in condition_rules(door.rulebook(), on=explanation.on).get(condition, ())}
    telling = [one for one in explanation.assessments if one.rule.id in rules and (one.points is None or one.points)]
    return t("list.separator").join(
        f"{one.rule.label[language()]} {plain(rule_value(one.rule, one.value, explanation=explanation))}"
        for one in telling
    )


def _named_value(name: str, value: Any) -> str:
    """An indicator with its value: 劳动力 2."""
    column = indicator_of(name)[1]
    return f"{column.zh if language() == 'zh' else column.en} {column_text(column, value)}"
