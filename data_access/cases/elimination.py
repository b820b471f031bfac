"""Whether a risk may be marked eliminated: each condition holds, fails, or cannot be judged (NULL).

The criteria: income above the line and steady, large rigid spending borne, the three guarantees and water hold, no new
risk, watched for at least half a year, at least one measure carried out; a household with no labour at all stays
watched. `elimination.yaml` says which rules of the rule book represent which criterion, and why.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import field_validator, model_validator
from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    FromClause,
    and_,
    cast,
    func,
    literal,
    not_,
    null,
    or_,
    select,
)

from data_access.cases.deadlines import dated_cases, open_times
from data_access.cases.lists import cases_on
from data_access.database.engine import Snapshot
from data_access.declarations import Declared, Many, Text, each_of, only_of, read_declared, refuse
from data_access.households.judged import judged_on
from data_access.risk.rule import Rule
from data_access.risk.rulebook import RULES_FOLDER, RuleBook
from data_access.risk.scoring import Row, rule_points
from data_access.schema.limits import limit
from data_access.schema.tables import household, monitoring_case
from data_access.scope import Scope
from data_access.sql import months_later

_FILE = Path(__file__).with_name("elimination.yaml")

RULE_CONDITIONS = ("income_above_line", "income_steady", "spending_borne", "guarantees_hold", "no_new_risk")
"""Conditions represented by rules."""

CASE_CONDITIONS = ("watched_long_enough", "measure_landed")
"""Conditions that depend on the case itself."""

CONDITIONS = (*RULE_CONDITIONS, "has_labour", *CASE_CONDITIONS)
"""Every condition, in the order shown; `elimination.<condition>` names it on screen."""


class StandIns(Declared):
    """The rules that represent a condition: by their ids, or by the shortfalls that they declare."""

    rules: Many[Text] = ()
    shortfalls: Many[Literal["income", "housing", "water", "medical", "education"]] = ()

    @field_validator("rules")
    @classmethod
    def _are_rules(cls, rules: tuple[str, ...]) -> tuple[str, ...]:
        return each_of(rules, sorted(file.stem for file in (RULES_FOLDER / "rules").glob("*.yaml")))

    @model_validator(mode="after")
    def _are_some(self) -> Self:
        if not self.rules and not self.shortfalls:
            raise refuse("too_short", min_length=1)
        return self


class _Declaration(Declared):
    """What `elimination.yaml` declares."""

    status: Literal["confirm"]
    conditions: dict[str, StandIns]

    @field_validator("conditions")
    @classmethod
    def _are_all(cls, conditions: dict[str, StandIns]) -> dict[str, StandIns]:
        return only_of(conditions, RULE_CONDITIONS, every=True)


@cache
def load_elimination(file: Path = _FILE) -> dict[str, StandIns]:
    """What represents each of RULE_CONDITIONS, as declared. Raises DeclarationError."""
    declared = read_declared(file, _Declaration).conditions
    return {condition: declared[condition] for condition in RULE_CONDITIONS}


def condition_rules(rulebook: RuleBook, *, on: date) -> dict[str, tuple[Rule, ...]]:
    """The rules laid down on a day that represent each of RULE_CONDITIONS; a condition without any cannot be judged.

    Whether their sources are connected makes no difference: where nothing was ever delivered, nothing holds.
    """
    return {
        condition: tuple(
            rule
            for rule in rulebook.rules_laid_down(on=on)
            if rule.id in entry.rules or rule.shortfall in entry.shortfalls
        )
        for condition, entry in load_elimination().items()
    }


def conditions(row: Row, *, rulebook: RuleBook, on: date) -> dict[str, ColumnElement[bool]]:
    """SQL: what the indicators say about RULE_CONDITIONS and `has_labour`; true, false, or NULL if it cannot be judged.

    `row`: `household_type` and the columns of `household_indicator` by name, as `judged_on` returns them.
    """
    by_rules = {
        condition: _none_fires(rules, row=row, rulebook=rulebook, on=on)
        for condition, rules in condition_rules(rulebook, on=on).items()
    }
    return {**by_rules, "has_labour": row["labor_n"] + row["weak_labor_n"] > 0}


def case_conditions(
    cases: FromClause, *, on: date, counted_on: Callable[[ColumnElement[date]], ColumnElement[date]]
) -> dict[str, ColumnElement[bool]]:
    """SQL: what a case says about CASE_CONDITIONS on a day, or on the day it was eliminated if that came first.

    Args:
        cases: rows of `deadlines.dated_cases`.
        counted_on: `Snapshot.counted_on`: when a measure counts.
    """
    judged_on = func.least(cases.c.end, literal(on, Date))
    earliest = months_later(cases.c.identified_on, limit("eliminate_after_months", on=on))
    return {
        "watched_long_enough": judged_on >= earliest,
        "measure_landed": or_(cases.c.undated, func.coalesce(counted_on(cases.c.helped) <= judged_on, False)),
    }


def _none_fires(rules: tuple[Rule, ...], *, row: Row, rulebook: RuleBook, on: date) -> ColumnElement[bool]:
    if not rules:
        return cast(null(), Boolean)
    # SQL's three-valued logic gives the answer: one rule that fires settles it, otherwise one not assessed leaves it
    # open.
    return and_(*(not_(rule_points(rule, row=row, rulebook=rulebook, on=on) > 0) for rule in rules))


@dataclass(frozen=True)
class Watched:
    """The case under which a household is watched on a day, and which conditions for eliminating it hold."""

    case_id: str
    state: str
    """`open` or `eliminated`."""
    category: str
    causes: tuple[str, ...]
    identified_on: date
    eliminated_on: date | None
    """None while the case is open."""
    holds: Mapping[str, bool | None]
    """All of CONDITIONS: true, false, or None if it cannot be judged. A case already eliminated is judged by the
    indicators of the day and by its own dates."""


def read_watched(snapshot: Snapshot, *, scope: Scope, household_id: str, on: date) -> Watched | None:
    """The case of a household that is open or eliminated on a day; None if there is none, or it is outside the
    scope."""
    return read_watched_cases(snapshot, scope=scope, household_ids=(household_id,), on=on).get(household_id)


def read_watched_cases(
    snapshot: Snapshot, *, scope: Scope, household_ids: tuple[str, ...], on: date
) -> dict[str, Watched]:
    """The cases of some households that are open or eliminated on a day, by household; without those that have none,
    or are outside the scope."""
    with_case = _with_case(snapshot, scope=scope, household_ids=household_ids)
    if not with_case:  # of most households there is nothing to judge
        return {}
    home = judged_on(on, scope=scope, rulebook=snapshot.rulebook, of=with_case)
    dated, cases = dated_cases(open_times(snapshot, scope=scope), on=on), cases_on(on)
    judged = conditions(dict(home.c), rulebook=snapshot.rulebook, on=on)
    judged |= case_conditions(dated, on=on, counted_on=snapshot.counted_on)
    query = (
        select(
            *cases.c["household_id", "case_id", "state", "category", "cause_1", "cause_2", "cause_3", "cause_4"],
            *cases.c["cause_5", "identified_on", "eliminated_on"],
            *(judged[condition].label(condition) for condition in CONDITIONS),
        )
        .join_from(home, cases, cases.c.household_id == home.c.household_id)
        .join(dated, (dated.c.household_id == cases.c.household_id) & (dated.c.case_id == cases.c.case_id))
        .order_by(home.c.household_id)
    )
    return {row["household_id"]: _watched(row) for row in snapshot.connection.execute(query).mappings()}


def _with_case(snapshot: Snapshot, *, scope: Scope, household_ids: tuple[str, ...]) -> tuple[str, ...]:
    query = (
        select(monitoring_case.c.household_id)
        .join(household, household.c.household_id == monitoring_case.c.household_id)
        .where(monitoring_case.c.household_id.in_(household_ids), scope.rows(household.c.village_code))
        .distinct()
    )
    return tuple(sorted(snapshot.connection.scalars(query)))


def _watched(row: Mapping[Any, Any]) -> Watched:
    return Watched(
        case_id=row["case_id"],
        state=row["state"],
        category=row["category"],
        causes=tuple(row[f"cause_{n}"] for n in range(1, 6) if row[f"cause_{n}"]),
        identified_on=row["identified_on"],
        eliminated_on=row["eliminated_on"] if row["state"] == "eliminated" else None,
        holds={condition: row[condition] for condition in CONDITIONS},
    )
