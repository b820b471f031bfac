"""What departments say compared with what was collected: in agreement, in conflict, not comparable."""

import pandas as pd
import streamlit as st

from charts.bars import bars
from charts.palette import AGREEMENT_PATTERNS, AGREEMENTS
from charts.series import Series
from data_access.clues.clue_tests import load_clue_tests
from data_access.facts.metrics import load_metrics
from data_access.lists.lists import NOT_RECORDED
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import chart, departments, list_link, numbers


def show(counts: pd.DataFrame, *, view: View) -> None:
    """One bar per department, most clues on top; `counts` as returned by `figures.counts` by department."""
    parts = [f"department_clues_{name}" for name in AGREEMENTS]
    compared = counts[counts[parts].sum(axis=1) > 0]
    if compared.empty:
        st.markdown(t("comparison.nothing_compared"))
        return
    ordered = compared.sort_values("department_clues_matched", ascending=False, kind="stable")
    rows = ordered.assign(label=[departments.name(code) for code in ordered["department"]])
    series = [
        Series(
            column=f"department_clues_{name}",
            name=load_metrics()[f"department_clues_{name}"].label[language()],
            colour=colour,
            pattern=AGREEMENT_PATTERNS[name],
        )
        for name, colour in AGREEMENTS.items()
    ]
    sums = rows[parts].sum()
    reading = t(
        "comparison.agreement_reading",
        compared=numbers.count(sums[parts[0]] + sums[parts[1]]),
        agree=numbers.count(sums[parts[0]]),
        conflict=numbers.count(sums[parts[1]]),
        unknown=numbers.count(sums[parts[2]]),
    )
    lists = list_link.of_bars(*parts, view=view, column="department", codes=rows["department"].fillna(NOT_RECORDED))
    chart.show(bars(rows, series=series), reading=reading, key="comparison_agreement", lists=lists, longest_first=True)
    st.caption(t("comparison.agreement_note", reference=load_clue_tests().reference[language()]))
