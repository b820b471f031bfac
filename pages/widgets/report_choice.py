"""What can be recorded of a selection from a list: a conclusion or a report, by what its rows are."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import pandas as pd
import streamlit as st

from data_access import door
from data_access.facts.metrics import load_metrics
from data_access.reports import corrections, records
from data_access.reports.kinds import load_report_kinds
from pages.shell import identity
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import case_forms, correction_form, disposition_panel, field_reports, list_table, record_form

LISTED: Mapping[str, tuple[str, ...]] = {
    "clues": ("clue_result",),
    "recent_clues": ("clue_result",),
    "open_tasks": ("measure_begun", "measure_done"),
    "open_needs": ("need_met",),
}
"""Fact -> what can be reported of the things of its lists."""

HOUSEHOLDS = ("visit", "weekly_screening", "monthly_screening")
"""What can be reported of the households of any other list, besides a conclusion and the correction of an indicator."""

OF_CASES = ("need_raised", "measure_added")
"""What can be reported besides of households whose case is identified and not over."""

_CONCLUSION = "disposition"


def show(metric: str, ticked: pd.DataFrame, *, view: View) -> None:
    """The form for a selection from a list, after what the one before became; nothing more while none is chosen."""
    of_things = LISTED.get(load_metrics()[metric].numerator.fact, ())
    kinds = of_things or HOUSEHOLDS
    for name in (_CONCLUSION, correction_form.NAME, *kinds, *([] if of_things else OF_CASES)):
        record_form.of(name).say()
    if not list_table.households(ticked):
        return
    cases = {} if of_things else case_forms.identified(list_table.households(ticked))
    kinds = (*kinds, *(OF_CASES if cases else ()))
    columns = {} if of_things else correction_form.columns_of(door.rulebook().rules)
    kinds = (*kinds, corrections.INDICATOR) if columns and identity.may(records.ACTION) else kinds
    what = choose(kinds, key="record_what", first={} if of_things else {_CONCLUSION: t("reports.conclusion")})
    if what == corrections.INDICATOR:
        with record_form.frame(correction_form.NAME):
            correction_form.show(ticked.drop_duplicates("household_id"), columns=columns, view=view)
    elif what == _CONCLUSION:
        disposition_panel.record(list_table.households(ticked), view=view)
    else:
        things = ticked if of_things else ticked.drop_duplicates("household_id")
        if what in OF_CASES:
            things = _with_case(things, cases)
        field_reports.record(things, kind=load_report_kinds()[what], known=["case_id"] if what in OF_CASES else [])


def _with_case(homes: pd.DataFrame, cases: Mapping[str, str]) -> pd.DataFrame:
    """Those of some households that have a case, with its number; says how many have none."""
    own = homes[homes["household_id"].isin(cases)]
    if len(own) < len(homes):
        st.caption(t("reports.without_case", households=len(homes) - len(own)))
    return own.assign(case_id=own["household_id"].map(cases))


def choose(kinds: Iterable[str], *, key: str, first: Mapping[str, str] = MappingProxyType({})) -> str:
    """Let the reader choose what to record; `first`: what is no report and stands before the kinds."""
    names = {**first, **{kind: load_report_kinds()[kind].label[language()] for kind in kinds}}
    if len(names) == 1:
        return next(iter(names))
    return str(st.selectbox(t("reports.what"), list(names), format_func=names.__getitem__, key=key, width=240))
