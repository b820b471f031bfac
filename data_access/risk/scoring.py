"""Compiles a rule book into one SQLAlchemy expression: points per rule, score, lamp, shortfalls.

The same expression serves the monthly facts, the lists and the explanation of one household, on every database.
Points are integers and ratios are tested by multiplying integers, never by dividing, because databases round
differently.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    String,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
)

from data_access.risk.rule import Rule, RuleStep
from data_access.risk.rulebook import RuleBook
from data_access.risk.sources import UNNAMED
from data_access.sql import computed_once, flag

Row = Mapping[str, ColumnElement]
"""The columns of one household and its indicators, by name."""

COMPARE: dict[str, Callable[[ColumnElement, Any], ColumnElement[bool]]] = {
    "above": lambda value, threshold: value > threshold,
    "at_least": lambda value, threshold: value >= threshold,
    "below": lambda value, threshold: value < threshold,
    "at_most": lambda value, threshold: value <= threshold,
    "equals": lambda value, threshold: value == threshold,
    "any_of": lambda value, threshold: value.in_(threshold),
}
"""Test -> the condition it puts on a value; NULL if the value is unknown."""


def scored(source: FromClause, *, rulebook: RuleBook, on: date, keep: Iterable[str] = ()) -> Select:
    """Score every row of `source` by the rules in force on a day; one row per row of `source`.

    Args:
        source: rows with `household_type` and the columns of `household_indicator` (all NULL where nothing was
        collected); beside them `unnamed_<source>` for each source whose events speak of the day (`households.judged`).
        rulebook: the rules.
        on: the day whose rules apply.
        keep: names of columns of `source` to carry along.

    Columns: those kept, `points_<rule id>` of each rule in force (NULL = not assessed), `score`,
    `rules_not_assessed`, `lamp` (red, yellow, none, undetermined), `may_be_red` (true if it is red or missing values
    could make it red) and `shortfall_<class>` (true or false).
    """
    rules = rulebook.rules_in_force(on=on)
    row: Row = {column.name: column for column in source.c}
    pointed = computed_once(
        select(
            *(source.c[name] for name in keep),
            *(rule_points(rule, row=row, rulebook=rulebook, on=on).label(f"points_{rule.id}") for rule in rules),
            row["valid_from"].is_not(None).label("_collected"),
        ),
        name="pointed",
    )
    totals = _totals(pointed, rules=rules, rulebook=rulebook, on=on)
    return select(
        *(column for column in totals.c if not column.name.startswith("_")),
        case((totals.c["_known"] > 0, totals.c["_known"]), else_=0).label("score"),
        _lamp(totals, rulebook=rulebook, on=on).label("lamp"),
        _may_be_red(totals, rulebook=rulebook, on=on).label("may_be_red"),
    )


def rule_points(rule: Rule, *, row: Row, rulebook: RuleBook, on: date) -> ColumnElement[int]:
    """SQL: the points a rule in force on a day gives to a row; NULL when it is not assessed."""
    assessed = _is_assessed(rule, row=row, rulebook=rulebook)
    steps = rule.steps(on=on)
    points = case(
        *((unnamed, literal(0, Integer)) for unnamed in _unnamed(rule, row=row, rulebook=rulebook)),
        (~assessed, null()),
        *((_holds(rule, step, row=row, rulebook=rulebook), literal(step.points, Integer)) for step in steps),
        else_=literal(0, Integer),
    )
    if rule.household_types is None:
        return points
    household_type = row["household_type"]
    return case(
        (household_type.is_(None), null()),
        (household_type.not_in(rule.household_types), literal(0, Integer)),
        else_=points,
    )


def _unnamed(rule: Rule, *, row: Row, rulebook: RuleBook) -> list[ColumnElement[bool]]:
    """Nothing was collected about the household, but files that list such events do not name it: none happened to
    it."""
    return [
        and_(row[f"{UNNAMED}{source.key}"], *(row[name].is_(None) for name in rule.columns if name in source.columns))
        for source in rulebook.sources_of(rule)
        if f"{UNNAMED}{source.key}" in row
    ]


def _is_assessed(rule: Rule, *, row: Row, rulebook: RuleBook) -> ColumnElement[bool]:
    match rule.input:
        case "net_income_pc":
            known = and_(
                net_income(row).is_not(None), row["income_persons"] > 0, income_line(row, rulebook).is_not(None)
            )
        case "income_yoy":
            # If there was no income in the year before, it cannot fall.
            last_known = and_(row["last_net_income"] > 0, row["last_income_persons"] > 0)
            known = and_(net_income(row).is_not(None), row["income_persons"] > 0, last_known)
        case "self_pay_ratio":
            known = and_(net_income(row).is_not(None), row["compliant_self_pay"].is_not(None))
        case _:
            return row[rule.input].is_not(None)
    # SQL's third truth value must not leak into the CASE: unknown is not assessed.
    return func.coalesce(known, false())


def _holds(rule: Rule, step: RuleStep, *, row: Row, rulebook: RuleBook) -> ColumnElement[bool]:
    match rule.input:
        case "net_income_pc":
            return net_income(row) * 100 < income_line(row, rulebook) * _big(row["income_persons"]) * _number(step)
        case "income_yoy":
            now = net_income(row) * row["last_income_persons"] * 100
            return now <= _big(row["last_net_income"]) * row["income_persons"] * (100 - _number(step))
        case "self_pay_ratio":
            self_pay = row["compliant_self_pay"]
            return and_(self_pay > 0, _big(self_pay) * 100 >= net_income(row) * _number(step))
        case _:
            return COMPARE[rule.test](row[rule.input], step.threshold)


def _number(step: RuleStep) -> int:
    if not isinstance(step.threshold, int):
        raise TypeError(
            f"a threshold of {step.threshold!r} cannot be computed with; the rule book should have refused it"
        )
    return step.threshold


def _big(value: ColumnElement[int]) -> ColumnElement[int]:
    return cast(value, BigInteger)


def net_income(row: Row) -> ColumnElement[int]:
    """SQL: net income of a household in yuan: the four incomes less business costs; NULL if any of them is missing."""
    # Widened before adding: one absurd value in one row must not make the whole statement fail.
    wage, business, owned, transfers, cost = (
        _big(row[name])
        for name in ("wage_income", "business_income", "property_income", "transfer_income", "business_cost")
    )
    return wage + business + owned + transfers - cost


def income_line(row: Row, rulebook: RuleBook) -> ColumnElement[int]:
    """SQL: the monitoring line, yuan per person, of the year in which the income's period ends; NULL if none is
    declared."""
    end = row["income_period_end"]

    def ends_in(year: int) -> ColumnElement[bool]:
        # Not by the year taken out of the day: PostgreSQL would do that in decimals, again for every line.
        return and_(end >= date(year, 1, 1), end < date(year + 1, 1, 1))

    return case(
        *((ends_in(year), literal(line.value, BigInteger)) for year, line in rulebook.lines.items()), else_=null()
    )


def _totals(pointed: FromClause, *, rules: tuple[Rule, ...], rulebook: RuleBook, on: date) -> FromClause:
    """Adds the sums that the lamp needs: what is known, and what the rules not assessed could still add or subtract.

    A household of which nothing was collected could have any score, whatever the rules in force.
    """

    def points(rule: Rule) -> ColumnElement[int]:
        return pointed.c[f"points_{rule.id}"]

    def known(family: str) -> ColumnElement[int]:
        return _sum(func.coalesce(points(rule), 0) for rule in rules if rule.family == family)

    def unknown(family: str) -> ColumnElement[int]:
        return _sum(
            case((points(rule).is_(None), max(step.points for step in rule.steps(on=on))), else_=0)
            for rule in rules
            if rule.family == family
        )

    def fired(rule: Rule) -> ColumnElement[bool]:
        return func.coalesce(points(rule), 0) > 0

    triggers = [rule for rule in rules if rule.id in rulebook.hard_triggers]
    classes = sorted({rule.shortfall for rule in rulebook.rules_laid_down(on=on) if rule.shortfall})
    summed = select(
        *pointed.c,
        _sum(flag(points(rule).is_(None)) for rule in rules).label("rules_not_assessed"),
        *(
            or_(false(), *(fired(rule) for rule in rules if rule.shortfall == name)).label(f"shortfall_{name}")
            for name in classes
        ),
        (known("risk") - known("resistance")).label("_known"),
        unknown("risk").label("_could_add"),
        unknown("resistance").label("_could_take"),
        or_(false(), *(fired(rule) for rule in triggers)).label("_triggered"),
        or_(~pointed.c["_collected"], *(points(rule).is_(None) for rule in triggers)).label("_unsettled"),
    )
    return computed_once(summed, name="totals")


def _lamp(totals: FromClause, *, rulebook: RuleBook, on: date) -> ColumnElement[str]:
    """Red, yellow, none, or undetermined if missing values could change the band. Missing is never safe."""
    bands = rulebook.bands_in_force(on=on)
    if bands is None or not _warns(rulebook, on=on):
        return literal("undetermined", String)

    # Every band starts above zero, so a score below zero need not be raised to zero here.
    low, high = totals.c["_known"] - totals.c["_could_take"], totals.c["_known"] + totals.c["_could_add"]
    could_be_red = high > bands.red_above
    could_be_yellow = and_(low < bands.yellow_from, high >= bands.yellow_from)
    return case(
        (or_(totals.c["_triggered"], low > bands.red_above), "red"),
        (or_(totals.c["_unsettled"], could_be_red, could_be_yellow), "undetermined"),
        (low >= bands.yellow_from, "yellow"),
        else_="none",
    )


def _may_be_red(totals: FromClause, *, rulebook: RuleBook, on: date) -> ColumnElement[bool]:
    bands = rulebook.bands_in_force(on=on)
    if bands is None or not _warns(rulebook, on=on):
        return true()
    high = totals.c["_known"] + totals.c["_could_add"]
    return or_(totals.c["_triggered"], totals.c["_unsettled"], high > bands.red_above)


def _warns(rulebook: RuleBook, *, on: date) -> bool:
    """Whether any rule could warn: where no source is connected, nobody is safe."""
    return any(rule.family == "risk" for rule in rulebook.rules_in_force(on=on))


def _sum(terms: Iterable[ColumnElement[int]]) -> ColumnElement[int]:
    return reduce(add, terms, literal(0, Integer))
