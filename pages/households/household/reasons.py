"""Why the lamp is what it is: the rules that gave points, what reduces the risk, what could not be assessed."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from data_access.scope import Scope
from data_access.warnings.explanation import Assessment, Explanation
from pages.households.household import known
from pages.shell import kept
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import household_values


@kept.part
def show(household_id: str, *, scope: Scope, view: View) -> None:
    """Rules with value, threshold, points and source; resistance; what is missing."""
    _, explanation = known.on_register(household_id, scope=scope, view=view)
    st.subheader(t("household.why"))
    st.markdown(_reading(explanation))
    risks = explanation.of("risk")
    if risks:
        _table(risks, explanation, sign="+")
    strengths = explanation.of("resistance")
    if strengths:
        st.markdown(t("household.held_down", points=sum(one.points or 0 for one in strengths)))
        _table(strengths, explanation, sign="−")
    _missing(explanation)


def _reading(explanation: Explanation) -> str:
    risk = sum(one.points or 0 for one in explanation.of("risk"))
    held = sum(one.points or 0 for one in explanation.of("resistance"))
    text = t("household.why_reading", rules=len(explanation.of("risk")), risk=risk, held=held, score=explanation.score)
    if not explanation.triggers:
        return text
    names = t("list.separator").join(one.rule.label[language()] for one in explanation.triggers)
    return f"{text} {t('household.triggered', rules=names)}"


def _table(assessments: Sequence[Assessment], explanation: Explanation, *, sign: str) -> None:
    st.table(
        pd.DataFrame(
            {
                t("household.rule"): [_name(one, explanation) for one in assessments],
                t("household.value"): [
                    household_values.plain(household_values.rule_value(one.rule, one.value, explanation=explanation))
                    for one in assessments
                ],
                t("household.threshold_head"): [
                    household_values.plain(household_values.threshold(one.rule, one.threshold, explanation=explanation))
                    for one in assessments
                ],
                t("household.points"): [f"**{sign}{one.points}**" for one in assessments],
                t("household.rule_source"): [_status(one) for one in assessments],
            }
        ),
        hide_index=True,
    )


def _name(assessment: Assessment, explanation: Explanation) -> str:
    label = f"**{assessment.rule.label[language()]}**"
    if assessment.rule.id in explanation.hard_triggers:
        label += f" :red-badge[{t('household.hard_trigger')}]"
    return label


def _status(assessment: Assessment) -> str:
    if assessment.rule.is_placeholder:
        return f":orange-badge[{t('badge.placeholder')}]"
    return f":green-badge[{t('badge.published')}]"


def _missing(explanation: Explanation) -> None:
    missing = [one for one in explanation.assessments if one.points is None]
    if not missing:
        return
    rules = t("list.separator").join(one.rule.label[language()] for one in missing)
    text = t("household.not_assessed", count=len(missing), rules=rules)
    if explanation.lamp == "undetermined":
        names = t("list.separator").join(one[language()] for one in explanation.to_collect)
        note = t("household.collect_first", names=names, high=explanation.highest)
        st.warning(f"{text} {note}", icon=":material/help:")
    else:
        st.markdown(f":gray[{text}]")
