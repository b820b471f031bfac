"""The rule book scored as one would without the app: row by row in Python, and vectorised with pandas and NumPy.

Both take the rows of `households_on` as `read_sql` gives them, missing values as NaN or None, and know the rule book as
`data_access.risk.rule` reads it. They give the lamp alone.
"""

import operator
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from data_access.risk.rule import COMPUTED_INPUTS, Rule
from data_access.risk.rulebook import RuleBook

INCOMES = ("wage_income", "business_income", "property_income", "transfer_income")
COMPUTED_FROM = (
    *INCOMES,
    "business_cost",
    "income_persons",
    "income_period_end",
    "last_net_income",
    "last_income_persons",
    "compliant_self_pay",
)

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "above": operator.gt,
    "at_least": operator.ge,
    "below": operator.lt,
    "at_most": operator.le,
    "equals": operator.eq,
}


def input_columns(rulebook: RuleBook, *, on: date) -> list[str]:
    """The columns of a household and its indicators that the rules of a day look at."""
    plain = [rule.input for rule in rulebook.rules_in_force(on=on) if rule.input not in COMPUTED_INPUTS]
    return list(dict.fromkeys(["household_type", *COMPUTED_FROM, *plain]))


def lamps_row_by_row(frame: pd.DataFrame, *, rulebook: RuleBook, on: date) -> pd.Series:
    """The lamp of every household, one row after another through `DataFrame.apply`."""
    rules = [(rule, rule.steps(on=on)) for rule in rulebook.rules_in_force(on=on)]
    bands = rulebook.bands_in_force(on=on)
    lines = {year: line.value for year, line in rulebook.lines.items()}

    def lamp(row: pd.Series) -> str:
        if bands is None:
            return "undetermined"
        known = could_add = could_take = 0
        triggered = trigger_unknown = False
        for rule, steps in rules:
            holds = _row_test(rule, row, lines)
            if holds is None:
                could_add += steps[0].points if rule.family == "risk" else 0
                could_take += steps[0].points if rule.family == "resistance" else 0
                trigger_unknown |= rule.id in rulebook.hard_triggers
                continue
            points = next((step.points for step in steps if holds(step.threshold)), 0)
            known += points if rule.family == "risk" else -points
            triggered |= rule.id in rulebook.hard_triggers and points > 0
        low, high = known - could_take, known + could_add
        if triggered or low > bands.red_above:
            return "red"
        if trigger_unknown or high > bands.red_above or low < bands.yellow_from <= high:
            return "undetermined"
        return "yellow" if low >= bands.yellow_from else "none"

    return frame.apply(lamp, axis=1)


def _row_test(rule: Rule, row: pd.Series, lines: Mapping[int, int]) -> Callable[[Any], bool] | None:
    """Whether a household meets a threshold of the rule; None where the rule cannot be assessed."""
    if rule.household_types is not None:
        if pd.isna(row["household_type"]):
            return None
        if row["household_type"] not in rule.household_types:
            return lambda threshold: False
    if rule.input in COMPUTED_INPUTS:
        return _row_income_test(rule, row, lines)
    value = row[rule.input]
    if pd.isna(value):
        return None
    if rule.test == "any_of":
        return lambda threshold: value in threshold
    compare = _COMPARE[rule.test]
    return lambda threshold: bool(compare(value, threshold))


def _row_income_test(rule: Rule, row: pd.Series, lines: Mapping[int, int]) -> Callable[[Any], bool] | None:
    net = sum(row[name] for name in INCOMES) - row["business_cost"]
    persons, paid = row["income_persons"], row["compliant_self_pay"]
    last_net, last_persons = row["last_net_income"], row["last_income_persons"]
    if rule.input == "self_pay_ratio":
        if pd.isna(net) or pd.isna(paid):
            return None
        return lambda percent: paid > 0 and paid * 100 >= net * percent
    # A comparison with NaN is false, so what is missing is not above zero either.
    if pd.isna(net) or not persons > 0:
        return None
    if rule.input == "income_yoy":
        if not (last_net > 0 and last_persons > 0):
            return None
        return lambda percent: net * last_persons * 100 <= last_net * persons * (100 - percent)
    period_end = row["income_period_end"]
    line = None if pd.isna(period_end) else lines.get(period_end.year)
    if line is None:
        return None
    return lambda percent: net * 100 < line * persons * percent


def lamps_vectorised(frame: pd.DataFrame, *, rulebook: RuleBook, on: date) -> pd.Series:
    """The lamp of every household, a whole column at a time."""
    bands = rulebook.bands_in_force(on=on)
    if bands is None:
        return pd.Series("undetermined", index=frame.index)
    known, could_add, could_take = (np.zeros(len(frame)) for _ in range(3))
    triggered, trigger_unknown = (np.zeros(len(frame), dtype=bool) for _ in range(2))
    lines = {year: line.value for year, line in rulebook.lines.items()}
    for rule in rulebook.rules_in_force(on=on):
        assessed, points = _column_points(rule, frame, lines=lines, on=on)
        missing = np.where(assessed, 0, rule.steps(on=on)[0].points)
        if rule.family == "risk":
            known += points
            could_add += missing
        else:
            known -= points
            could_take += missing
        if rule.id in rulebook.hard_triggers:
            triggered |= points > 0
            trigger_unknown |= ~assessed
    low, high = known - could_take, known + could_add
    doubtful = trigger_unknown | (high > bands.red_above) | ((low < bands.yellow_from) & (high >= bands.yellow_from))
    lamps = np.select(
        [triggered | (low > bands.red_above), doubtful, low >= bands.yellow_from],
        ["red", "undetermined", "yellow"],
        default="none",
    )
    return pd.Series(lamps, index=frame.index)


def _column_points(
    rule: Rule, frame: pd.DataFrame, *, lines: Mapping[int, int], on: date
) -> tuple[np.ndarray, np.ndarray]:
    """Whether the rule is assessed, and its points (0 where it is not); one entry per household."""
    steps = rule.steps(on=on)
    if rule.input in COMPUTED_INPUTS:
        assessed, holds = _column_income_tests(rule, frame, (step.threshold for step in steps), lines=lines)
    else:
        column = frame[rule.input]
        assessed = column.notna()
        if rule.test == "any_of":
            holds = [column.isin(step.threshold) for step in steps if isinstance(step.threshold, tuple)]
        elif column.dtype == object:
            # Yes or no with some missing: compared as numbers, where missing is equal to nothing.
            holds = [_COMPARE[rule.test](column.astype(float), step.threshold) for step in steps]
        else:
            holds = [_COMPARE[rule.test](column, step.threshold) for step in steps]
    if rule.household_types is not None:
        concerned, known = frame["household_type"].isin(rule.household_types), frame["household_type"].notna()
        assessed = known & (assessed | ~concerned)
        holds = [hold & concerned for hold in holds]
    points = np.select([hold & assessed for hold in holds], [step.points for step in steps], default=0)
    return assessed.to_numpy(dtype=bool), points


def _column_income_tests(
    rule: Rule, frame: pd.DataFrame, thresholds: Iterable[Any], *, lines: Mapping[int, int]
) -> tuple[pd.Series, list[pd.Series]]:
    net = frame["wage_income"] + frame["business_income"] + frame["property_income"] + frame["transfer_income"]
    net = net - frame["business_cost"]
    persons, paid = frame["income_persons"], frame["compliant_self_pay"]
    last_net, last_persons = frame["last_net_income"], frame["last_income_persons"]
    if rule.input == "self_pay_ratio":
        return net.notna() & paid.notna(), [(paid > 0) & (paid * 100 >= net * percent) for percent in thresholds]
    if rule.input == "income_yoy":
        assessed = net.notna() & (persons > 0) & (last_net > 0) & (last_persons > 0)
        now = net * last_persons * 100
        return assessed, [now <= last_net * persons * (100 - percent) for percent in thresholds]
    line = pd.to_datetime(frame["income_period_end"]).dt.year.map(lines)
    assessed = net.notna() & (persons > 0) & line.notna()
    return assessed, [net * 100 < line * persons * percent for percent in thresholds]
