"""临界聚集: values near a threshold of the rules, on either side, and indicators that changed shortly before an
elimination; for inspectors, by township and source. Values gather where somebody writes them to fit; near alone is not
wrong."""

from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    String,
    and_,
    case,
    literal,
    not_,
    null,
    or_,
    select,
    true,
    union_all,
)

from data_access.cases.elimination import conditions
from data_access.cases.lists import cases_on
from data_access.database.engine import Snapshot
from data_access.database.listing import Listing
from data_access.declarations import Declared, Status, Words, only_of, read_declared
from data_access.households.judged import judged_spells
from data_access.households.population import households_on
from data_access.risk.rule import Rule, RuleStep, input_names
from data_access.risk.rulebook import RuleBook, load_rulebook
from data_access.risk.scoring import Row, income_line, net_income
from data_access.schema.indicators import CodeList, register_codes
from data_access.schema.limits import limit
from data_access.schema.tables import household
from data_access.scope import Scope
from data_access.sql import flag

_FILE = Path(__file__).with_name("near_threshold.yaml")


class Near(Declared):
    """What `near_threshold.yaml` declares."""

    status: Status
    reference: Words
    distances: dict[str, Annotated[int, Field(ge=1)]]

    @field_validator("distances")
    @classmethod
    def _are_inputs(cls, distances: dict[str, int]) -> dict[str, int]:
        return only_of(distances, input_names())


@cache
def load_near(file: Path = _FILE) -> Near:
    """How near is near. Raises DeclarationError."""
    return read_declared(file, Near)


def _rule_words() -> CodeList:
    return {rule.id: rule.label for rule in load_rulebook().rules if _is_near(rule)}


register_codes("risk_rule", _rule_words)

At = Callable[[int], ColumnElement[int]]
"""The threshold of a rule, or one some distance off, in the terms in which its value is compared."""


def _compared(rule: Rule, row: Row, rulebook: RuleBook) -> tuple[ColumnElement[int], At, ColumnElement[bool]]:
    """What a rule compares in whole numbers: the value, its threshold, and whether they can be compared."""
    net, persons = net_income(row), row["income_persons"]
    match rule.input:
        case "net_income_pc":
            line = income_line(row, rulebook)
            return net * 100, lambda percent: line * persons * percent, persons > 0
        case "self_pay_ratio":
            return row["compliant_self_pay"] * 100, lambda percent: net * percent, and_(net > 0)
        case "income_yoy":
            last, last_persons = row["last_net_income"], row["last_income_persons"]
            comparable = and_(last > 0, last_persons > 0, persons > 0)
            return net * last_persons * 100, lambda percent: last * persons * (100 - percent), comparable
    return row[rule.input], lambda number: literal(number, Integer), true()


def _sides(rule: Rule, step: RuleStep, *, row: Row, rulebook: RuleBook) -> dict[str, ColumnElement[bool]]:
    """Whether a value lies just on the safe side of a threshold (under), or just beyond it (over)."""
    value, at, comparable = _compared(rule, row, rulebook)
    number, near = int(str(step.threshold)), load_near().distances[rule.input]
    below, here, above = at(number - near), at(number), at(number + near)
    match rule.test:
        case "at_least":
            sides = and_(value >= below, value < here), and_(value >= here, value < above)
        case "above":
            sides = and_(value > below, value <= here), and_(value > here, value <= above)
        case "fell_by":  # a higher percentage is a lower income
            sides = and_(value > here, value <= below), and_(value > above, value <= here)
        case _:
            sides = and_(value >= here, value < above), and_(value >= below, value < here)
    return {"under": and_(comparable, sides[0]), "over": and_(comparable, sides[1])}


def _near_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per household and rule for which a value of the household lies near one of its thresholds; values near
    (1). The side is `under` where the rule gives no points for that threshold by a little, `over` where it does by a
    little."""
    homes, book = households_on(on, scope=scope), snapshot.rulebook
    row = dict(homes.c)
    rules = [rule for rule in book.rules_in_force(on=on) if _is_near(rule)]
    sides = {rule.id: _side(rule, row=row, rulebook=book, on=on) for rule in rules}
    # Materialised: the register is read once, and few households are near anything.
    judged = select(
        *homes.c["household_id", "village_code", "source"],
        homes.c.valid_from.label("changed_on"),
        *(side.label(f"side_{rule}") for rule, side in sides.items()),
    ).subquery("judged")
    near = (
        select(judged)
        .where(or_(*(judged.c[f"side_{rule}"].is_not(None) for rule in sides)))
        .cte("near")
        .prefix_with("MATERIALIZED")
    )
    parts = (
        select(
            *near.c["household_id", "village_code"],
            literal(rule, String).label("rule"),
            near.c[f"side_{rule}"].label("side"),
            *near.c["source", "changed_on"],
            literal(1, Integer).label("near"),
        ).where(near.c[f"side_{rule}"].is_not(None))
        for rule in sides
    )
    return select(union_all(*parts).subquery("near_parts"))


def _is_near(rule: Rule) -> bool:
    return rule.family == "risk" and rule.input in load_near().distances


def _side(rule: Rule, *, row: Row, rulebook: RuleBook, on: date) -> ColumnElement[str]:
    """SQL: the side of a rule's thresholds to which a household lies near; NULL if it lies near none."""
    steps = [_sides(rule, step, row=row, rulebook=rulebook) for step in rule.steps(on=on)]
    types = rule.household_types
    applies = true() if types is None else row["household_type"].in_(types)
    return case(
        *((and_(applies, sides["under"]), "under") for sides in steps),
        *((and_(applies, sides["over"]), "over") for sides in steps),
        else_=null(),
    )


def _changed_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per household with eliminated risk of which a condition of elimination failed some days before that and
    held on the day; values households (1). `changed`: how many conditions; a condition that could not be judged before
    was collected, not turned."""
    within, cases = limit("changed_before_elimination_days", on=on), cases_on(on)
    spells = judged_spells(rulebook=snapshot.rulebook, on=on)
    before = spells.alias("before")

    def held_on(spell: FromClause, day: ColumnElement[date]) -> ColumnElement[bool]:
        own = spell.c
        return and_(own.household_id == cases.c.household_id, own.spell_from <= day, own.spell_to > day)

    def judged(spell: FromClause) -> dict[str, ColumnElement[bool]]:
        row = {**dict(spell.c), "household_type": household.c.household_type}
        return conditions(row, rulebook=snapshot.rulebook, on=on)

    then, now = judged(before), judged(spells)
    newly_met = [flag(and_(now[name], not_(then[name]))) for name in now]
    changed = sum(newly_met[1:], start=newly_met[0])
    return (
        select(
            household.c.village_code,
            *cases.c["household_id", "case_id", "eliminated_on", "elimination_way"],
            spells.c.valid_from.label("changed_on"),
            spells.c.source,
            changed.label("changed"),
            literal(1, Integer).label("households"),
        )
        .join_from(cases, household, household.c.household_id == cases.c.household_id)
        .join(spells, held_on(spells, cases.c.eliminated_on))
        .join(before, held_on(before, cases.c.eliminated_on - literal(within, Integer)))
        .where(
            cases.c.state == "eliminated",
            before.c.spell_from < spells.c.spell_from,
            changed > 0,
            scope.rows(household.c.village_code),
        )
    )


LISTINGS = {
    "near_threshold": Listing(
        entries=_near_entries,
        order="changed_on",
        details={"rule": "risk_rule", "side": "near_side", "source": "indicator_source", "changed_on": "date"},
        facets={"side": "near_side", "source": "indicator_source", "rule": "risk_rule"},
    ),
    "changed_before_elimination": Listing(
        entries=_changed_entries,
        order="-eliminated_on",
        details={
            "case_id": "text",
            "source": "indicator_source",
            "changed_on": "date",
            "changed": "number",
            "eliminated_on": "date",
            "elimination_way": "elimination_way",
        },
        facets={"source": "indicator_source"},
    ),
}
