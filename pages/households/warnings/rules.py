"""Which rules give points, alone or together, and which cannot for lack of data."""

import pandas as pd
import streamlit as st

from charts.bars import bars
from charts.palette import LAMP_PATTERNS, LAMPS, MUTED
from charts.series import Series
from data_access import door
from data_access.lists.lists import RULE, RULE_ALONE
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import chart, list_link, numbers, sheet

_MOST_RULES, _MOST_PAIRS, _MOST_SILENT = 15, 10, 8
_BAR = 36


def show(counts: pd.DataFrame, pairs: pd.DataFrame, view: View) -> None:
    """Rules by the number of red or yellow households in which they give points; `counts` and `pairs` as returned by
    `rule_counts`."""
    labels = {rule.id: rule.label[language()] for rule in door.rulebook().rules}
    fired = counts[counts["warned"] > 0].sort_values(["warned", "rule"], ascending=[False, True], kind="stable")
    if fired.empty:
        st.markdown(t("warnings.no_rules"))
        return
    shown = fired.head(_MOST_RULES)
    rows = pd.DataFrame(
        {
            "label": [labels[rule] for rule in shown["rule"]],
            "alone": shown["alone"],
            "together": shown["warned"] - shown["alone"],
        }
    )
    series = [
        Series(column="alone", name=t("warnings.alone"), colour=LAMPS["yellow"], pattern=LAMP_PATTERNS["yellow"]),
        Series(column="together", name=t("warnings.together"), colour=LAMPS["undetermined"]),
    ]
    reading = t(
        "warnings.rules_reading",
        rule=labels[shown["rule"].iloc[0]],
        households=numbers.count(shown["warned"].iloc[0]),
        alone=numbers.count(shown["alone"].iloc[0]),
        rules=len(fired),
    )
    left, right = st.columns([3, 2], gap="medium")
    with left:
        lists = {
            (part, row): list_link.parameters("warned_households", view=view, only={column: rule})
            for row, rule in enumerate(shown["rule"])
            for part, column in enumerate((RULE_ALONE, RULE))
        }
        chart.show(
            bars(rows, series=series, bar_height=_BAR),
            reading=reading,
            key="warning_rules",
            lists=lists,
            longest_first=True,
        )
    with right:
        _pairs(pairs, labels=labels)
        _links(shown, labels=labels, view=view)


def silent(counts: pd.DataFrame) -> None:
    """The rules that most often could not be assessed in undetermined households: what to collect first."""
    labels = {rule.id: rule.label[language()] for rule in door.rulebook().rules}
    found = counts[counts["silent"] > 0].sort_values(["silent", "rule"], ascending=[False, True], kind="stable")
    if found.empty:
        st.markdown(t("warnings.nothing_silent"))
        return
    shown = found.head(_MOST_SILENT)
    rows = pd.DataFrame({"label": [labels[rule] for rule in shown["rule"]], "silent": shown["silent"]})
    figure = bars(
        rows,
        series=[Series(column="silent", name=t("warnings.silent"), colour=MUTED)],
        bar_height=_BAR,
    )
    reading = t(
        "warnings.silent_reading",
        rule=labels[shown["rule"].iloc[0]],
        households=numbers.count(shown["silent"].iloc[0]),
    )
    chart.show(figure, reading=reading, key="silent_rules", longest_first=True)


def _pairs(pairs: pd.DataFrame, *, labels: dict[str, str]) -> None:
    st.markdown(t("warnings.pairs"))
    shown = pairs.head(_MOST_PAIRS)
    rows = pd.DataFrame(
        {
            "pair": [
                t("warnings.pair", first=labels[first], second=labels[second])
                for first, second in zip(shown["first"], shown["second"], strict=True)
            ],
            "households": shown["households"],
        }
    )
    columns = {"pair": t("warnings.pair_column"), "households": t("warnings.households")}
    sheet.show(rows, hide_index=True, height="content", column_config=columns)


def _links(shown: pd.DataFrame, *, labels: dict[str, str], view: View) -> None:
    st.markdown(t("warnings.rule_lists"))
    with st.container(horizontal=True, gap="small"):
        for rule, warned in zip(shown["rule"], shown["warned"], strict=True):
            text = t("warnings.rule_list", rule=labels[rule], households=numbers.count(warned))
            list_link.show("warned_households", view=view, text=text, only={"rule": rule})
