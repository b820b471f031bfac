"""Which cases wait for which step: who takes it, within how many days, how many are late; by step and by place."""

import pandas as pd
import streamlit as st

from data_access.cases.procedure import Step, load_steps
from data_access.errors import LedgerError
from data_access.schema.indicators import code_label, load_codes
from data_access.schema.limits import limit_if_any
from pages.shell import notices
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import case_steps, code_tables, field_reports, list_link, numbers, owed_reports
from pages.widgets.part import part

METRICS = ("step_overdue", "step_open")
LINKED = ("cases_to_open", "cases_to_enter", "in_publicity")


@part
def show(view: View) -> None:
    """The sentence, the cases that have been open for long, the steps with who acts, and the places."""
    _reading(view)
    _to_open(view)
    _to_enter(view)
    _to_decide(view)
    _long_open(view)
    _publicity(view)
    _helped_first(view)
    field_reports.note(*LINKED, view=view)
    _tables(view)
    case_steps.source(view)


def _counts(view: View) -> pd.DataFrame:
    return code_tables.counts(view, metrics=METRICS, by=("village_code", "acts", "step"))


@part
def _reading(view: View) -> None:
    found = _counts(view)
    late, waiting = (int(found[metric].sum()) for metric in METRICS)
    st.markdown(t("cases.reading", overdue=numbers.count(late), open=numbers.count(waiting)) + _limits(view))


@part
def _tables(view: View) -> None:
    found = _counts(view)
    names = {step.key: _name(step, view) for step in case_steps.kept(view)[1:]}
    code_tables.by_code(
        found, metrics=METRICS, column="step", names=names, view=view, key="cases", heading=t("cases.step")
    )
    code_tables.by_place(
        found,
        metrics=METRICS,
        column="acts",
        names={code: words[language()] for code, words in load_codes()["step_level"].items()},
        labels=dict(zip(METRICS, (t("cases.overdue"), t("cases.open")), strict=True)),
        view=view,
        key="cases",
    )


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
def _to_open(view: View) -> None:
    metrics = ("cases_to_open", "cases_to_open_overdue")
    found = code_tables.counts(view, metrics=metrics, by=("village_code",))
    late, count = (numbers.count(found[metric].sum()) for metric in reversed(metrics))
    list_link.show("cases_to_open", view=view, text=t("cases.to_open", count=count, overdue=late))


@part
def _to_enter(view: View) -> None:
    found = code_tables.counts(view, metrics=("cases_to_enter",), by=("village_code",))
    count = numbers.count(found["cases_to_enter"].sum())
    list_link.show("cases_to_enter", view=view, text=t("cases.to_enter", count=count))


@part
def _to_decide(view: View) -> None:
    try:
        owed_reports.links(view, icon=True)
    except LedgerError as error:
        st.caption(notices.error_text(error))


@part
def _long_open(view: View) -> None:
    found = code_tables.counts(view, metrics=("long_open_households",), by=("category",))
    count = numbers.count(found["long_open_households"].sum())
    months = limit_if_any("open_long_after_months", on=view.on)
    list_link.show("long_open_households", view=view, text=t("cases.long_open", count=count, months=months))


@part
def _publicity(view: View) -> None:
    found = code_tables.counts(view, metrics=("in_publicity",), by=("village_code",))
    count = numbers.count(found["in_publicity"].sum())
    list_link.show("in_publicity", view=view, text=t("cases.publicity", count=count))


@part
def _helped_first(view: View) -> None:
    """先行救助: who was helped before the procedure is over."""
    found = code_tables.counts(view, metrics=("step_open",), by=("helped_first",))
    count = numbers.count(found.loc[found["helped_first"] == "True", "step_open"].sum())
    text = t("cases.helped_first", count=count)
    list_link.show("step_open", view=view, text=text, only={"helped_first": "True"})
