"""Values of a household as text: with their unit or word, or saying that they were not collected."""

import math
import re
from datetime import date
from fractions import Fraction
from typing import Any

from babel.numbers import format_decimal

from data_access.risk import answers
from data_access.risk.rule import Rule
from data_access.schema.indicators import Indicator, IndicatorColumn, code_label, load_codes, load_indicators
from data_access.warnings.explanation import Explanation
from pages.shell.texts import language, locale, t

_MARKDOWN = re.compile(r"([\\`*_\[\]<>$~#:|])")


def plain(text: str) -> str:
    """A text to be shown literally where Markdown is rendered: a masked name is full of asterisks."""
    return _MARKDOWN.sub(r"\\\1", text)


def not_collected() -> str:
    """What is shown for a missing value; never zero, never safe."""
    return t("household.not_collected")


def number(value: float) -> str:
    """A number with at most two decimals."""
    return str(format_decimal(round(value, 2), format="#,##0.##", locale=locale()))


def yuan(value: float | None) -> str:
    """An amount of money."""
    return not_collected() if value is None else t("household.yuan", amount=number(value))


def word(codes: str, code: str | bool | None) -> str:
    """The word for a code of a list; an undeclared code is shown as it is."""
    if code is None or code != code:
        return not_collected()
    known = load_codes().get(codes, {})
    return known[str(code)][language()] if str(code) in known else str(code)


def words(codes: str, found: tuple[str, ...]) -> str:
    """The words for several codes."""
    return t("list.separator").join(word(codes, code) for code in found)


def day(value: date | None) -> str:
    """A day, 2022-09-30."""
    return not_collected() if value is None else value.isoformat()


def quantity(value: float, *, unit: str) -> str:
    """A number with its unit: one person, two persons."""
    said = number(value)
    return t(f"quantity_one.{unit}", number=said) if value == 1 else t(f"quantity.{unit}", number=said)


def column_text(column: IndicatorColumn, value: Any) -> str:
    """The value of an indicator's column with its unit or word."""
    if value is None or value != value:
        return not_collected()
    match column.type:
        case "boolean":
            return code_label(codes="boolean", code=str(bool(value)), language=language())
        case "integer" | "decimal":
            return number(value) if column.unit is None else quantity(value, unit=column.unit)
        case "date":
            return day(value)
    return word(column.codes, value) if column.codes else str(value)


def indicator_of(column: str) -> tuple[Indicator, IndicatorColumn]:
    """The indicator that a column of `household_indicator` stores, and how the column is declared."""
    return next((indicator, one) for indicator in load_indicators() for one in indicator.columns if one.name == column)


def rule_value(rule: Rule, value: Any, *, explanation: Explanation) -> str:
    """The value a rule looked at, with its unit."""
    if value is None:
        return not_collected()
    match rule.input:
        case "net_income_pc":
            return t("household.income_value", income=income_per_person(explanation), percent=_percent(value))
        case "income_yoy":
            return change_of_income(value)
        case "self_pay_ratio":
            return share_of_income(value)
    return column_text(indicator_of(rule.input)[1], value)


def threshold(rule: Rule, value: Any, *, explanation: Explanation) -> str:
    """The threshold that was met, as a comparison: at least 20,000 yuan."""
    if value is None:
        return ""
    if rule.input == "net_income_pc":
        line = explanation.line
        amount = None if line is None else line.value * value / 100
        return t("household.income_threshold", percent=value, amount=yuan(amount))
    if rule.input in ("income_yoy", "self_pay_ratio"):
        return t("household.threshold", test=t(f"test.{rule.test}"), threshold=f"{value}%")
    column = indicator_of(rule.input)[1]
    shown = value if isinstance(value, tuple) else (value,)
    text = t("list.separator").join(column_text(column, one) for one in shown)
    return t("household.threshold", test=t(f"test.{rule.test}"), threshold=text)


def income_per_person(explanation: Explanation) -> str:
    """The net income per person in whole yuan, rounded down so that it never seems to reach a line it does not."""
    income = answers.income_per_person(explanation.indicators)
    return not_collected() if income is None else yuan(math.floor(income))


def change_of_income(fall: Fraction | None) -> str:
    """The change of income per person from the year before."""
    if fall is None:
        return not_collected()
    if fall < 0:
        return t("household.rose", percent=_percent(-fall))
    return t("household.fell", percent=_percent(fall))


def share_of_income(share: Fraction | float | None) -> str:
    """Self-payment as a share of net income."""
    if share is None:
        return not_collected()
    return t("household.no_income") if share == math.inf else f"{_percent(share)}%"


def _percent(value: Fraction | float) -> str:
    # Rounded down: anything below a whole threshold must not appear to reach it.
    return number(math.floor(Fraction(value) * 10) / 10)
