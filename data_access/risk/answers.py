"""What one household answers to the rules, computed in Python: for showing values and for trying out changes.

Scores are computed by `scoring.py`, in the database. This module does the same for one row, so that "what if" needs no
query; a property test compares the two. Ratios are fractions, so that nothing is rounded before it is tested.
"""

import math
from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from data_access.risk.rule import INCOMES as INCOMES
from data_access.risk.rule import Rule, RuleStep
from data_access.risk.rulebook import RuleBook
from data_access.risk.sources import UNNAMED

Answers = Mapping[str, Any]
"""`household_type` and the columns of `household_indicator` of one household; None = not collected. Beside them, as
`scored` reads it, `unnamed_<source>`."""

_HOLDS: dict[str, Callable[[Any, Any], bool]] = {
    "above": lambda value, threshold: value > threshold,
    "at_least": lambda value, threshold: value >= threshold,
    "below": lambda value, threshold: value < threshold,
    "at_most": lambda value, threshold: value <= threshold,
    "equals": lambda value, threshold: value == threshold,
    "any_of": lambda value, threshold: value in threshold,
    "fell_by": lambda value, threshold: value >= threshold,
}


def net_income(answers: Answers) -> int | None:
    """The household's net income of the assessment year in yuan; None if a part of it was not collected."""
    parts = [answers[name] for name in (*INCOMES, "business_cost")]
    return None if any(part is None for part in parts) else sum(parts[:-1]) - parts[-1]


def line_of(answers: Answers, *, rulebook: RuleBook) -> int | None:
    """The monitoring line of the income's own assessment year, yuan per person; None if there is none."""
    period_end = answers["income_period_end"]
    line = None if period_end is None else rulebook.lines.get(period_end.year)
    return None if line is None else line.value


def value_of(rule: Rule, answers: Answers, *, rulebook: RuleBook) -> Any:
    """The value that a rule tests, in the unit of its thresholds: a number, a code or yes/no; None if not collected.

    Net income is a percentage of the line, its fall a percentage of last year's, self-payment a percentage of net
    income (infinite where there is no income to pay it from).
    """
    match rule.input:
        case "net_income_pc":
            return _percent_of_line(answers, line=line_of(answers, rulebook=rulebook))
        case "income_yoy":
            return income_fall(answers)
        case "self_pay_ratio":
            return self_pay_share(answers)
        case _:
            return answers[rule.input]


def missing_for(rule: Rule, answers: Answers) -> tuple[str, ...]:
    """The columns that a rule needs and that were not collected; empty if it cannot be assessed for another reason."""
    return tuple(name for name in rule.columns if answers[name] is None)


def points_of(rule: Rule, answers: Answers, *, rulebook: RuleBook, on: date) -> int | None:
    """The points of a rule in force on a day; None if it is not assessed."""
    if rule.household_types is not None:
        if answers["household_type"] is None:
            return None
        if answers["household_type"] not in rule.household_types:
            return 0
    if is_unnamed(rule, answers, rulebook=rulebook):
        return 0
    value = value_of(rule, answers, rulebook=rulebook)
    if value is None:
        return None
    step = step_met(rule, value, on=on)
    return 0 if step is None else step.points


def is_unnamed(rule: Rule, answers: Answers, *, rulebook: RuleBook) -> bool:
    """Whether nothing was collected, but files that list such events do not name the household: none happened to it."""
    return any(
        answers.get(f"{UNNAMED}{source.key}")
        and all(answers[name] is None for name in rule.columns if name in source.columns)
        for source in rulebook.sources_of(rule)
    )


def step_met(rule: Rule, value: Any, *, on: date) -> RuleStep | None:
    """The most severe step in force that a value meets; None if it meets none."""
    holds = _HOLDS[rule.test]
    return next((step for step in rule.steps(on=on) if holds(value, step.threshold)), None)


def income_per_person(answers: Answers) -> Fraction | None:
    """Net income per person in yuan; None if a part of it or the number of persons was not collected."""
    net, persons = net_income(answers), answers["income_persons"]
    return None if net is None or not _positive(persons) else Fraction(net, persons)


def _percent_of_line(answers: Answers, *, line: int | None) -> Fraction | None:
    income = income_per_person(answers)
    return None if income is None or line is None else income * 100 / line


def income_fall(answers: Answers) -> Fraction | None:
    """The fall of net income per person against the year before, in per cent; negative if it rose."""
    net, persons = net_income(answers), answers["income_persons"]
    last_net, last_persons = answers["last_net_income"], answers["last_income_persons"]
    if net is None or not (_positive(persons) and _positive(last_net) and _positive(last_persons)):
        return None
    return 100 - Fraction(net * last_persons * 100, last_net * persons)


def self_pay_share(answers: Answers) -> Fraction | float | None:
    """Medical self-payment as a percentage of the household's net income; infinite if there is none to pay it from."""
    net, paid = net_income(answers), answers["compliant_self_pay"]
    if net is None or paid is None:
        return None
    if paid <= 0:
        return Fraction(0)
    return Fraction(paid * 100, net) if net > 0 else math.inf


def _positive(number: int | None) -> bool:
    return number is not None and number > 0
