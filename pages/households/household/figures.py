"""Two charts of one household: its score from month to month, and the composition of its income."""

import math

import pandas as pd
import streamlit as st

from charts.bars import bars
from charts.palette import BRAND, LAMP_SHAPES
from charts.score_steps import score_steps
from charts.series import Series
from data_access import door
from data_access.clock import last_day
from data_access.risk import answers
from data_access.schema.indicators import load_codes
from data_access.scope import Scope
from data_access.warnings.explanation import Explanation, read_score_history
from pages.households.household import known
from pages.shell import kept
from pages.shell.texts import language, month_name, t
from pages.shell.view_state import View
from pages.widgets import breaks, chart, household_values

_HEIGHT = 340


@kept.part
def scores(household_id: str, *, scope: Scope, view: View) -> None:
    """Score and lamp at each month end."""
    _, explanation = known.on_register(household_id, scope=scope, view=view)
    months = view.current.facts.months
    history = door.read(read_score_history, scope=scope, household_id=household_id, months=months)
    st.subheader(t("household.history"))
    lamps = {lamp: label[language()] for lamp, label in load_codes()["lamp"].items()}
    bands = {}
    if explanation.bands is not None:
        starts = {"red": explanation.bands.red_above + 1, "yellow": explanation.bands.yellow_from}
        bands = {f"{LAMP_SHAPES[lamp]} {start}": start for lamp, start in starts.items()}
    changed = breaks.together(
        breaks.of_rules(after=last_day(view.months[0]), until=months.cut_off),
        breaks.of_line(history.set_index("month")["line_year"]),
    )
    shown = {month: changes for month, changes in changed.items() if month in set(history["month"])}
    figure = score_steps(history, lamps=lamps, bands=bands, height=_HEIGHT, chosen=view.month, breaks=shown)
    chart.show(figure, reading=breaks.said(_history_reading(history, view), shown), key="household_scores")


@kept.part
def income(household_id: str, *, scope: Scope, view: View) -> None:
    """Income per person in the assessment year by source, beside the line of that year."""
    _, explanation = known.on_register(household_id, scope=scope, view=view)
    st.subheader(t("household.income"))
    indicators, per_person = explanation.indicators, answers.income_per_person(explanation.indicators)
    if indicators["income_period_end"] is None or not (indicators["income_persons"] or 0) > 0:
        known_in_part = any(indicators[name] is not None for name in answers.INCOMES)
        st.markdown(t("household.income_incomplete") if known_in_part else t("household.income_unknown"))
        return
    rows = pd.DataFrame(
        [
            *(
                (t(f"household.income.{name}"), _per_person(indicators[name], explanation))
                for name in (*answers.INCOMES, "business_cost")
            ),
            (t("household.income.net"), None if per_person is None else math.floor(per_person)),
            (t("household.income.line"), None if explanation.line is None else explanation.line.value),
        ],
        columns=["label", "yuan"],
    ).astype({"yuan": "Float64"})
    series = Series(column="yuan", name=t("household.income.per_person"), colour=BRAND)
    figure = bars(rows, series=[series], height=_HEIGHT, unit=t("household.income.unit"))
    chart.show(figure, reading=_income_reading(explanation), key="household_income")
    missing = [
        t(f"household.income.{name}") for name in (*answers.INCOMES, "business_cost") if indicators[name] is None
    ]
    if missing:
        st.caption(t("household.income_missing", names=t("list.separator").join(missing)))


def _per_person(amount: int | None, explanation: Explanation) -> int | None:
    return None if amount is None else math.floor(amount / explanation.indicators["income_persons"])


def _history_reading(history: pd.DataFrame, view: View) -> str:
    until = history[history["month"] <= view.month]
    lamps = until["lamp"].tolist()
    if not lamps:
        return t("household.history_none")
    same = next((n for n, lamp in enumerate(reversed(lamps)) if lamp != lamps[-1]), len(lamps))
    since = month_name(until["month"].iloc[-same])
    lamp = household_values.word("lamp", lamps[-1])
    if same == len(lamps):
        return t("household.history_always", lamp=lamp, since=since)
    return t("household.history_since", lamp=lamp, since=since, before=household_values.word("lamp", lamps[-same - 1]))


def _income_reading(explanation: Explanation) -> str:
    per_person, line = answers.income_per_person(explanation.indicators), explanation.line
    if per_person is None:
        return t("household.income_incomplete")
    end = explanation.indicators["income_period_end"].isoformat()
    income_text = household_values.yuan(math.floor(per_person))
    if line is None:
        return t("household.income_no_line", income=income_text, end=end)
    badge = "" if line.status == "published" else f":orange-badge[{t('badge.placeholder')}]"
    gap, text = math.floor(per_person) - line.value, household_values.yuan(line.value)
    if gap >= 0:
        return t(
            "household.income_above",
            income=income_text,
            line=text,
            gap=household_values.yuan(gap),
            end=end,
            badge=badge,
        )
    return t(
        "household.income_below", income=income_text, line=text, gap=household_values.yuan(-gap), end=end, badge=badge
    )
