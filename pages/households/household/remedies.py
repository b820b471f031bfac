"""What would clear the lamp: the single changes that lower the score, and the smallest set of them that is enough."""

import math

import pandas as pd
import streamlit as st

from data_access import door
from data_access.risk.remedy import NET_INCOME, Change, Plan, Trial, all_changes, plan
from data_access.risk.rulebook import Bands
from data_access.warnings.explanation import Explanation
from pages.shell.texts import language, t
from pages.widgets import household_values


def show(explanation: Explanation) -> None:
    """The fewest changes that bring it below red and below yellow, then every single change with its effect."""
    st.subheader(t("household.clear"))
    bands = explanation.bands
    trial = Trial(explanation.indicators, door.rulebook(), explanation.on)
    changes = all_changes(trial)
    if bands is None or not changes:
        st.markdown(t("household.nothing_to_change"))
        return
    _plans(trial, explanation, bands)
    with st.expander(t("household.all_changes", count=len(changes))):
        _all(changes, explanation)
    st.caption(t("household.clear_note"))


def _plans(trial: Trial, explanation: Explanation, bands: Bands) -> None:
    triggered = trial.triggered()
    if not triggered and explanation.balance < bands.yellow_from:
        if explanation.lamp == "undetermined":
            st.markdown(t("household.clear_undetermined"))
        else:
            st.markdown(t("household.below_yellow", points=bands.yellow_from - explanation.score))
        return
    clear = plan(trial, at_most=bands.yellow_from - 1)
    if triggered or explanation.balance > bands.red_above:
        below_red = plan(trial, at_most=bands.red_above)
        if below_red != clear:
            _plan(below_red, explanation, goal=t("household.goal_red"))
    _plan(clear, explanation, goal=t("household.goal_yellow"))


def _plan(found: Plan, explanation: Explanation, *, goal: str) -> None:
    with st.container(border=True, gap="xsmall"):
        if found.reached:
            st.markdown(t("household.plan", goal=goal, count=len(found.changes), score=found.score))
        else:
            st.markdown(t("household.plan_not_enough", goal=goal, score=found.score))
        for change in found.changes:
            st.markdown(f"- {_text(change, explanation)}")


def _all(changes: tuple[Change, ...], explanation: Explanation) -> None:
    st.table(
        pd.DataFrame(
            {
                t("household.change"): [_text(change, explanation) for change in changes],
                t("household.stops"): [
                    t("list.separator").join(rule.label[language()] for rule in change.rules) for change in changes
                ],
            }
        ),
        hide_index=True,
    )


def _text(change: Change, explanation: Explanation) -> str:
    effort = "" if change.effort == "help" else f" :gray-badge[{t(f'household.effort.{change.effort}')}]"
    return t("household.change_text", change=_step(change, explanation), gain=change.gain) + effort


def _step(change: Change, explanation: Explanation) -> str:
    """The change in words: compliant self-payment from 20,780 to at most 9,999 yuan."""
    if change.input == NET_INCOME:
        persons = explanation.indicators["income_persons"]
        target = household_values.yuan(math.ceil(change.target / persons))
        return t("household.raise_income", now=household_values.income_per_person(explanation), target=target)
    column = household_values.indicator_of(change.input)[1]
    now = household_values.plain(household_values.column_text(column, change.now))
    if isinstance(change.target, tuple):
        target = t("list.separator").join(household_values.column_text(column, code) for code in change.target)
        return t("household.become", indicator=_label(change), now=now, target=household_values.plain(target))
    target = household_values.plain(household_values.column_text(column, change.target))
    if isinstance(change.target, bool):
        return t("household.become", indicator=_label(change), now=now, target=target)
    if change.up:
        return t("household.raise", indicator=_label(change), now=now, target=target)
    return t("household.lower", indicator=_label(change), now=now, target=target)


def _label(change: Change) -> str:
    column = household_values.indicator_of(change.input)[1]
    return column.zh if language() == "zh" else column.en
