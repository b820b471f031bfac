"""The 72 indicators, one family at a time, each with value, source and date; missing ones say so."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from data_access.cases.elimination import Watched
from data_access.risk import answers
from data_access.schema.indicators import Indicator, load_indicators
from data_access.scope import Scope
from data_access.warnings.explanation import Explanation
from pages.households.household import known
from pages.shell import kept
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import household_values, sheet

_FAMILIES = ("basic", "risk", "resistance")
_COMPUTED = {
    "net_income_pc": answers.income_per_person,
    "self_pay_ratio": answers.self_pay_share,
    "income_yoy": answers.income_fall,
}


def show(household_id: str, *, scope: Scope, view: View) -> None:
    """The table of one family at a time."""
    _heading(household_id, scope=scope, view=view)
    names = kept.value(("families", household_id), lambda: _names(household_id, scope=scope, view=view))
    family = st.segmented_control(
        t("household.families"),
        list(names),
        format_func=names.__getitem__,
        default=_FAMILIES[0],
        required=True,
        key="household_family",
        label_visibility="collapsed",
    )
    _family(household_id, family if family in names else _FAMILIES[0], scope=scope, view=view)


@kept.part
def _heading(household_id: str, *, scope: Scope, view: View) -> None:
    home, explanation = known.on_register(household_id, scope=scope, view=view)
    count, total = collected(explanation, home)
    st.subheader(t("household.indicators", known=count, total=total))
    if explanation.indicators["valid_from"] is None:
        st.markdown(t("household.never_collected"))


def _names(household_id: str, *, scope: Scope, view: View) -> dict[str, str]:
    """Each family with how many of its indicators are collected."""
    home, explanation = known.on_register(household_id, scope=scope, view=view)
    return {
        family: t(
            "household.family",
            family=t(f"indicator_family.{family}"),
            known=sum(is_collected(one, explanation, home) for one in _of(family)),
            total=len(_of(family)),
        )
        for family in _FAMILIES
    }


@kept.part
def _family(household_id: str, family: str, *, scope: Scope, view: View) -> None:
    """The indicators of a family, in two tables side by side."""
    home, explanation = known.on_register(household_id, scope=scope, view=view)
    watched = known.watched(household_id, scope=scope, view=view)
    group = _of(family)
    half = -(-len(group) // 2)
    for column, part in zip(st.columns(2), (group[:half], group[half:]), strict=True):
        with column:
            _table(part, explanation, home, watched)


def _of(family: str) -> list[Indicator]:
    return [one for one in load_indicators() if one.family == family]


def collected(explanation: Explanation, home: Mapping[str, Any]) -> tuple[int, int]:
    """How many of the indicators are collected, and how many there are in all."""
    indicators = load_indicators()
    return sum(is_collected(one, explanation, home) for one in indicators), len(indicators)


def is_collected(indicator: Indicator, explanation: Explanation, home: Mapping[str, Any]) -> bool:
    """Whether every relevant part of an indicator is known. Having no category means that the household is not
    monitored, which counts as known."""
    if indicator.key in _COMPUTED:
        return _COMPUTED[indicator.key](explanation.indicators) is not None
    if indicator.table is None:
        return True
    source = home if indicator.table == "household" else explanation.indicators
    return all(source[column.name] is not None for column in indicator.columns if column.counted)


def _table(group: list[Indicator], explanation: Explanation, home: Mapping[str, Any], watched: Watched | None) -> None:
    rows = pd.DataFrame(
        {
            "number": [one.number for one in group],
            "name": [one.zh if language() == "zh" else one.en for one in group],
            "value": [_value(one, explanation, home, watched) for one in group],
            "source": [_source(one, explanation) for one in group],
            "since": [_since(one, explanation, home) for one in group],
        }
    )
    sheet.show(
        rows,
        hide_index=True,
        height="content",
        placeholder=t("value.none"),
        column_config={
            "number": st.column_config.NumberColumn(t("household.number"), format="%d", width="small"),
            "name": st.column_config.TextColumn(t("household.indicator"), width="medium"),
            "value": st.column_config.TextColumn(t("household.value"), width="medium"),
            "source": st.column_config.TextColumn(t("household.source_head")),
            "since": st.column_config.DateColumn(t("household.since"), format="YYYY-MM-DD"),
        },
        key=f"indicators_{group[0].number}",
    )


def _value(indicator: Indicator, explanation: Explanation, home: Mapping[str, Any], watched: Watched | None) -> str:
    match indicator.key:
        case "town" | "village":
            place = home["township" if indicator.key == "town" else "village"]
            return household_values.not_collected() if place is None else str(place)
        case "monitor_category":
            return (
                t("household.never_watched")
                if watched is None
                else household_values.word("monitor_category", watched.category)
            )
        case "net_income_pc":
            return household_values.income_per_person(explanation)
        case "income_yoy":
            return household_values.change_of_income(answers.income_fall(explanation.indicators))
        case "self_pay_ratio":
            return household_values.share_of_income(answers.self_pay_share(explanation.indicators))
    source = home if indicator.table == "household" else explanation.indicators
    return t("list.separator").join(
        household_values.column_text(column, source[column.name]) for column in indicator.columns
    )


def _source(indicator: Indicator, explanation: Explanation) -> str | None:
    """The source of the newest update; values from the register or summed over members have no update of their own."""
    if not _is_dated(indicator):
        return t(f"indicator_source.{indicator.source}")
    source = explanation.indicators["source"]
    return None if source is None else household_values.word("indicator_source", source)


def _since(indicator: Indicator, explanation: Explanation, home: Mapping[str, Any]) -> Any:
    return explanation.indicators["valid_from"] if _is_dated(indicator) else home["registered_on"]


def _is_dated(indicator: Indicator) -> bool:
    return indicator.table == "household_indicator" or indicator.key in _COMPUTED
