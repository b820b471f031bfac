"""Coverage first, then reach, satisfaction with its interval, and the complaints."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pandas as pd
import streamlit as st

from data_access import door
from data_access.facts.metrics import Amounts, load_metrics
from data_access.inspection import phone_checks
from data_access.inspection.calls import NO_NUMBER
from data_access.lists.figures import count_all_amounts
from data_access.schema.indicators import code_label
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import field_reports, list_link, metric_words, numbers, sheet, tile
from pages.widgets.draw import how_drawn
from pages.widgets.part import part

COVERAGE = ("calls_coverage", "calls_due_households", "calls_missing")
REACH = ("calls_made", "calls_reached_share", "calls_satisfied_share", "calls_helper_known_share", "calls_complaints")
PROBLEMS = ("calls_housing_problems", "calls_water_problems")

WHO = ("kind", "due", "called", "asked", "missing", "satisfied")
"""The columns of the table of who was asked."""

AllAmounts = Mapping[str, Amounts]


def all_amounts(view: View) -> AllAmounts:
    """Every figure of the page at every place in the scope."""
    metrics = (*COVERAGE, *REACH, *PROBLEMS)
    left_out = tuple((key, view.left_out(key)) for key in metrics)
    scope = view_state.scope().figures
    return MappingProxyType(door.read(count_all_amounts, scope=scope, metrics=metrics, on=view.on, left_out=left_out))


@part
def coverage(amounts: AllAmounts, *, view: View) -> None:
    """How many of those to be called were called: everything below refers to these."""
    called, due = amounts["calls_coverage"].count(place=view.place), amounts["calls_coverage"].base(place=view.place)
    if due == 0:
        st.info(t("telephone.nobody_due"))
        return
    st.markdown(
        t(
            "telephone.coverage",
            called=numbers.exact(called),
            due=numbers.exact(due),
            share=numbers.share(100 * called / due),
        )
    )
    field_reports.note("calls_coverage", view=view)
    _tiles(COVERAGE, amounts, view=view)


@part
def reach(amounts: AllAmounts, *, view: View) -> None:
    """How many were reached, and what they said; a sample, so shown with the interval."""
    if amounts["calls_made"].count(place=view.place) == 0:
        st.info(t("telephone.no_calls"))
        return
    _tiles(REACH, amounts, view=view)
    st.markdown(_satisfaction(amounts, view=view))
    with st.container(horizontal=True):
        for outcome in NO_NUMBER:
            word = code_label(codes="call_outcome", code=outcome, language=language())
            list_link.show(
                "calls_made", view=view, text=t("telephone.numbers", outcome=word), only={"outcome": outcome}
            )
    with st.container(horizontal=True):
        for key in PROBLEMS:
            count = numbers.in_unit(amounts[key].count(place=view.place), metric=load_metrics()[key])
            list_link.show(key, view=view, text=f"{load_metrics()[key].label[language()]} **{count}**")


def _satisfaction(amounts: AllAmounts, *, view: View) -> str:
    """Satisfaction with its interval, and of whom it speaks: who was asked, and who was not for what reason."""
    due, called = amounts["calls_coverage"].base(place=view.place), amounts["calls_coverage"].count(place=view.place)
    asked = amounts["calls_satisfied_share"].base(place=view.place)
    return t(
        "telephone.satisfied",
        text=share_text(amounts["calls_satisfied_share"], place=view.place),
        asked=numbers.count(asked),
        due=numbers.count(due),
        uncalled=numbers.count(due - called),
        unanswered=numbers.count(amounts["calls_made"].count(place=view.place) - asked),
        share=numbers.share(unasked(due, asked)),
    )


@part
def asked(amounts: AllAmounts, *, view: View) -> None:
    """Who was asked, by what the household is, beside what they said: a sample of some speaks for these."""
    if amounts["calls_satisfied_share"].base(place=view.place) == 0:
        return
    rows = door.read(phone_checks.read_asked, scope=view_state.scope().narrowed(view.place), on=view.on)
    rows = rows[(rows["due"] > 0) | (rows["asked"] > 0)]
    shown = pd.DataFrame(
        {
            "kind": [how_drawn.status_word(kind) for kind in rows["kind"]],
            **{name: rows[name] for name in ("due", "called", "asked")},
            "missing": [unasked(due, asked) for due, asked in zip(rows["due"], rows["asked"], strict=True)],
            "satisfied": [numbers.rate(*pair) for pair in zip(rows["satisfied"], rows["asked"], strict=True)],
        }
    )
    st.markdown(t("telephone.who"))
    columns: dict[str, Any] = {name: t(f"telephone.who_{name}") for name in WHO}
    columns["missing"] = st.column_config.NumberColumn(columns["missing"], format="%.1f%%")
    sheet.show(shown, hide_index=True, column_config=columns, height="content")


def unasked(due: int, asked: int) -> float | None:
    """The share of those to be called that nobody asked, in percent; None where nobody is to be called."""
    return 100 * max(due - asked, 0) / due if due else None


def share_text(amounts: Amounts, *, place: str) -> str:
    """The share of a sample at a place, with its interval."""
    return numbers.rate(amounts.count(place=place), amounts.base(place=place))


def _tiles(keys: tuple[str, ...], amounts: AllAmounts, *, view: View) -> None:
    for column, key in zip(st.columns(len(keys)), keys, strict=True):
        metric = load_metrics()[key]
        value = amounts[key].value(place=view.place)
        text = numbers.in_unit(value, metric=metric)
        definition = metric_words.definition(metric)
        with column, tile.draw(metric.label[language()], text, definition=definition, frame="none"):
            list_link.show(key, view=view, text=t("telephone.list"))
